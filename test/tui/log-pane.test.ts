// oxlint-disable no-control-regex -- what goes to a terminal is made of control characters

import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogQuery } from '../../src/core/session.ts';
import { createLogPane, type LogLook, type LogPane } from '../../src/tui/log-pane.ts';
import { findLine, searchPattern } from '../../src/tui/log-search.ts';
import { createTheme } from '../../src/tui/theme.ts';
import { FakeSession } from '../fakes/fake-session.ts';

const LOOK: LogLook = {
  hasTimestamps: false,
  isWrapped: false,
  isFocused: false,
  pattern: undefined,
  emptyText: 'No output of web yet.',
};
const HEIGHT = 5;

let session: FakeSession;
let queries: LogQuery[];
let pane: LogPane;

beforeEach(() => {
  session = new FakeSession();
  queries = [];
  pane = createLogPane({
    theme: createTheme({ NO_COLOR: '1' }),
    read: (query) => {
      queries.push(query);
      return session.readLogs(query);
    },
    onChange: () => undefined,
  });
  session.subscribe((event) => {
    if (event.type === 'logs') pane.advance(event.next);
  });
  pane.setArea({ column: 0, row: 0, columns: 30, rows: HEIGHT + 1 });
  pane.setLook(LOOK);
});

/** Lines in sight, once every question is answered. */
async function shown(): Promise<readonly string[]> {
  for (let count = 0; count < 10; count += 1) await turn();
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
    pane.show('web');
    expect(await shown()).toEqual(['line 95', 'line 96', 'line 97', 'line 98', 'line 99']);
    write(100, 2);
    expect(await shown()).toEqual(['line 97', 'line 98', 'line 99', 'line 100', 'line 101']);
    expect(await title()).toContain(' following ──');
  });

  it('shows a short log from its first line', async () => {
    write(0, 2);
    pane.show('web');
    expect(await shown()).toEqual(['line 0', 'line 1']);
  });

  it('says why there is nothing to see', async () => {
    pane.show('web');
    expect(await shown()).toContain('No output of web yet.');
  });

  it('asks for what is in sight, however much is written', async () => {
    write(0, 100_000);
    pane.show('web');
    await shown();
    queries.length = 0;
    write(100_000, 50_000);
    await shown();
    expect(queries.reduce((sum, query) => sum + query.count, 0)).toBeLessThanOrEqual(2 * HEIGHT);
  });

  it('asks one thing at a time, and then only the newest', async () => {
    write(0, 10);
    pane.show('web');
    await shown();
    queries.length = 0;
    for (let count = 0; count < 50; count += 1) write(10 + count, 1);
    expect(queries).toHaveLength(1);
    expect(await shown()).toContain('line 59');
    expect(queries.length).toBeLessThanOrEqual(2);
  });

  it('says so when the log cannot be read', async () => {
    session.answer('readLogs', async () => {
      throw new Error('the file is gone');
    });
    pane.show('web');
    expect((await shown()).join(' ')).toContain('the log cannot be rea');
  });
});

describe('scrolling', () => {
  beforeEach(async () => {
    write(0, 100);
    pane.show('web');
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
    pane.toTop();
    expect((await shown())[0]).toBe('line 0');
    pane.follow();
    expect((await shown()).at(-1)).toBe('line 99');
  });

  it('keeps the place of each service', async () => {
    pane.scroll(-50);
    const before = await shown();
    pane.show('other');
    await shown();
    pane.show('web');
    expect(await shown()).toEqual(before);
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
    pane.show('web');
    expect(await shown()).toEqual(['first', 'a'.repeat(29), 'b'.repeat(29), 'c', 'last']);
  });

  it('scrolls by rows, also into the middle of a line', async () => {
    session.write('web', long, long, 'last');
    pane.setLook({ ...LOOK, isWrapped: true });
    pane.show('web');
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
    pane.show('web');
    pane.setLook({ ...LOOK, hasTimestamps: true });
    expect((await shown())[0]).toMatch(/^\d\d:\d\d:05\.000 hello$/);
  });

  it('is marked where it matches', async () => {
    session.write('web', 'an error here');
    pane.show('web');
    pane.setLook({ ...LOOK, pattern: searchPattern('error') });
    await shown();
    expect(pane.rows()[1]).toContain('an \u001b[7merror\u001b[0m here');
  });
});

describe('searching', () => {
  const find = (from: number, direction: 'older' | 'newer', query: string) =>
    findLine({
      read: (ask) => session.readLogs(ask),
      service: 'web',
      pattern: searchPattern(query),
      from,
      direction,
      isCancelled: () => false,
    });

  it('finds the nearest match through the whole log, either way', async () => {
    write(0, 10_000);
    expect(await find(9_999, 'older', 'line 17')).toBe(1799);
    expect(await find(0, 'newer', 'line 8888')).toBe(8888);
    expect(await find(8888, 'older', 'line 8888')).toBe(8888);
  });

  it('tells when there is none', async () => {
    write(0, 5_000);
    expect(await find(4_999, 'older', 'nowhere')).toBeUndefined();
    expect(await find(0, 'newer', 'nowhere')).toBeUndefined();
  });

  it('brings a match into the middle, and leaves one that is in sight where it is', async () => {
    write(0, 100);
    pane.show('web');
    await shown();
    pane.reveal(50);
    expect((await shown())[2]).toBe('line 50');
    pane.reveal(52);
    expect((await shown())[2]).toBe('line 50');
  });
});
