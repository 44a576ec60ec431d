// An agent asks on the screen, and a person answers; leases by a key.

import { describe, expect, it } from 'vitest';
import type { ConsentRequest } from '../../src/core/session/snapshot.ts';
import { NOW_MS, calmSession } from '../fixtures/screen/scenes.ts';
import { renderScreen } from '../helpers/render-screen.ts';

const request: ConsentRequest = {
  id: 3,
  kind: 'agent',
  actor: 'claude-code 2.1 (mcp, pid 812)',
  what: 'stop node (pid 4711), which has port 8000',
  why: 'backend wants the port',
  expiresAt: new Date(NOW_MS + 60_000).toISOString(),
};

async function openAsked(size = { columns: 100, rows: 30 }) {
  const session = calmSession();
  const screen = renderScreen(session, size);
  await screen.waitFor('following');
  session.change([], { agents: [request.actor], requests: [request] });
  await screen.waitFor('an agent asks');
  return { session, screen };
}

describe('what an agent asks', () => {
  it.each([
    { columns: 200, rows: 60 },
    { columns: 80, rows: 24 },
    { columns: 40, rows: 10 },
  ])('names who, what and why at $columns × $rows', async (size) => {
    const { screen } = await openAsked(size);
    const text = screen.rows().join(' ').replaceAll(/\s+/g, ' ');
    for (const part of ['claude-code 2.1 (mcp, pid 812) wants to', 'stop node (pid 4711)'])
      expect(text).toContain(part);
  });

  it('takes no letter of what somebody is typing, and says so', async () => {
    const { session, screen } = await openAsked();
    expect(screen.rows().at(-1)).toContain('keys work in a moment');
    screen.press('y');
    await screen.waitFor('this dialog has just opened');
    expect(session.callsOf('answerRequest')).toEqual([]);
    screen.pass(500);
    screen.press('y');
    await screen.waitFor('allowed: claude-code');
    expect(session.callsOf('answerRequest')).toHaveLength(1);
  });

  it.each([
    ['y', { isGranted: true }, 'allowed'],
    ['Y', { isGranted: true, remember: true }, 'allowed'],
    ['n', { isGranted: false }, 'refused'],
    ['\u001b', { isGranted: false }, 'refused'],
  ])('is answered by %j', async (key, answer, said) => {
    const { session, screen } = await openAsked();
    screen.pass(500);
    screen.press(key);
    await screen.waitFor(`${said}: claude-code`);
    expect(session.callsOf('answerRequest')).toEqual([[3, answer]]);
  });

  it('is answered by no other key, and goes when its time is over', async () => {
    const { session, screen } = await openAsked();
    screen.pass(500);
    screen.press('k', 'j', 'r', 'x', 'K', '\r', ' ');
    session.change([], { requests: [] });
    await screen.waitFor((rows) => !rows.join('\n').includes('an agent asks'));
    expect(session.calls.filter(({ method }) => method !== 'readLogs').map(({ method }) => method)).not.toContain(
      'answerRequest',
    );
    expect(session.callsOf('restart')).toEqual([]);
  });

  it('shows in the header which agent is at work', async () => {
    const { session, screen } = await openAsked();
    session.change([], { requests: [] });
    await screen.waitFor(/◇ claude-code 2\.1/);
  });
});

describe('L', () => {
  it('locks the selected service, and takes back what somebody has locked', async () => {
    const session = calmSession();
    const screen = renderScreen(session, { columns: 120, rows: 30 });
    await screen.waitFor('following');
    screen.press('L');
    await screen.waitFor('is locked for 20 minutes');
    const [[name] = []] = session.callsOf('lockService');
    session.change([], {
      leases: { [String(name)]: { holder: 'anna (command, pid 1)', why: '', until: request.expiresAt } },
    });
    screen.press('L');
    await screen.waitFor('anna (command, pid 1) held it');
    expect(session.callsOf('unlockService')).toEqual([[name]]);
  });
});
