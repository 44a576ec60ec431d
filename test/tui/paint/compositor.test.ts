// oxlint-disable no-control-regex -- what goes to a terminal is made of control characters

import xterm from '@xterm/headless';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCompositor, type Compositor } from '../../../src/tui/paint/compositor.ts';
import { linkUrls } from '../../../src/tui/paint/links.ts';

const COLUMNS = 20;
const ROWS = 6;
const AREA = { column: 2, row: 1, columns: 10, rows: 3 };
const TOP = { column: 0, row: 0, columns: COLUMNS, rows: 1 };
const FOOT = { column: 0, row: 4, columns: COLUMNS, rows: 1 };

let written: string[];
let isBehind: boolean;
let drain: () => void;
let compositor: Compositor;

beforeEach(() => {
  written = [];
  isBehind = false;
  compositor = createCompositor({
    write: (text) => {
      written.push(text);
      return !isBehind;
    },
    onDrain: (callback) => {
      drain = callback;
    },
  });
  compositor.resize({ columns: COLUMNS, rows: ROWS });
});

async function screenOf(texts: readonly string[]): Promise<readonly string[]> {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(`\u001b[?7l${texts.join('')}`, resolve));
  return Array.from(
    { length: ROWS },
    (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true).trimEnd() ?? '',
  );
}

describe('the compositor', () => {
  it('puts parts in their places, also beside each other', async () => {
    compositor.setPanes([
      { area: TOP, rows: ['title'] },
      { area: AREA, rows: ['one', 'two'] },
      { area: { column: 13, row: 1, columns: 7, rows: 3 }, rows: ['', 'beside', 'end'] },
      { area: FOOT, rows: ['foot'] },
    ]);
    compositor.flush();
    expect(await screenOf(written)).toEqual(['title', '  one', '  two        beside', '             end', 'foot', '']);
  });

  it('makes links of URLs where it is told to, each ended before the next part of the row', async () => {
    compositor.linkBy(linkUrls);
    compositor.setPanes([
      { area: { column: 0, row: 0, columns: 16, rows: 1 }, rows: ['at http://a:1'] },
      { area: { column: 16, row: 0, columns: 4, rows: 1 }, rows: ['next'] },
    ]);
    compositor.flush();
    expect(written.join('')).toMatch(/at \u001b\]8;;http:\/\/a:1\u001b\\http:\/\/a:1\u001b\]8;;\u001b\\.*next/);
    expect((await screenOf(written))[0]).toBe('at http://a:1   next');
  });

  it('writes nothing when nothing has changed', () => {
    compositor.setPanes([{ area: TOP, rows: ['title'] }]);
    compositor.flush();
    written.length = 0;
    compositor.setPanes([{ area: TOP, rows: ['title'] }]);
    compositor.flush();
    expect(written).toEqual([]);
  });

  it('writes only the rows that changed, at once and held together', async () => {
    const rest = [
      { area: TOP, rows: ['title'] },
      { area: FOOT, rows: ['foot'] },
    ];
    compositor.setPanes([...rest, { area: AREA, rows: ['one', 'two', 'three'] }]);
    compositor.flush();
    const before = written.length;
    compositor.setPanes([...rest, { area: AREA, rows: ['one', 'TWO', 'three'] }]);
    compositor.flush();
    const update = written.slice(before);
    expect(update).toHaveLength(1);
    expect(update[0]).toMatch(/^\u001b\[\?2026h.*TWO.*\u001b\[\?2026l$/);
    expect(update[0]).not.toContain('three');
    expect(update[0]).not.toContain('title');
    expect(update[0]?.length).toBeLessThan(60);
    expect(await screenOf(written)).toEqual(['title', '  one', '  TWO', '  three', 'foot', '']);
  });

  it('leaves nothing of a longer row behind, and nothing beside the pane is touched', async () => {
    const left = { area: { column: 0, row: 1, columns: 2, rows: 1 }, rows: ['|'] };
    const right = { area: { column: 11, row: 1, columns: 9, rows: 1 }, rows: ['|'] };
    const middle = { ...AREA, columns: 8 };
    compositor.setPanes([{ area: TOP, rows: ['a long title'] }, left, { area: middle, rows: ['12345678', ''] }, right]);
    compositor.flush();
    compositor.setPanes([{ area: TOP, rows: ['short'] }, left, { area: middle, rows: ['x', ''] }, right]);
    compositor.flush();
    expect(await screenOf(written)).toEqual(['short', '| x        |', '', '', '', '']);
    expect(written[1]).not.toContain('|');
  });

  it('leaves nothing behind where another part stands now', async () => {
    compositor.setPanes([{ area: { ...TOP, rows: 3 }, rows: ['x'.repeat(COLUMNS), 'over it', 'below'] }]);
    compositor.flush();
    compositor.setPanes([{ area: { column: 4, row: 0, columns: 6, rows: 2 }, rows: ['new'] }]);
    compositor.flush();
    expect(await screenOf(written)).toEqual(['    new', '', '', '', '', '']);
  });

  it('keeps the last column of a row that is exactly as wide as the terminal', async () => {
    compositor.setPanes([{ area: { ...TOP, rows: 2 }, rows: ['x'.repeat(COLUMNS), '語'.repeat(COLUMNS / 2)] }]);
    compositor.flush();
    expect(await screenOf(written)).toEqual(['x'.repeat(COLUMNS), '語'.repeat(COLUMNS / 2), '', '', '', '']);
  });

  it('draws everything again, without clearing, after a resize', async () => {
    compositor.setPanes([{ area: { ...TOP, rows: 2 }, rows: ['one', 'two'] }]);
    compositor.flush();
    compositor.resize({ columns: COLUMNS, rows: ROWS });
    compositor.flush();
    expect(written).toHaveLength(2);
    expect(written.join('')).not.toMatch(/\u001b\[[23]?J/);
    expect(await screenOf([written[1] ?? ''])).toEqual(['one', 'two', '', '', '', '']);
  });

  it('takes away what a pane showed when it is gone', async () => {
    compositor.setPanes([{ area: AREA, rows: ['one', 'two'] }]);
    compositor.flush();
    compositor.setPanes([]);
    compositor.flush();
    expect(await screenOf(written)).toEqual(['', '', '', '', '', '']);
  });

  it('writes nothing more to a terminal that does not read, and then only the newest picture', async () => {
    isBehind = true;
    compositor.setPanes([{ area: TOP, rows: ['first'] }]);
    compositor.flush();
    for (let count = 0; count < 100; count += 1) {
      compositor.setPanes([{ area: TOP, rows: [`frame ${count}`] }]);
      compositor.flush();
    }
    expect(written).toHaveLength(1);
    isBehind = false;
    drain();
    expect(written).toHaveLength(2);
    expect(await screenOf(written)).toEqual(['frame 99', '', '', '', '', '']);
  });
});
