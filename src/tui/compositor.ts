// Puts two layers together and writes what changed: the chrome (whole rows, drawn by Ink) and panes (rows inside a
// rectangle, drawn without it). One write for each update, inside synchronized output, row by row; never a clear
// of the screen. A terminal that does not read gets nothing more until it does, and then only the newest picture.

import { textWidth } from './styled-text.ts';

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
  /** Rows inside `area`, each exactly as wide as it or narrower; undefined: no pane. */
  setPane(pane: { readonly area: Rectangle; readonly rows: readonly string[] } | undefined): void;
  /** Writes what differs from the screen; nothing when nothing does. */
  flush(): void;
  /** The screen holds something unknown: the next flush draws all of it. */
  invalidate(): void;
}

const BEGIN_UPDATE = '\u001b[?2026h';
const END_UPDATE = '\u001b[?2026l';
const RESET = '\u001b[0m';
const ERASE_TO_END = '\u001b[K';

interface Row {
  readonly chrome: string;
  readonly pane: string | undefined;
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
  let pane: { readonly area: Rectangle; readonly rows: readonly string[] } | undefined;
  let shown: (Row | undefined)[] = [];
  let shownArea: Rectangle | undefined;
  let isBehind = false;

  function wanted(index: number): Row {
    const paneRow = pane !== undefined && index >= pane.area.row && index < pane.area.row + pane.area.rows;
    return {
      chrome: chrome[index] ?? '',
      pane: paneRow ? (pane?.rows[index - pane.area.row] ?? '') : undefined,
    };
  }

  function rowUpdate(index: number, before: Row | undefined, after: Row): string {
    const sameChrome = before?.chrome === after.chrome;
    if (sameChrome && before.pane === after.pane) return '';
    const chromeText = sameChrome
      ? ''
      : `${moveTo(index, 0)}${after.chrome}${RESET}${eraseRest(after.chrome, size.columns)}`;
    if (after.pane === undefined || pane === undefined) return chromeText;
    if (!sameChrome && after.pane === '') return chromeText;
    return chromeText + moveTo(index, pane.area.column) + filled(after.pane, pane.area, size.columns) + RESET;
  }

  function flush(): void {
    if (isBehind || size.rows === 0) return;
    if (!sameArea(shownArea, pane?.area)) {
      // Rows of the old rectangle may hold text beside the new one.
      shown = [];
      shownArea = pane?.area;
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
    setPane(next) {
      pane = next;
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
  return textWidth(text) < columns ? ERASE_TO_END : '';
}

function filled(text: string, area: Rectangle, columns: number): string {
  const width = textWidth(text);
  if (width >= area.columns) return text;
  if (area.column + area.columns >= columns) return `${text}${RESET}${ERASE_TO_END}`;
  return `${text}${RESET}${' '.repeat(area.columns - width)}`;
}

function sameArea(a: Rectangle | undefined, b: Rectangle | undefined): boolean {
  return a?.column === b?.column && a?.row === b?.row && a?.columns === b?.columns && a?.rows === b?.rows;
}
