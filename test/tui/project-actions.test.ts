// The project's own actions on the screen: found in the palette, filled in, asked for, and run.

import { describe, expect, it } from 'vitest';
import type { ActionView } from '../../src/core/session/snapshot.ts';
import { calmSession } from '../fixtures/screen/scenes.ts';
import { eventually } from '../helpers/eventually.ts';
import { renderScreen } from '../helpers/render-screen.ts';

const seed: ActionView = {
  name: 'seed',
  service: 'backend',
  command: 'node seed.mjs',
  params: [
    { name: 'rows', type: 'number', min: 1, max: 1_000, default: 100 },
    { name: 'kind', type: 'choice', choices: ['small', 'full'] },
    { name: 'wet', type: 'flag' },
  ],
  confirm: null,
  interactive: false,
  actors: ['person', 'script', 'agent'],
  running: null,
};
const wipe: ActionView = { ...seed, name: 'wipe', params: [], confirm: 'Replace all rows?' };
const ENTER = '\r';
const RIGHT = '\u001b[C';
const BACKSPACE = '\u007f';

async function openWith(...actions: readonly ActionView[]) {
  const session = calmSession();
  const screen = renderScreen(session, { columns: 100, rows: 30 });
  await screen.waitFor('following');
  session.change([], { actions });
  return { session, screen };
}

describe('an action of the project', () => {
  it('is found in the palette, and run with what the form holds', async () => {
    const { session, screen } = await openWith(seed);
    screen.press(':');
    await screen.waitFor('actions of the project');
    screen.press('do seed', ENTER);
    await screen.waitFor('a number from 1 to 1000');
    screen.press(BACKSPACE, BACKSPACE, BACKSPACE, '7', ENTER);
    await screen.waitFor(/▸ kind +small/);
    screen.press(RIGHT, ENTER);
    await screen.waitFor(/▸ wet +false/);
    screen.press(' ', ENTER);
    await screen.waitFor('seed is done, run 1');
    expect(session.callsOf('runAction')).toEqual([
      ['seed', { values: { rows: '7', kind: 'full', wet: 'true' }, isConfirmed: true }],
    ]);
  });

  it('does not run with a value that is not allowed', async () => {
    const { session, screen } = await openWith(seed);
    screen.press(':', 'do seed', ENTER);
    await screen.waitFor('a number from 1 to 1000');
    screen.press('0', '0', ENTER, ENTER, ENTER);
    await screen.waitFor(/▸ rows +10000/);
    expect(session.callsOf('runAction')).toEqual([]);
  });

  it('asks its question, which y alone answers', async () => {
    const { session, screen } = await openWith(wipe);
    screen.press(':', 'do wipe', ENTER);
    await screen.waitFor('y runs it');
    screen.press(ENTER, 'n', ' ');
    expect(session.callsOf('runAction')).toEqual([]);
    screen.press('y');
    await screen.waitFor('wipe is done');
    expect(session.callsOf('runAction')).toEqual([['wipe', { values: {}, isConfirmed: true }]]);
  });

  it('is shown while it runs, and can be stopped', async () => {
    const running = { run: 3, by: 'claude-code 2.1 (mcp, pid 812)', since: '2026-01-02T03:04:05.000Z' };
    const { session, screen } = await openWith({ ...seed, running });
    await screen.waitFor('runs seed');
    screen.press(':', 'stop seed', ENTER);
    await eventually('it was asked to stop', () => session.callsOf('stopAction').length === 1);
    expect(session.callsOf('stopAction')).toEqual([['seed']]);
  });

  it('gets the terminal when it reads from it', async () => {
    const { screen } = await openWith({ ...seed, interactive: true, params: [] });
    screen.press(':', 'do seed', ENTER);
    await eventually('it has the terminal', () => screen.opened.length > 0);
    expect(screen.opened).toEqual(['do seed']);
  });

  it('tells a failure with the last line of its output', async () => {
    const { session, screen } = await openWith({ ...seed, params: [] });
    session.write('do:seed', 'no such table: books');
    session.answer('runAction', async () => ({
      action: 'seed',
      run: 2,
      ok: false,
      exitCode: 3,
      message: 'exited with code 3',
      durationMs: 5,
      log: 'do:seed',
      from: 0,
      to: 1,
    }));
    screen.press(':', 'do seed', ENTER);
    await screen.waitFor('seed exited with code 3, run 2: no such table: books');
  });
});
