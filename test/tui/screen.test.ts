// oxlint-disable no-control-regex -- what goes to a terminal is made of control characters

import { describe, expect, it } from 'vitest';
import { DevError, EXIT } from '../../src/errors.ts';
import { FakeSession } from '../fakes/fake-session.ts';
import {
  calmSession,
  conflictOn,
  conflictedService,
  conflictSession,
  everyStateSession,
  foreignOwner,
  NOW_MS,
  readyService,
} from '../fixtures/screen/scenes.ts';
import { renderScreen } from '../helpers/render-screen.ts';
import { containerCard } from '../helpers/container-card.ts';

const SIZES = [
  [40, 10],
  [80, 24],
  [120, 40],
  [200, 60],
  [300, 100],
] as const;

const UP = '\u001b[A';
const ESC = '\u001b';
const ENTER = '\r';
const CTRL_C = '\u0003';

const row = (rows: readonly string[], text: string): string => rows.find((line) => line.includes(text)) ?? '';

describe('the first frame', () => {
  it('names the project and its services before the session answers', async () => {
    const screen = renderScreen(new Promise(() => undefined), { serviceNames: ['db', 'backend'] });
    const rows = await screen.waitFor('backend');
    expect(rows[0]).toContain('shop   starting the session…');
    expect(rows.join('\n')).toContain('· db');
  });

  it('keeps the services where they are when the session answers', async () => {
    let answer: (session: FakeSession) => void = () => undefined;
    const session = new Promise<FakeSession>((resolve) => {
      answer = resolve;
    });
    const screen = renderScreen(session, { serviceNames: ['db', 'backend', 'frontend'] });
    const before = await screen.waitFor('q quit');
    answer(calmSession());
    const after = await screen.waitFor('8000→8001');
    const place = (rows: readonly string[], name: string) => rows.findIndex((line) => line.includes(name));
    for (const name of ['db', 'backend', 'frontend']) expect(place(after, name)).toBe(place(before, name));
  });

  it('fails with the reason when the session is not available, and gives the terminal back', async () => {
    const error = new DevError({ code: 'no_session', exitCode: EXIT.noSession, message: 'no session' });
    const screen = renderScreen(Promise.reject(error));
    await expect(screen.end).rejects.toBe(error);
    expect(screen.output()).toMatch(/\u001b\[\?1049l$/);
  });

  it('does not go on naming services that the session does not have', async () => {
    const rows = await renderScreen(new FakeSession(), { serviceNames: ['db'] }).waitFor('There are no services.');
    expect(rows[0]).toContain('no services');
    expect(rows.join('\n')).not.toContain('db');
  });

  it('is drawn although CI is set', async () => {
    const screen = renderScreen(calmSession(), { env: { CI: 'true' } });
    await screen.waitFor('8000→8001');
  });
});

describe('at any size', () => {
  it.each(SIZES)('%i × %i shows every state in words and never more than fits', async (columns, rows) => {
    const screen = renderScreen(everyStateSession(), { columns, rows });
    const shown = await screen.waitFor('following');
    expect(shown).toHaveLength(rows);
    expect(row(shown, 'db')).toMatch(/● db +ready/);
    expect(shown.at(-1)).toMatch(/\? help {3}d detach {3}q quit$/);
  });

  it('120 × 40 shows the facts of a service in one row', async () => {
    const shown = await renderScreen(calmSession()).waitFor('following');
    expect(shown[0]).toMatch(/^ shop {3}● 3 ready +cpu 37% {3}memory 509 MiB {3}up 12m$/);
    expect(row(shown, 'SERVICE')).toMatch(/SERVICE +STATE +PORT +PID +CPU +MEMORY +HEALTH +RESTARTS +UPTIME$/);
    expect(row(shown, '● backend')).toMatch(
      /● backend +ready +8000→8001 +4250 +34% +[▁-█]+ +187 MiB +✓ 12 ms +1 +12m$/,
    );
  });

  it('80 × 24 leaves out the charts, pids and restarts', async () => {
    const shown = await renderScreen(calmSession(), { columns: 80, rows: 24 }).waitFor('following');
    expect(row(shown, '● backend')).toMatch(/● backend +ready +8000→8001 +34% +187 MiB +✓ 12 ms +12m$/);
  });

  it('40 × 10 keeps name, state and port', async () => {
    const shown = await renderScreen(calmSession(), { columns: 40, rows: 10 }).waitFor('following');
    expect(row(shown, '● backend')).toMatch(/^ {2}● backend +ready +8000→8001$/);
  });

  it('200 × 60 tells the whole story of the selected service beside its logs', async () => {
    const screen = renderScreen(calmSession(), { columns: 200, rows: 60 });
    await screen.waitFor('following');
    screen.press('j');
    const shown = await screen.waitFor('items/299');
    expect(row(shown, 'detail: backend')).toContain('logs: backend');
    expect(shown.join('\n')).toMatch(/✓ database ok/);
    expect(shown.join('\n')).toMatch(/last exit +code 1, 13m ago/);
  });

  it('says calmly that the terminal is too small, and goes on when it grows', async () => {
    const screen = renderScreen(calmSession(), { columns: 30, rows: 6 });
    const small = await screen.waitFor('The terminal is too small.');
    expect(small[1]).toBe('30×6, and 40×10 is needed.');
    screen.resize(80, 24);
    await screen.waitFor('following');
  });

  it('is right after a storm of resizes', async () => {
    const fresh = await renderScreen(calmSession(), { columns: 100, rows: 30 }).waitFor('following');
    const screen = renderScreen(calmSession());
    await screen.waitFor('following');
    for (let count = 0; count < 200; count += 1) screen.resize(20 + ((count * 37) % 200), 5 + ((count * 17) % 60));
    screen.resize(100, 30);
    await screen.waitFor((rows) => rows.join('\n') === fresh.join('\n'));
  });
});

describe('what is written to the terminal', () => {
  it('never clears the screen or the scrollback, and enters and leaves by the same modes', async () => {
    const screen = renderScreen(calmSession());
    await screen.waitFor('following');
    screen.press('j', 'z', '?', ESC);
    await screen.waitFor('keys');
    screen.hangUp();
    await screen.end;
    const output = screen.output();
    expect(output).not.toMatch(/\u001b\[[0-3]?J/);
    const last = new Map<string, string>();
    for (const [, mode = '', value = ''] of output.matchAll(/\u001b\[\?(\d+)([hl])/g)) last.set(mode, value);
    expect(Object.fromEntries(last)).toEqual({
      '1049': 'l',
      '25': 'h',
      '7': 'h',
      '1002': 'l',
      '1006': 'l',
      '2004': 'l',
      '2026': 'l',
    });
  });

  it('costs few bytes for a step through the services', async () => {
    const screen = renderScreen(calmSession());
    await screen.waitFor('following');
    screen.press('j');
    await screen.waitFor('items/299');
    screen.forgetOutput();
    screen.press('k');
    await screen.waitFor('logs: db');
    screen.forgetOutput();
    screen.press('?');
    await screen.waitFor('keys');
    screen.press('?');
    await screen.waitFor('logs: db');
    // Two whole panels of 120 × 34 with colour; a screen that is drawn anew for every key needs ten times as much.
    expect(screen.output().length).toBeLessThan(12_000);
  });

  it('costs nothing while nothing happens but time', async () => {
    const screen = renderScreen(new FakeSession({ services: [readyService('db', { startedAt: null, pid: null })] }));
    await screen.waitFor('No output of db yet');
    screen.forgetOutput();
    screen.pass(400);
    screen.press('\u0000');
    expect(screen.output()).toBe('');
  });

  it('contains no colour with NO_COLOR, and words for everything', async () => {
    const screen = renderScreen(everyStateSession(), { env: { NO_COLOR: '1' } });
    const shown = await screen.waitFor('following');
    screen.press('j');
    await screen.waitFor('items/299');
    const parameters = [...screen.output().matchAll(/\u001b\[([\d;]*)m/g)].flatMap((match) =>
      (match[1] ?? '').split(';'),
    );
    expect(new Set(parameters.map(Number))).toEqual(new Set([0, 1, 2, 22]));
    expect(shown.join('\n')).toMatch(/unhealthy[^]*starting[^]*backoff 4s/);
  });

  it('lets no escape sequence of a service, a process or a message through', async () => {
    const hostile = 'x\u001b]0;owned\u0007\u001b[2J\u009b31m\u202ey';
    const conflict = conflictOn(8000, {
      owners: [foreignOwner({ name: hostile, command: hostile, meaning: hostile })],
    });
    const session = conflictSession(conflict);
    session.change([{ name: 'db', why: hostile, command: hostile, cwd: hostile }]);
    session.write('backend', hostile);
    const screen = renderScreen(session);
    await screen.waitFor('port 8000 is taken');
    screen.press(ESC);
    await screen.waitFor('following');
    const beyondTitles = screen.output().replaceAll(/\u001b\]2;[↔●-✿ \w–]*\u001b\\/g, '');
    expect(beyondTitles).not.toMatch(/\u001b\]|\u001b\[2J|[\u0080-\u009f\u202e]/);
  });
});

describe('keys', () => {
  const pressed = async (...keys: readonly string[]) => {
    const session = calmSession();
    const screen = renderScreen(session);
    await screen.waitFor('following');
    screen.press(...keys);
    await new Promise(setImmediate);
    return { screen, session };
  };

  it.each([
    ['r', 'restart', [['db']]],
    ['R', 'restart', [[]]],
    ['s', 'stop', [['db']]],
    ['x', 'stop', [['db']]],
    ['X', 'stop', [['db'], { force: true }]],
    ['d', 'detach', []],
  ] as const)('%s calls %s', async (key, method, args) => {
    const { session } = await pressed(key);
    expect(session.callsOf(method)).toEqual([args]);
  });

  it('act on the selected service', async () => {
    const { session } = await pressed('j', 'j', 'r', UP, 'x');
    expect(session.callsOf('restart')).toEqual([[['frontend']]]);
    expect(session.callsOf('stop')).toEqual([[['backend']]]);
  });

  it('s starts what does not run', async () => {
    const session = calmSession();
    session.change([{ name: 'db', state: 'stopped', ready: false }]);
    const screen = renderScreen(session);
    await screen.waitFor('s start');
    screen.press('s');
    await new Promise(setImmediate);
    expect(session.callsOf('start')).toEqual([[['db']]]);
  });

  it('o opens the URL of the service', async () => {
    const { screen } = await pressed('j', 'o');
    expect(screen.opened).toEqual(['http://localhost:8001']);
    await screen.waitFor('opened http://localhost:8001');
  });

  it('that do nothing now say why', async () => {
    const { screen } = await pressed('o');
    await screen.waitFor('db has no page to open: its health is tcp; it is at localhost:6379');
  });

  it('are not what is pasted', async () => {
    const { session } = await pressed('\u001b[200~rRxXsdq\u001b[201~', 'xRq stop everything now');
    expect(session.calls.filter(({ method }) => !method.startsWith('read'))).toEqual([]);
  });

  it('show what the session refused, and what to do', async () => {
    const session = calmSession();
    session.answer('restart', async () => {
      throw new DevError({ code: 'refused', exitCode: 1, message: 'The session is ending.', hint: 'wait for it' });
    });
    const screen = renderScreen(session);
    await screen.waitFor('following');
    screen.press('r');
    await screen.waitFor('✖ The session is ending; wait for it');
  });

  it('p lists the ports when there is no conflict', async () => {
    const { screen } = await pressed('p');
    const shown = await screen.waitFor('LISTENS ON');
    expect(row(shown, '● backend  ')).toBeDefined();
    expect(shown.join('\n')).toMatch(/backend +8000 +8001 +127\.0\.0\.1:8001 \(pid 4251\), \[::1\]:8001/);
    screen.press(ESC);
    await screen.waitFor('following');
  });

  it('? lists the keys, and ? closes the list', async () => {
    const { screen } = await pressed('?');
    await screen.waitFor(/r +restart the service/);
    screen.press('?');
    await screen.waitFor('following');
  });

  it('z gives the logs the whole screen, and gives it back', async () => {
    const { screen } = await pressed('j', 'z');
    const zoomed = await screen.waitFor((rows) => (rows[1] ?? '').startsWith('── logs: backend'));
    expect(zoomed.join('\n')).not.toContain('SERVICE');
    screen.press(ESC);
    await screen.waitFor('SERVICE');
  });
});

describe('the mouse', () => {
  it('selects a service', async () => {
    const screen = renderScreen(calmSession());
    const shown = await screen.waitFor('following');
    const at = shown.findIndex((line) => line.includes('● frontend'));
    screen.press(`\u001b[<0;5;${at + 1}M`);
    await screen.waitFor('logs: frontend');
  });

  it('copies the lines that it is dragged over, and none on a click', async () => {
    const session = calmSession();
    session.write('db', 'one', 'two', 'three');
    const screen = renderScreen(session);
    const rows = await screen.waitFor('three');
    const line = (text: string): number => rows.findIndex((row) => row === ` ${text}`) + 1;
    screen.forgetOutput();
    screen.press(`\u001b[<0;3;${line('two')}M`, `\u001b[<0;3;${line('two')}m`);
    screen.press(`\u001b[<0;3;${line('two')}M`, `\u001b[<32;9;${line('three')}M`, `\u001b[<0;9;${line('three')}m`);
    await screen.waitFor('copied 2 lines');
    const copies = [...screen.output().matchAll(/\u001b\]52;c;([A-Za-z0-9+/=]*)/g)];
    expect(copies.map(([, text = '']) => Buffer.from(text, 'base64').toString())).toEqual(['two\nthree']);
  });

  it('scrolls the logs with its wheel', async () => {
    const screen = renderScreen(calmSession());
    await screen.waitFor('following');
    screen.press('j');
    await screen.waitFor('items/299');
    screen.press('\u001b[<64;10;35M');
    await screen.waitFor('paused, F follows');
  });
});

describe('the mouse', () => {
  const click = (column: number, row: number): string =>
    `\u001b[<0;${column + 1};${row + 1}M\u001b[<0;${column + 1};${row + 1}m`;

  it('presses the key of the footer that is clicked', async () => {
    const screen = renderScreen(calmSession());
    const rows = await screen.waitFor('? help');
    const footer = rows.at(-1) ?? '';
    screen.press(click(footer.indexOf('? help') + 3, rows.length - 1));
    await screen.waitFor('── keys');
    screen.press(click((screen.rows().at(-1) ?? '').indexOf('Esc close'), rows.length - 1));
    await screen.waitFor((shown) => !shown.join('').includes('── keys'));
  });

  it('turns the wheel in the dialog of a conflict and in the palette', async () => {
    const screen = renderScreen(conflictSession());
    await screen.waitFor(/▸ p/);
    screen.press('\u001b[<65;20;20M');
    await screen.waitFor(/▸ u/);
    screen.press(':', '\u001b[<65;20;20M');
    await screen.waitFor(
      (rows) => rows.findIndex((row) => row.startsWith(' ▸')) > rows.findIndex((row) => row.includes('── actions')) + 1,
    );
  });
});

describe('logs', () => {
  const openBackend = async () => {
    const session = calmSession();
    const screen = renderScreen(session);
    await screen.waitFor('following');
    screen.press('j');
    await screen.waitFor('items/299');
    return { session, screen };
  };

  it('come live', async () => {
    const { session, screen } = await openBackend();
    session.write('backend', 'a new line');
    await screen.waitFor('a new line');
  });

  it('hold still when one scrolls up, and F follows again', async () => {
    const { session, screen } = await openBackend();
    screen.press('\u001b[5~');
    session.write('backend', 'one', 'two');
    await screen.waitFor('▼ 2 new lines');
    screen.press('F');
    await screen.waitFor((rows) => rows.some((line) => line.trim() === 'two'));
  });

  it('keep wide characters in their columns', async () => {
    const { screen } = await openBackend();
    screen.press('2', 'g');
    const shown = await screen.waitFor('emoji');
    expect(row(shown, 'emoji')).toContain('WARNING:  日本語のログ and an emoji 🚀 keep their columns');
    expect(row(shown, 'much too long')).toMatch(/›$/);
  });

  it('can be searched: hits are marked, n and N go on, Escape ends it', async () => {
    const { screen } = await openBackend();
    screen.press('2', '/');
    for (const key of 'items/12') screen.press(key);
    await screen.waitFor('/items/12▏');
    screen.press(ENTER);
    await screen.waitFor('11 of 11, in line 134');
    await screen.waitFor('items/129');
    screen.press('N');
    await screen.waitFor('10 of 11, in line 133');
    screen.press('n');
    await screen.waitFor('11 of 11, in line 134');
    screen.press('n');
    await screen.waitFor('no newer match');
    expect(screen.output()).toContain('\u001b[7mitems/12\u001b[0m');
    expect(screen.output()).toContain('\u001b[1m\u001b[36m\u001b[7mitems/12\u001b[0m');
    screen.press(ESC);
    await screen.waitFor((rows) => !rows.join('\n').includes('end search'));
  });

  it('take a pattern at which a backtracking search would hang', async () => {
    const { session, screen } = await openBackend();
    session.write('backend', `${'a'.repeat(60)}!`);
    screen.press('2', '/');
    for (const key of '(a+)+$') screen.press(key);
    screen.press(ENTER);
    await screen.waitFor('no older match');
    screen.press(ESC, 'f');
    for (const key of '(a|aa){40}!') screen.press(key);
    screen.press(ENTER);
    await screen.waitFor((rows) => rows.some((line) => line.includes('aaaa!')));
  });

  it.each([
    ['/', 'foo(?=bar)', 'look-ahead, (?=, is not supported'],
    ['f', '!(a)\\1', 'a back-reference, \\1, is not supported'],
  ])('say what %s cannot look for: %s', async (key, pattern, reason) => {
    const { screen } = await openBackend();
    screen.press('2', key);
    for (const letter of pattern) screen.press(letter);
    screen.press(ENTER);
    await screen.waitFor(reason);
    expect(screen.rows().join('\n')).toContain('/api/items/299');
  });

  it('have times with t and wrap with w', async () => {
    const { screen } = await openBackend();
    screen.press('t');
    await screen.waitFor(/\d\d:\d\d:\d\d\.\d\d\d INFO/);
    screen.press('2', 'g', 'w');
    await screen.waitFor((rows) => rows.filter((line) => line.includes('lorem ipsum')).length > 1);
  });
});

describe('a port conflict', () => {
  const openConflict = async (session: FakeSession = conflictSession()) => {
    const screen = renderScreen(session);
    await screen.waitFor('is taken');
    // A dialog that opened by itself takes no letter at first.
    screen.pass(1_000);
    return { session, screen };
  };

  it('comes up by itself and tells who it is', async () => {
    const { screen } = await openConflict();
    const text = screen.rows().join('\n');
    expect(text).toContain('backend wants port 8000');
    expect(text).toContain('node (pid 812)  other project shop-old (branch main)');
    expect(text).toContain('It belongs to another project of yours');
    expect(text).toMatch(/command +node server\.js --port 8000/);
    expect(text).toMatch(/folder +\/home\/anna\/work\/shop-old/);
    expect(text).toMatch(/started +2h 10m ago by anna, from zsh \(800\) ← tmux \(512\)/);
    expect(text).toMatch(/listens +127\.0\.0\.1:8000, \[::1\]:8000/);
    expect(text).toMatch(/p +use port 8001, or type one +frontend restarts with the new address/);
  });

  it.each([
    ['p', { choice: 'reroute', port: 8001 }],
    [ENTER, { choice: 'reroute', port: 8001 }],
    ['u', { choice: 'reuse' }],
    ['r', { choice: 'retry' }],
    ['s', { choice: 'skip' }],
  ])('%j decides it', async (key, decision) => {
    const { session, screen } = await openConflict();
    screen.press(key);
    await screen.waitFor('asking the session');
    expect(session.callsOf('resolveConflict')).toEqual([['backend', decision]]);
  });

  it('asks once more before it kills what is not ours, naming it', async () => {
    const { session, screen } = await openConflict();
    screen.press('K');
    const shown = (await screen.waitFor('kill it and its children')).join('\n');
    expect(shown).toMatch(/Kill pid 812, node server\.js --port 8000, in \/home\/anna\/work\/shop-old\?/);
    screen.press(ESC);
    await screen.waitFor('try again');
    expect(session.callsOf('resolveConflict')).toEqual([]);
    screen.press('K', 'y');
    await screen.waitFor('asking the session');
    expect(session.callsOf('resolveConflict')).toEqual([
      ['backend', { choice: 'kill', owners: [{ pid: 812, startTicks: 4711 }] }],
    ]);
  });

  it('asks again when another process has the port by the time of the yes', async () => {
    const { session, screen } = await openConflict();
    screen.press('K');
    await screen.waitFor('kill it and its children');
    session.change([conflictedService('backend', conflictOn(8000, { owners: [foreignOwner({ pid: 900 })] }))]);
    await screen.waitFor('kill node (pid 900)');
    screen.press('y', 'j');
    await screen.waitFor(/▸ u/);
    expect(session.callsOf('resolveConflict')).toEqual([]);
  });

  it.each(['ours', 'left over'] as const)('kills what is %s without a second question', async (verdict) => {
    const { session, screen } = await openConflict(
      conflictSession(conflictOn(8000, { owners: [foreignOwner({ verdict })] })),
    );
    screen.press('K');
    await screen.waitFor('asking the session');
    expect(session.callsOf('resolveConflict')).toHaveLength(1);
  });

  it('moves with j and k, and a held k never kills', async () => {
    const session = calmSession();
    const screen = renderScreen(session);
    await screen.waitFor('following');
    screen.press('k', 'k');
    session.change([conflictedService('backend', conflictOn(8000))]);
    await screen.waitFor('is taken');
    for (let held = 0; held < 40; held += 1) {
      screen.pass(50);
      screen.press('k');
    }
    screen.press('j', 'j', 'j');
    await screen.waitFor((rows) => rows.some((text) => /▸ +K/.test(text)));
    expect(session.callsOf('resolveConflict')).toEqual([]);
  });

  it('says what came of a decision until it could be seen', async () => {
    const { session, screen } = await openConflict();
    screen.press('p');
    await screen.waitFor('asking the session');
    session.change([readyService('backend', { port: 8001, wantedPort: 8000 })]);
    await screen.waitFor('backend moved to port 8001; frontend restarts');
    screen.press('j');
    screen.pass(60_000);
    expect(row(screen.rows(), 'q quit')).toContain('backend moved to port 8001');
    screen.press('j');
    await screen.waitFor('r restart');
  });

  it('takes a typed port, which may be corrected', async () => {
    const { session, screen } = await openConflict();
    screen.press('9', '0', '1', '\u007f');
    await screen.waitFor('use port 90▏');
    screen.press('0', '0', ENTER);
    await screen.waitFor('asking the session');
    expect(session.callsOf('resolveConflict')).toEqual([['backend', { choice: 'reroute', port: 9000 }]]);
  });

  it('says what is wrong with a typed port', async () => {
    const { session, screen } = await openConflict();
    screen.press('8', '0', '0', '0', ENTER);
    await screen.waitFor('port 8000 is the one that is taken');
    screen.press('9', ENTER);
    await screen.waitFor('a port is a number from 1 to 65535');
    expect(session.callsOf('resolveConflict')).toEqual([]);
  });

  it('does not ask twice for one decision', async () => {
    const { session, screen } = await openConflict();
    screen.press('p', 'p', 'r');
    await screen.waitFor('the session is working on it');
    expect(session.callsOf('resolveConflict')).toHaveLength(1);
  });

  it('shows a choice that cannot be taken with the reason, and does not take it', async () => {
    const { session, screen } = await openConflict(
      conflictSession(
        conflictOn(8000, {
          owners: [foreignOwner({ refusal: 'it belongs to root' })],
          choices: [
            { name: 'kill', unavailable: 'it belongs to root' },
            { name: 'reroute', unavailable: null },
          ],
        }),
      ),
    );
    expect(screen.rows().join('\n')).toMatch(/K +kill the owner +it belongs to root/);
    screen.press('K');
    await screen.waitFor('! it belongs to root');
    expect(session.callsOf('resolveConflict')).toEqual([]);
  });

  it('shows how it goes, and what went wrong', async () => {
    const { session, screen } = await openConflict();
    session.change([
      conflictedService('backend', conflictOn(8000, { progress: 'waiting for pid 812 to stop, 4 s left' })),
    ]);
    await screen.waitFor('◐ waiting for pid 812 to stop, 4 s left');
    session.change([conflictedService('backend', conflictOn(8000, { problem: 'pid 812 came back as pid 900' }))]);
    await screen.waitFor('! pid 812 came back as pid 900');
  });

  it('can wait: Escape goes back to work, p comes back to it', async () => {
    const { session, screen } = await openConflict();
    screen.press(ESC);
    await screen.waitFor('p port conflict');
    screen.press('p');
    await screen.waitFor('is taken');
    expect(session.callsOf('resolveConflict')).toEqual([]);
  });

  it('comes one after another when there are several', async () => {
    const session = conflictSession();
    session.change([conflictedService('frontend', { ...conflictOn(5173), since: new Date(NOW_MS).toISOString() })]);
    const { screen } = await openConflict(session);
    expect(row(screen.rows(), '── port 8000')).toContain('1 of 2');
    session.change([readyService('backend')]);
    await screen.waitFor('frontend wants port 5173');
  });

  const three = () => {
    const session = conflictSession();
    const at = (ms: number) => new Date(NOW_MS + ms).toISOString();
    const owned = { ...conflictOn(6379), since: at(1), owners: [foreignOwner({ pid: 900, name: 'redis-server' })] };
    const choices = owned.choices.map((choice) =>
      choice.name === 'kill' ? { ...choice, unavailable: 'the owner is hidden from us' } : choice,
    );
    session.change([
      conflictedService('db', owned),
      conflictedService('frontend', { ...conflictOn(5173), since: at(2), owners: [], choices }),
    ]);
    return session;
  };

  it('lists several with what is done about each, and goes on to the next after a decision', async () => {
    const { session, screen } = await openConflict(three());
    expect(row(screen.rows(), 'to decide · redis-server')).toMatch(/db +6379/);
    expect(row(screen.rows(), 'to decide · hidden')).toMatch(/frontend +5173/);
    screen.press('p');
    await screen.waitFor('db wants port 6379');
    expect(row(screen.rows(), 'asking the session')).toMatch(/backend +8000/);
    screen.press(`${ESC}[C`);
    await screen.waitFor('frontend wants port 5173');
    screen.press(`${ESC}[D`);
    await screen.waitFor('db wants port 6379');
    expect(session.callsOf('resolveConflict')).toEqual([['backend', { choice: 'reroute', port: 8001 }]]);
  });

  it('takes one choice for all, and says for whom it cannot be taken', async () => {
    const { session, screen } = await openConflict(three());
    screen.press('*');
    await screen.waitFor('[x] the same for all 3');
    screen.press('K', 'y');
    await screen.waitFor('! not for frontend: the owner is hidden from us');
    expect(session.callsOf('resolveConflict')).toEqual([
      ['backend', { choice: 'kill', owners: [{ pid: 812, startTicks: 4711 }] }],
      ['db', { choice: 'kill', owners: [{ pid: 900, startTicks: 4711 }] }],
    ]);
  });

  it('has the next choice remembered when asked to', async () => {
    const { session, screen } = await openConflict();
    screen.press('M');
    await screen.waitFor('[x] remember it for this project');
    screen.press('p');
    await screen.waitFor('asking the session');
    expect(session.callsOf('resolveConflict')).toEqual([
      ['backend', { choice: 'reroute', port: 8001, remember: true }],
    ]);
  });

  it('stops the container that has the port', async () => {
    const container = containerCard({ id: 'a'.repeat(64) });
    const choices = [{ name: 'container', unavailable: null }] as const;
    const { session, screen } = await openConflict(conflictSession(conflictOn(8000, { container, choices })));
    expect(screen.rows().join('\n')).toMatch(/image +postgres:17\n *compose +db of the project shop/);
    expect(screen.rows().join('\n')).toMatch(/c +stop the container shop-db-1/);
    screen.press('c');
    await screen.waitFor('asking the session');
    expect(session.callsOf('resolveConflict')).toEqual([['backend', { choice: 'container', id: container.id }]]);
  });

  it('takes no letter for the first half second when it opens by itself, and says so', async () => {
    const session = calmSession();
    const screen = renderScreen(session);
    await screen.waitFor('following');
    session.change([conflictedService('backend', conflictOn(8000))]);
    await screen.waitFor('is taken');
    screen.press('K', 'p', ENTER, 's', '9');
    await screen.waitFor('this dialog has just opened');
    expect(session.callsOf('resolveConflict')).toEqual([]);
    screen.pass(500);
    screen.press('s');
    await screen.waitFor('asking the session');
  });

  it.each(SIZES)('%i × %i has room for all choices', async (columns, rows) => {
    const screen = renderScreen(conflictSession(), { columns, rows });
    const shown = await screen.waitFor('decide later');
    const text = shown.join('\n');
    expect(text).toContain('node (pid 812)');
    for (const words of ['use port 8001, or type one', 'kill node (pid 812)', 'try again', 'skip backend']) {
      expect(text).toContain(words);
    }
  });
});

describe('leaving', () => {
  it('q stops everything and tells how it went', async () => {
    const session = calmSession();
    const report = { leftovers: [{ service: 'db', pid: 7, name: 'redis' }] };
    session.answer('shutdown', async () => report);
    const screen = renderScreen(session);
    await screen.waitFor('following');
    screen.press('q');
    await expect(screen.end).resolves.toEqual({ reason: 'quit', report, stopped: ['db', 'backend', 'frontend'] });
  });

  it('asks once when something is starting', async () => {
    const session = calmSession();
    session.change([{ name: 'db', state: 'starting', ready: false }]);
    const screen = renderScreen(session);
    await screen.waitFor('following');
    screen.press('q');
    await screen.waitFor('Services are still starting.');
    screen.press(ESC);
    await screen.waitFor('r restart');
    screen.press('q', 'q');
    await expect(screen.end).resolves.toMatchObject({ reason: 'quit' });
  });

  it('asks in a session that was there before, where d leaves it running', async () => {
    const session = calmSession();
    const screen = renderScreen(session, { isJoined: true });
    await screen.waitFor('following');
    screen.press('q');
    const shown = await screen.waitFor('Others may use this session.');
    expect(row(shown, 'Others may use')).toMatch(/q stop all {3}d leave it running {3}Esc stay/);
    screen.press('y', ENTER, ESC);
    await screen.waitFor('r restart');
    expect(session.callsOf('shutdown')).toEqual([]);
    screen.press('q', 'd');
    await expect(screen.end).resolves.toEqual({ reason: 'detach' });
  });

  it('stops a session that was there before when q is pressed again', async () => {
    const session = calmSession();
    const screen = renderScreen(session, { isJoined: true });
    await screen.waitFor('following');
    screen.press('q', 'q');
    await expect(screen.end).resolves.toMatchObject({ reason: 'quit' });
  });

  it('shows who still runs, and a second Ctrl-C does not wait for them', async () => {
    const session = calmSession();
    session.answer('shutdown', (options) =>
      options?.force === true ? Promise.resolve({ leftovers: [] }) : new Promise(() => undefined),
    );
    const screen = renderScreen(session);
    await screen.waitFor('following');
    screen.press(CTRL_C);
    await screen.waitFor('stopping all services');
    session.change([
      { name: 'db', state: 'stopped', pid: null, pids: [] },
      { name: 'frontend', state: 'stopped', pid: null, pids: [] },
      { name: 'backend', state: 'stopping', dueAt: new Date(NOW_MS + 8000).toISOString() },
    ]);
    const shown = await screen.waitFor('killed in 8s');
    expect(row(shown, 'killed in')).toMatch(/◌ backend +stopping +pid 4250, 4251, 4260 +killed in 8s/);
    screen.press(CTRL_C);
    await expect(screen.end).resolves.toMatchObject({ reason: 'quit', report: { leftovers: [] } });
    expect(session.callsOf('shutdown')).toEqual([[], [{ force: true }]]);
  });

  it('q while the session is still starting waits for it and stops it', async () => {
    let answer: (session: FakeSession) => void = () => undefined;
    const opening = new Promise<FakeSession>((resolve) => {
      answer = resolve;
    });
    const screen = renderScreen(opening, { serviceNames: ['db'] });
    await screen.waitFor('q quit');
    screen.press('q');
    await screen.waitFor('stopping all services');
    const session = calmSession();
    answer(session);
    await expect(screen.end).resolves.toMatchObject({ reason: 'quit' });
    expect(session.callsOf('shutdown')).toHaveLength(1);
  });

  it('d leaves the services running', async () => {
    const session = calmSession();
    const screen = renderScreen(session);
    await screen.waitFor('following');
    screen.press('d');
    await expect(screen.end).resolves.toEqual({ reason: 'detach' });
    expect(session.callsOf('shutdown')).toEqual([]);
  });

  it('ends when the session ends, with or without a last word', async () => {
    const session = calmSession();
    const screen = renderScreen(session);
    await screen.waitFor('following');
    session.end({ leftovers: [] });
    await expect(screen.end).resolves.toEqual({ reason: 'ended', report: { leftovers: [] } });

    const other = calmSession();
    const second = renderScreen(other);
    await second.waitFor('following');
    other.end(null);
    await expect(second.end).resolves.toEqual({ reason: 'ended' });
  });

  it('ends when the terminal goes away, without touching the services', async () => {
    const session = calmSession();
    const screen = renderScreen(session);
    await screen.waitFor('following');
    screen.hangUp();
    await expect(screen.end).resolves.toEqual({ reason: 'hangup' });
    expect(session.calls.filter(({ method }) => !/^read|^resize$/.test(method))).toEqual([]);
    expect(session.subscribers).toBe(0);
  });
});

describe('Enter on a line of a log', () => {
  it('opens the file that a trace names, from the folder of its service', async () => {
    const session = calmSession();
    session.write('backend', '  File "app/main.py", line 12, in handler', 'KeyError: 1');
    const files = ['/shop/backend/app/main.py'];
    const screen = renderScreen(session, { look: { selected: 'backend' }, files });
    await screen.waitFor('KeyError: 1');
    screen.press('2', 'k', '\r');
    await screen.waitFor(() => screen.opened.length > 0);
    expect(screen.opened).toEqual(['/shop/backend/app/main.py +12']);
  });

  it('shows the log on the whole screen where there is no such file', async () => {
    const session = calmSession();
    session.write('backend', '  File "app/gone.py", line 12, in handler', 'KeyError: 1');
    const screen = renderScreen(session, { look: { selected: 'backend' } });
    await screen.waitFor('KeyError: 1');
    screen.press('2', 'k', '\r');
    await screen.waitFor((rows) => !rows.some((row) => row.includes('── detail')));
    expect(screen.opened).toEqual([]);
  });
});
