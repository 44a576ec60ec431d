import { expect, it } from 'vitest';
import { FakeSession, serviceView } from '../../fakes/fake-session.ts';
import { renderScreen } from '../../helpers/render-screen.ts';

const TIME = '2026-01-02T03:04:35.000Z';

function session() {
  const services = ['api', 'web'].map((name) => serviceView({ name, state: 'ready', ready: true }));
  const fake = new FakeSession({ services });
  for (const { name } of services)
    fake.write(name, ...Array.from({ length: 200 }, (_, index) => `${name} line ${index}`));
  const crash = { type: 'crash', run: 1, code: 1, signal: null, uptimeMs: 1, error: 'no cheese' } as const;
  const later = '2026-01-02T03:07:00.000Z';
  fake.answer('readFacts', async () => ({
    facts: [
      { time: TIME, seq: 0, service: 'api', ...crash },
      { time: later, seq: 1, type: 'session', state: 'ending' },
    ],
    next: 2,
  }));
  return fake;
}

it.each(['one', 'tiles', 'merged'] as const)(
  'the logs in sight stand at the moment that was chosen: %s',
  async (layout) => {
    const screen = renderScreen(session(), {
      look: {
        preferences: { layout, pinned: layout === 'tiles' ? ['api', 'web'] : [], times: 'off', isWrapped: false },
      },
    });
    await screen.waitFor(/line 199/);
    screen.press('H');
    await screen.waitFor('crashed after');
    screen.press('N');
    screen.press('\r');
    const names = layout === 'one' ? ['api'] : ['api', 'web'];
    const rows = await screen.waitFor((all) =>
      names.every((name) => all.some((row) => row.includes(`${name} line 30`))),
    );
    expect(rows.join('\n')).not.toContain('line 199');
  },
);
