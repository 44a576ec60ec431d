// Puts two layers together and writes what changed: the chrome (whole rows, drawn by Ink) and panes (rows inside a
// rectangle, drawn without it). One write for each update, inside synchronized output, row by row; never a clear
// of the screen. A terminal that does not read gets nothing more until it does, and then only the newest picture.

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
  /** Rows of text with SGR only, none wider than the terminal; missing ones are empty. */
  setChrome(rows: readonly string[]): void;
  /** Rows inside an area each, none wider than it. Areas do not overlap. */
  setPanes(panes: readonly PaneRows[]): void;
  /** Writes what differs from the screen; nothing when nothing does. */
  flush(): void;
  /** The screen holds something unknown: the next flush draws all of it. */
  invalidate(): void;
}

const BEGIN_UPDATE = '\u001b[?2026h';
const END_UPDATE = '\u001b[?2026l';
const ERASE_TO_END = '\u001b[K';

interface PaneRows {
  readonly area: Rectangle;
  readonly rows: readonly string[];
}

interface Row {
  readonly chrome: string;
  /** Of each pane in its order; undefined where the pane is not in this row. */
  readonly panes: readonly (string | undefined)[];
}

/**
 * @param output.write false when the terminal is behind; `onDrain` then calls back once it has caught up
 */
export function createCompositor(output: {
  readonly write: (text: string) => boolean;
  readonly onDrain: (callback: () => void) => void;
}): Compositor {
  let size: Size = { columns: 0, rows: 0 };
  let chrome: readonly string[] = [];
  let panes: readonly PaneRows[] = [];
  let shown: (Row | undefined)[] = [];
  let shownAreas = '';
  let isBehind = false;

  function wanted(index: number): Row {
    return {
      chrome: chrome[index] ?? '',
      panes: panes.map(({ area, rows }) =>
        index >= area.row && index < area.row + area.rows ? (rows[index - area.row] ?? '') : undefined,
      ),
    };
  }

  function rowUpdate(index: number, before: Row | undefined, after: Row): string {
    const sameChrome = before?.chrome === after.chrome;
    let update = sameChrome ? '' : `${moveTo(index, 0)}${after.chrome}${RESET}${eraseRest(after.chrome, size.columns)}`;
    for (const [number, { area }] of panes.entries()) {
      const text = after.panes[number];
      if (text === undefined || (sameChrome ? before.panes[number] === text : text === '')) continue;
      update += moveTo(index, area.column) + filled(text, area, size.columns) + RESET;
    }
    return update;
  }

  function flush(): void {
    if (isBehind || size.rows === 0) return;
    const areas = JSON.stringify(panes.map(({ area }) => area));
    if (areas !== shownAreas) {
      // Rows of the old rectangles may hold text beside the new ones.
      shown = [];
      shownAreas = areas;
    }
    let update = '';
    for (let index = 0; index < size.rows; index += 1) {
      const row = wanted(index);
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
    setChrome(rows) {
      chrome = rows;
    },
    setPanes(next) {
      panes = next;
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

/** In the last column the cursor stays on the character just written, and erasing would take it away. */
function eraseRest(text: string, columns: number): string {
  return displayWidth(text) < columns ? ERASE_TO_END : '';
}

function filled(text: string, area: Rectangle, columns: number): string {
  const width = displayWidth(text);
  if (width >= area.columns) return text;
  if (area.column + area.columns >= columns) return `${text}${RESET}${ERASE_TO_END}`;
  return `${text}${RESET}${' '.repeat(area.columns - width)}`;
}
