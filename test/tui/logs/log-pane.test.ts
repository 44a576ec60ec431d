// oxlint-disable no-control-regex -- what goes to a terminal is made of control characters

import type { LogLook } from '../../../src/tui/logs/log-rows.ts';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogQuery } from '../../../src/core/session/log-query.ts';
import { createLogPane, type LogPane } from '../../../src/tui/logs/log-pane.ts';
import { createLogFinder } from '../../../src/tui/logs/log-finder.ts';
import { createTheme } from '../../../src/tui/paint/theme.ts';
import { FakeSession } from '../../fakes/fake-session.ts';

const ALL = { matching: [], excluding: [], errorsOnly: false };
const LOOK: LogLook = {
  times: 'off',
  nowMs: Date.UTC(2026, 0, 2, 3, 5, 5),
  isWrapped: false,
  isPretty: false,
  isFocused: false,
  isMarked: false,
  query: undefined,
  filter: ALL,
  emptyText: 'No output of web yet.',
  banner: undefined,
};
const HEIGHT = 5;

let session: FakeSession;
let queries: LogQuery[];
let pane: LogPane;

beforeEach(() => {
  session = new FakeSession();
  queries = [];
  pane = paneOf('web');
});

function paneOf(...services: readonly string[]): LogPane {
  const pane = createLogPane({
    theme: createTheme({ NO_COLOR: '1' }),
    title: services.length > 1 ? 'logs' : `logs: ${services.join('')}`,
    services,
    source: {
      readLogs: (query) => {
        queries.push(query);
        return session.readLogs(query);
      },
      searchLogs: (search) => session.searchLogs(search),
    },
    onChange: () => undefined,
  });
  session.subscribe((event) => {
    if (event.type === 'logs') pane.advance(event.next);
  });
  pane.setLook(LOOK);
  return pane;
}

function open(columns = 30): void {
  pane.setArea({ column: 0, row: 0, columns, rows: HEIGHT + 1 });
}

