// What the screen says of an edited config.

import { describe, expect, it } from 'vitest';
import type { ConfigNews } from '../../../src/core/session/snapshot.ts';
import { DevError, EXIT } from '../../../src/errors.ts';
import { calmSession, conflictSession } from '../../fixtures/screen/scenes.ts';
import { renderScreen } from '../../helpers/render-screen.ts';

const ESC = '\u001b';

const PENDING: ConfigNews = {
  status: 'pending',
  file: '.project.config',
  version: 3,
  changes: [
    { service: 'db', effect: 'none', text: 'db keeps running: its health changed' },
    { service: 'backend', effect: 'restart', text: 'backend restarts: its env MODE changed' },
    { service: 'cache', effect: 'start', text: 'cache is new and starts' },
  ],
  problem: null,
};

const BROKEN: ConfigNews = {
  status: 'unusable',
  file: '.project.config',
  version: 0,
  changes: [],
  problem: '.project.config:5:10  unknown key "comand"\u001b[2J: did you mean "command"?',
};

describe('an edited config', () => {
  it('is shown with what it would do, applied by a key, and gone once it is in force', async () => {
    const session = calmSession();
    const screen = renderScreen(session, { columns: 120, rows: 40 });
    await screen.waitFor('frontend');
    session.change([], { config: PENDING });
    const rows = await screen.waitFor('was edited');
    expect(rows.slice(1, 5)).toEqual([
      ' ▲ .project.config was edited   a apply   Esc later',
      '   ↻ backend restarts: its env MODE changed',
      '   + cache is new and starts',
      '   · db keeps running: its health changed',
    ]);
    session.answer('reloadConfig', async () => {
      session.dropConfigNews();
      return { changes: PENDING.changes, isApplied: true };
    });
    screen.press('a');
    const after = await screen.waitFor('applied: backend restarts, cache starts');
    expect(after.join('\n')).not.toContain('was edited');
    expect(session.callsOf('reloadConfig')).toEqual([[{ version: 3 }]]);
  });

  it('is put off by Escape until there is another edit, and can still be applied', async () => {
    const session = calmSession();
    const screen = renderScreen(session, { columns: 120, rows: 40 });
    await screen.waitFor('frontend');
    session.change([], { config: PENDING });
    await screen.waitFor('was edited');
    screen.press(ESC);
    const rows = await screen.waitFor((lines) => !lines.join('\n').includes('was edited'));
    expect(rows.at(-1)).toContain('a apply config');
    session.change([], { config: { ...PENDING, version: 4 } });
    await screen.waitFor('was edited');
  });

  it('says why it was not applied', async () => {
    const session = calmSession();
    session.change([], { config: PENDING });
    const screen = renderScreen(session, { columns: 80, rows: 24 });
    await screen.waitFor('was edited');
    const message = 'The config has changed again in the meantime.';
    const refused = new DevError({ code: 'refused', exitCode: EXIT.notReady, message });
    session.answer('reloadConfig', () => Promise.reject(refused));
    screen.press('a');
    await screen.waitFor('changed again in the meantime');
  });

  it('takes one row of a small screen', async () => {
    const session = calmSession();
    session.change([], { config: PENDING });
    const screen = renderScreen(session, { columns: 60, rows: 12 });
    const rows = await screen.waitFor('was edited');
    expect(rows[1]).toMatch(/^ ▲ \.project\.config was edited: .*… {3}a apply {3}Esc later$/);
    expect(rows[2]).toContain('SERVICE');
  });

  it('names how many changes have no room', async () => {
    const session = calmSession();
    const changes = Array.from({ length: 30 }, (_, index) => ({
      service: `s${index}`,
      effect: 'start' as const,
      text: `s${index} is new and starts`,
    }));
    session.change([], { config: { ...PENDING, changes } });
    const screen = renderScreen(session, { columns: 80, rows: 24 });
    const rows = await screen.waitFor('… and 28 more');
    expect(rows[3]).toContain('+ s1 is new');
  });

  it('shows where the mistake is, and lets nothing of it reach the terminal but text', async () => {
    const session = calmSession();
    session.change([], { config: BROKEN });
    const screen = renderScreen(session, { columns: 120, rows: 40 });
    const rows = await screen.waitFor('cannot be used');
    expect(rows[1]).toBe(' ✖ .project.config cannot be used; the last good one stays active   Esc hide');
    expect(rows[2]).toContain('.project.config:5:10  unknown key "comand"');
    expect(screen.output()).not.toContain('\u001b[2J: did');
    screen.press('a');
    await screen.waitFor(/did you mean "command"/);
    expect(session.callsOf('reloadConfig')).toEqual([]);
  });

  it('waits behind a conflict, which is more urgent', async () => {
    const session = conflictSession();
    session.change([], { config: PENDING });
    const screen = renderScreen(session, { columns: 120, rows: 40 });
    const rows = await screen.waitFor('Esc');
    expect(rows.join('\n')).not.toContain('was edited');
  });
});

it('takes services out of the table that have left the session', async () => {
  const session = calmSession();
  const screen = renderScreen(session, { columns: 120, rows: 40 });
  await screen.waitFor('frontend');
  session.remove('frontend');
  await screen.waitFor((rows) => !rows.some((row) => /● frontend/.test(row)));
});
