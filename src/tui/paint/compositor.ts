// Puts the parts of the screen together and writes what changed: each is rows of text inside a rectangle, drawn by Ink or
// without it. One write for each update, inside synchronized output, row by row; never a clear of the screen. A terminal
// that does not read gets nothing more until it does, and then only the newest picture.

import { RESET } from '../../core/output/sgr.ts';
import { displayWidth } from '../../format/text.ts';

export interface Rectangle {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Compositor {
  /** The size of the terminal. Everything is drawn again at the next flush. */
  resize(size: Size): void;
  /** Areas do not overlap; what lies in none of them is blank. */
  setPanes(panes: readonly PaneRows[]): void;
  /** From now on URLs are written as links: `makeLinks` adds them to a row of so many columns, and changes no width. */
  linkBy(makeLinks: (text: string, columns: number) => string): void;
  /** Writes what differs from the screen; nothing when nothing does. */
  flush(): void;
  /** The screen holds something unknown: the next flush draws all of it. */
  invalidate(): void;
}

const BEGIN_UPDATE = '\u001b[?2026h';
const END_UPDATE = '\u001b[?2026l';
const ERASE_TO_END = '\u001b[K';

export interface PaneRows {
  readonly area: Rectangle;
  /** With SGR only, none wider than the area; missing ones are blank. */
  readonly rows: readonly string[];
}

/** What stands in one row of the screen. */
type Row = readonly Segment[];

interface Segment {
  readonly column: number;
  readonly columns: number;
  readonly text: string;
}

/**
 * @param output.write false when the terminal is behind; `onDrain` then calls back once it has caught up
 */
export function createCompositor(output: {
  readonly write: (text: string) => boolean;
  readonly onDrain: (callback: () => void) => void;
}): Compositor {
  let size: Size = { columns: 0, rows: 0 };
  let panes: readonly PaneRows[] = [];
  let shown: (Row | undefined)[] = [];
  let isBehind = false;
  let link: (text: string, columns: number) => string = (text) => text;

  function wanted(): readonly Row[] {
    const screen = Array.from({ length: size.rows }, (): Segment[] => []);
    for (const { area, rows } of panes) {
      const { column, columns } = area;
      for (let row = 0; row < area.rows; row += 1) {
        screen[area.row + row]?.push({ column, columns, text: rows[row] ?? '' });
      }
    }
    return screen;
  }

  function rowUpdate(index: number, before: Row | undefined, after: Row): string {
    const isPlaced = before !== undefined && hasSamePlaces(before, after);
    // Where other parts stand than before, the row begins anew.
    let update = isPlaced ? '' : moveTo(index, 0) + ERASE_TO_END;
    for (const [number, segment] of after.entries()) {
      const known = isPlaced ? before[number]?.text : '';
      if (segment.text === known) continue;
      const text = link(segment.text, segment.columns);
      update += moveTo(index, segment.column) + text + fillingOf(segment, size.columns) + RESET;
    }
    return update;
  }

  function flush(): void {
    if (isBehind || size.rows === 0) return;
    let update = '';
    for (const [index, row] of wanted().entries()) {
      update += rowUpdate(index, shown[index], row);
      shown[index] = row;
    }
    if (update === '') return;
    if (output.write(BEGIN_UPDATE + update + END_UPDATE)) return;
    isBehind = true;
    output.onDrain(() => {
      isBehind = false;
      flush();
    });
  }

  return {
    resize(next) {
      size = next;
      shown = [];
    },
    setPanes(next) {
      panes = next;
    },
    linkBy(makeLinks) {
      link = makeLinks;
      shown = [];
    },
    flush,
    invalidate() {
      shown = [];
    },
  };
}

function moveTo(row: number, column: number): string {
  return `\u001b[${row + 1};${column + 1}H`;
}

function hasSamePlaces(before: Row, after: Row): boolean {
  return (
    before.length === after.length &&
    after.every(({ column, columns }, index) => {
      const known = before[index];
      return known?.column === column && known.columns === columns;
    })
  );
}

/**
 * What follows the text over all of its columns: what stood there goes. In the last column the cursor stays on the character
 * just written, and erasing would take it away.
 */
function fillingOf({ column, columns, text }: Segment, screenColumns: number): string {
  const width = displayWidth(text);
  if (width >= columns) return '';
  return RESET + (column + columns >= screenColumns ? ERASE_TO_END : ' '.repeat(columns - width));
}