/** Lines in sight, once every question is answered. */
async function shown(): Promise<readonly string[]> {
  for (let count = 0; count < 60; count += 1) await turn();
  return pane
    .rows()
    .slice(1)
    .map((row) => row.replaceAll(/\u001b\[[\d;]*m/g, '').trim());
}

async function title(): Promise<string> {
  await shown();
  return (pane.rows()[0] ?? '').replaceAll(/\u001b\[[\d;]*m/g, '');
}

function write(from: number, count: number): void {
  session.write('web', ...Array.from({ length: count }, (_, index) => `line ${from + index}`));
}

describe('following', () => {
  it('shows the newest lines, and those that come', async () => {
    write(0, 100);
    open();
    expect(await shown()).toEqual(['line 95', 'line 96', 'line 97', 'line 98', 'line 99']);
    write(100, 2);
    expect(await shown()).toEqual(['line 97', 'line 98', 'line 99', 'line 100', 'line 101']);
    expect(await title()).toContain(' following ──');
  });

  it('shows a short log from its first line', async () => {
    write(0, 2);
    open();
    expect(await shown()).toEqual(['line 0', 'line 1']);
  });

  it('says why there is nothing to see', async () => {
    open();
    expect(await shown()).toContain('No output of web yet.');
  });

  it('asks for what is in sight, however much is written', async () => {
    write(0, 100_000);
    open();
    await shown();
    queries.length = 0;
    write(100_000, 50_000);
    await shown();
    expect(queries.reduce((sum, query) => sum + query.count, 0)).toBeLessThanOrEqual(2 * HEIGHT);
  });

  it('asks one thing at a time, and then only the newest', async () => {
    write(0, 10);
    open();
    await shown();
    queries.length = 0;
    for (let count = 0; count < 50; count += 1) write(10 + count, 1);
    expect(queries).toHaveLength(1);
    expect(await shown()).toContain('line 59');
    expect(queries.length).toBeLessThanOrEqual(2);
  });

  it('asks once for each news, though every answer says that there is more already', async () => {
    write(0, 10);
    open();
    await shown();
    let next = 10;
    session.answer('readLogs', async ({ service, from, count }) => {
      next += 100;
      const lines = Array.from({ length: count }, (_, index) => ({
        seq: from + index,
        time: '2026-01-02T03:04:05.000Z',
        text: `line ${from + index}`,
      }));
      return { service, lines, first: 0, next };
    });
    queries.length = 0;
    for (const end of [1000, 2000, 3000]) {
      pane.advance({ web: end });
      expect(await shown()).toContain(`line ${end - 1}`);
    }
    expect(queries).toHaveLength(3);
  });

  it('says so when the log cannot be read', async () => {
    session.answer('readLogs', async () => {
      throw new Error('the file is gone');
    });
    open();
    expect((await shown()).join(' ')).toContain('the log cannot be rea');
  });
});

describe('scrolling', () => {
  beforeEach(async () => {
    write(0, 100);
    open();
    await shown();
  });

  it('holds still while new lines come, and counts them', async () => {
    pane.scroll(-1);
    expect(await shown()).toEqual(['line 94', 'line 95', 'line 96', 'line 97', 'line 98']);
    write(100, 3);
    expect((await shown())[0]).toBe('line 94');
    expect(await title()).toContain('▼ 3 new');
  });

  it('follows again once the end is reached', async () => {
    pane.scroll(-3);
    pane.scroll(2);
    expect((await shown()).at(-1)).toBe('line 98');
    pane.scroll(1);
    write(100, 1);
    expect((await shown()).at(-1)).toBe('line 100');
  });

  it('stops at the first line', async () => {
    pane.scroll(-1000);
    expect((await shown())[0]).toBe('line 0');
    pane.scroll(-1);
    expect((await shown())[0]).toBe('line 0');
  });

  it('goes to the oldest line and back to the newest', async () => {
    pane.toOldest();
    expect((await shown())[0]).toBe('line 0');
    pane.follow();
    expect((await shown()).at(-1)).toBe('line 99');
  });

  it('draws at once what is near', async () => {
    pane.scroll(-1);
    await shown();
    pane.scroll(-HEIGHT);
    expect(pane.rows()[1]).toContain('line 89');
  });
});

describe('wrapping', () => {
  const long = `${'a'.repeat(29)}${'b'.repeat(29)}c`;

  it('shows long lines in full and follows their end', async () => {
    session.write('web', 'first', long, 'last');
    pane.setLook({ ...LOOK, isWrapped: true });
    open();
    expect(await shown()).toEqual(['first', 'a'.repeat(29), 'b'.repeat(29), 'c', 'last']);
  });

  it('scrolls by rows, also into the middle of a line', async () => {
    session.write('web', long, long, 'last');
    pane.setLook({ ...LOOK, isWrapped: true });
    open();
    expect((await shown())[0]).toBe('c');
    pane.scroll(-1);
    expect(await shown()).toEqual(['b'.repeat(29), 'c', 'a'.repeat(29), 'b'.repeat(29), 'c']);
    pane.scroll(1);
    expect((await shown()).at(-1)).toBe('last');
    expect(await title()).toContain('following');
  });
});

describe('what a line shows', () => {
  it('has its time in front when wanted', async () => {
    session.write('web', 'hello');
    open();
    pane.setLook({ ...LOOK, times: 'clock' });
    expect((await shown())[0]).toMatch(/^\d\d:\d\d:05\.000 hello$/);
  });

  it('is marked where it matches', async () => {
    session.write('web', 'an error here');
    open();
    pane.setLook({ ...LOOK, query: 'error' });
    await shown();
    expect(pane.rows()[1]).toContain('an \u001b[7merror\u001b[0m here');
  });
});

describe('the cursor', () => {
  beforeEach(async () => {
    write(0, 100);
    open();
    await shown();
    pane.setLook({ ...LOOK, isFocused: true });
  });

  it('begins at the newest line and takes the sight with it', async () => {
    pane.moveCursor(-1);
    expect((await shown()).at(-2)).toBe('▌line 98');
    pane.moveCursor(-10);
    expect((await shown())[0]).toBe('▌line 88');
    expect(pane.textToCopy()).toEqual({ text: 'line 88', lines: 1 });
  });

  it('goes on to following below the newest line', async () => {
    pane.moveCursor(-1);
    pane.moveCursor(1);
    expect(await title()).toContain('paused');
    pane.moveCursor(1);
    expect(await title()).toContain('following');
  });

  it('selects lines for copying', async () => {
    pane.toggleSelection();
    pane.moveCursor(-2);
    expect(await title()).toContain('3 lines');
    expect(pane.textToCopy()).toEqual({ text: 'line 97\nline 98\nline 99', lines: 3 });
    pane.clearSelection();
    expect(pane.selectedCount).toBe(0);
  });

  it('copies all in sight while following, without colour', async () => {
    session.write('web', '\u001b[31mred\u001b[0m');
    await shown();
    expect(pane.textToCopy().text).toBe('line 96\nline 97\nline 98\nline 99\nred');
  });
});

describe('a filter', () => {
  const sieveOf = (matching: string): LogLook => ({ ...LOOK, filter: { ...ALL, matching: [matching] } });

  it('shows what matches, follows it, and goes back through all of it', async () => {
    write(0, 3000);
    open();
    pane.setLook(sieveOf('7$'));
    expect(await shown()).toEqual(['line 2957', 'line 2967', 'line 2977', 'line 2987', 'line 2997']);
    write(3000, 10);
    expect((await shown()).at(-1)).toBe('line 3007');
    pane.scroll(-10);
    expect((await shown())[0]).toBe('line 2867');
    pane.toOldest();
    expect((await shown())[0]).toBe('line 7');
    expect(await title()).toContain('only "7$"');
    pane.setArea({ ...pane.area!, columns: 60 });
    expect(await title()).toContain('only "7$" · 301 of 3,010');
    write(3010, 10);
    expect(await title()).toContain('302 of 3,020');
  });

  it('keeps the line under the cursor in sight when it comes and goes', async () => {
    write(0, 1000);
    open();
    await shown();
    pane.goTo({ service: 'web', line: { seq: 507, time: new Date(0).toISOString(), text: 'line 507' } });
    await shown();
    pane.setLook(sieveOf('7$'));
    expect(await shown()).toContain('line 507');
    pane.setLook(LOOK);
    expect(await shown()).toContain('line 507');
  });

  it('says so when nothing passes', async () => {
    write(0, 10);
    open(60);
    pane.setLook(sieveOf('nowhere'));
    expect(await shown()).toContain('No line matches the filter. Esc shows all.');
  });

  it('tells of a pattern that cannot be used', async () => {
    session.write('web', 'foobar');
    open(120);
    pane.setLook(sieveOf('foo(?=bar)'));
    expect((await shown()).join(' ')).toContain('look-ahead, (?=, is not supported');
  });

  it('shows errors with their traces only', async () => {
    session.write('web', 'INFO up', 'ERROR broken', '    at main (app.js:1:1)', 'INFO on');
    open(60);
    pane.setLook({ ...LOOK, filter: { ...ALL, errorsOnly: true } });
    expect(await shown()).toEqual(['ERROR broken', 'at main (app.js:1:1)']);
  });
});

describe('several services', () => {
  beforeEach(() => {
    pane = paneOf('web', 'db');
    session.write('web', 'a', 'b', 'c');
    session.write('db', 'x', 'y');
  });

  it('are by time, each line with its service', async () => {
    open();
    expect(await shown()).toEqual(['web │ a', 'db  │ x', 'web │ b', 'db  │ y', 'web │ c']);
    session.write('db', 'z');
    expect((await shown()).at(-1)).toBe('db  │ z');
  });

  it('stay in order over many lines, to the oldest and back', async () => {
    const numbers = Array.from({ length: 1500 }, (_, index) => `n${index}`);
    session.write('web', ...numbers);
    session.write('db', ...numbers);
    open();
    expect((await shown()).at(-1)).toContain('n1499');
    pane.scroll(-400);
    await shown();
    pane.toOldest();
    expect(await shown()).toEqual(['web │ a', 'db  │ x', 'web │ b', 'db  │ y', 'web │ c']);
    pane.follow();
    expect((await shown()).at(-1)).toContain('n1499');
  });
});

describe('clearing and marking', () => {
  it('hides what came before, says how to get it back, and does so', async () => {
    write(0, 10);
    open(60);
    await shown();
    pane.setFloors(new Map([['web', 10]]));
    expect(await shown()).toContain('Cleared. C shows the earlier lines again.');
    write(10, 1);
    expect(await shown()).toEqual(['line 10']);
    pane.setFloors(new Map());
    expect(await shown()).toContain('line 9');
  });

  it('draws a mark below its line', async () => {
    write(0, 3);
    open();
    pane.setMarks(new Map([['web 1', '12:00']]));
    expect((await shown())[2]).toMatch(/^── 12:00 ─+$/);
  });
});

describe('JSON', () => {
  it('is spread out when wanted, other lines are not', async () => {
    session.write('web', 'plain {', '{"level":"info","a":[1]}');
    open();
    pane.setLook({ ...LOOK, isPretty: true });
    expect(await shown()).toEqual(['"level": "info",', '"a": [', '1', ']', '}']);
    pane.scroll(-2);
    expect((await shown()).slice(0, 2)).toEqual(['plain {', '{']);
  });
});

describe('a line without an end', () => {
  it('is shown as it grows, under the same number', async () => {
    const line = (text: string) => ({ seq: 0, time: new Date(0).toISOString(), text, partial: true as const });
    let text = ' 10 %';
    session.answer('readLogs', async () => ({ service: 'web', lines: [line(text)], first: 0, next: 1 }));
    open();
    expect(await shown()).toEqual(['10 %']);
    text = ' 90 %';
    pane.advance({ web: 1 });
    expect(await shown()).toEqual(['90 %']);
  });
});

describe('searching', () => {
  let statuses: string[];

  beforeEach(() => {
    statuses = [];
  });

  function search(query: string): ReturnType<typeof createLogFinder> {
    return createLogFinder({
      source: session,
      target: () => ({ pane, query, filter: ALL }),
      floorOf: () => -Infinity,
      onStatus: (status) => statuses.push(status),
      onProblem: (error) => statuses.push(String(error)),
      nowMs: () => 0,
    });
  }

  it('finds the nearest match through the whole log, either way', async () => {
    write(0, 10_000);
    open();
    await shown();
    const finder = search('line 17\\d\\d$');
    finder.find('older', { isFresh: true });
    expect((await shown())[2]).toBe('line 1799');
    finder.find('older');
    expect(await shown()).toContain('line 1798');
    expect(statuses.at(-1)).toBe('99 of 100, in line 1,799');
    finder.find('newer');
    await shown();
    finder.find('newer');
    await shown();
    expect(statuses.at(-1)).toBe('no newer match');
  });

  it('begins at the newest line for who types before the lines are there', async () => {
    write(0, 5_000);
    open();
    search('line 17$').find('older', { isFresh: true });
    expect(await shown()).toContain('line 17');
    expect(statuses.at(-1)).toBe('1 of 1, in line 18');
  });

  it('tells that a log is empty', async () => {
    open();
    search('anything').find('older', { isFresh: true });
    await shown();
    expect(statuses.at(-1)).toBe('there is nothing to search yet');
  });

  it('tells when there is none', async () => {
    write(0, 5_000);
    open();
    await shown();
    search('nowhere').find('older', { isFresh: true });
    await shown();
    expect(statuses.at(-1)).toBe('no older match');
  });

  it('finds in all services of the pane, the nearest in time first', async () => {
    pane = paneOf('web', 'db');
    session.write('web', 'hit 1', 'no', 'hit 3');
    session.write('db', 'no', 'hit 2', 'no');
    open();
    await shown();
    const finder = search('hit');
    finder.find('older', { isFresh: true });
    await shown();
    finder.find('older');
    await shown();
    expect(pane.current()?.line.text).toBe('hit 2');
    finder.find('older');
    await shown();
    expect(pane.current()?.line.text).toBe('hit 1');
  });

  it('stops when another search begins', async () => {
    write(0, 5_000);
    open();
    await shown();
    const finder = search('line 3$');
    finder.find('older', { isFresh: true });
    finder.find('newer');
    await shown();
    expect(statuses.at(-1)).toBe('no newer match');
    expect((await shown()).at(-1)).toBe('line 4999');
  });
});
