import { describe, expect, it } from 'vitest';
import { serviceView, FakeSession } from '../../fakes/fake-session.ts';
import { calmSession } from '../../fixtures/screen/scenes.ts';
import { renderScreen } from '../../helpers/render-screen.ts';

/** The titles that were set, in order. */
function titles(output: string): readonly string[] {
  const parts = output.split('\u001b]2;').slice(1);
  return parts.map((part) => part.split('\u001b\\')[0] ?? '');
}

describe('the title of the terminal', () => {
  it('says that all is well, once, and is put back at the end', async () => {
    const screen = renderScreen(calmSession());
    await screen.waitFor('following');
    expect(titles(screen.output()).at(-1)).toBe('● 3 ready – shop');
    screen.forgetOutput();
    screen.press('j', 'k');
    await screen.waitFor('detail: db');
    expect(titles(screen.output())).toEqual([]);
    screen.press('q');
    await screen.end;
    expect(screen.output()).toContain('\u001b[23;2t');
  });

  it('names the service that failed', async () => {
    const session = new FakeSession({ services: [serviceView({ name: 'db' }), serviceView({ name: 'api' })] });
    const screen = renderScreen(session);
    await screen.waitFor('2 ready');
    session.change([{ name: 'api', state: 'failed' }]);
    await screen.waitFor('1 failed');
    expect(titles(screen.output()).at(-1)).toBe('✖ api failed – shop');
  });
});
