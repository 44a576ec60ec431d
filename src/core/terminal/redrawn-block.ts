// Lines that a program redraws in place (test runners, progress of downloads and builds): the cursor goes up, and rows
// are erased and rewritten. This computes their final look, row by row. Trap: the program counts rows of its terminal,
// where a long line takes several.

import { Sgr } from '../output/sgr.ts';
import { TerminalRow } from '../output/terminal-row.ts';
import { writeLine } from '../output/log-line.ts';

/** The cursor goes to a row above: nothing else begins a block. */
const GOES_UP = new RegExp(String.raw`\u001b(?:\[\d{0,4}[AF]|M)`);
/** What leads to another row, or wipes those below. */
const VERTICAL = new RegExp(String.raw`\u001b(?:\[(\d{0,4})([ABEFJ])|M|7|8|\[[su])`, 'g');
const WHOLE_SEQUENCE = new RegExp(String.raw`^\u001b(?:\[[0-?]*[ -/]*[@-~]|[^[])`);
/** No terminal is higher, and no program goes further up. */
export const MOST_ROWS = 400;

/** Whether a line of output leads above its own row. */
export function goesUp(line: string): boolean {
  return GOES_UP.test(line);
}

export class RedrawnBlock {
  readonly #rows: TerminalRow[] = [new TerminalRow()];
  readonly #sgr = new Sgr();
  readonly #columns: () => number;
  /** The lines above the block, the nearest first; undefined when there are none. */
  readonly #takeAbove: () => string | undefined;
  #at = 0;
  #saved: { readonly at: number; readonly column: number } | undefined;
  /** How much of the line under way has been written. */
  #written = 0;
  #isLineOver = false;
  #rowsSinceUp = 0;

  /** @param options.takeAbove gives the next line above the block, which belongs to it from then on */
  constructor(options: { readonly columns: () => number; readonly takeAbove: () => string | undefined }) {
    this.#columns = options.columns;
    this.#takeAbove = options.takeAbove;
  }

  /** How many rows were begun since the cursor last went up. */
  get rowsSinceUp(): number {
    return this.#rowsSinceUp;
  }

  /** A part of the line under way has been written. */
  get isMidLine(): boolean {
    return this.#written > 0;
  }

  /** What there is of a line without an end; may be called again with more of the same line. */
  writeOpen(line: string): void {
    const text = withoutFragment(line);
    if (text.length > this.#written) this.#writeRest(text);
  }

  /** A whole line, of which the beginning may have been written. `continues`: it goes on in the row of the one before. */
  writeLine(line: string, { continues }: { readonly continues: boolean }): void {
    if (continues) this.#isLineOver = false;
    this.#writeRest(line);
    this.#written = 0;
    this.#isLineOver = true;
  }

  /** From the top, cleaned; without blank ones at the end. */
  rows(): readonly string[] {
    const texts = this.#rows.map((row) => row.coloured());
    return texts.slice(0, texts.findLastIndex((text) => text.trim() !== '') + 1);
  }

  #writeRest(line: string): void {
    if (this.#written === 0 && this.#isLineOver) this.#lineFeed();
    this.#isLineOver = false;
    const text = line.slice(this.#written);
    this.#written = line.length;
    let from = 0;
    VERTICAL.lastIndex = 0;
    for (const found of text.matchAll(VERTICAL)) {
      writeLine(text.slice(from, found.index), this.#row, this.#sgr);
      from = found.index + found[0].length;
      this.#move(found[0], found[2] ?? found[0].slice(-1), Math.max(1, Number(found[1] ?? 1) || 1), found[1] ?? '');
    }
    writeLine(text.slice(from), this.#row, this.#sgr);
  }

  #move(sequence: string, kind: string, count: number, parameter: string): void {
    const column = this.#row.cursor;
    switch (kind) {
      case 'A':
      case 'M':
        this.#up(count);
        return this.#row.moveTo(column);
      case 'F':
        this.#up(count);
        return this.#row.moveTo(0);
      case 'B':
      case 'E':
        this.#down(count);
        return this.#row.moveTo(kind === 'E' ? 0 : column);
      case 'J':
        if (parameter !== '' && parameter !== '0') return;
        this.#row.eraseToEnd();
        this.#rows.length = this.#at + 1;
        return;
      case '7':
      case 's':
        this.#saved = { at: this.#at, column };
        return;
      default:
        if (this.#saved === undefined || (sequence !== '\u001b8' && kind !== 'u')) return;
        this.#at = Math.min(this.#saved.at, this.#rows.length - 1);
        this.#row.moveTo(this.#saved.column);
    }
  }

  get #row(): TerminalRow {
    return this.#rows[this.#at]!;
  }

  #lineFeed(): void {
    this.#at += 1;
    this.#rowsSinceUp += 1;
    if (this.#at === this.#rows.length) this.#rows.push(new TerminalRow());
    this.#row.moveTo(0);
  }

  #up(rows: number): void {
    this.#rowsSinceUp = 0;
    let left = rows - (this.#heightOf(this.#row, this.#row.cursor) - 1);
    while (left > 0 && this.#rows.length < MOST_ROWS) {
      if (this.#at === 0 && !this.#extend()) break;
      this.#at -= 1;
      left -= this.#heightOf(this.#row);
    }
  }

  #down(rows: number): void {
    this.#at = Math.min(this.#rows.length - 1, this.#at + rows);
  }

  /** One more row at the top. */
  #extend(): boolean {
    const text = this.#takeAbove();
    if (text === undefined) return false;
    const row = new TerminalRow();
    writeLine(text, row, new Sgr());
    this.#rows.unshift(row);
    this.#at += 1;
    if (this.#saved !== undefined) this.#saved = { ...this.#saved, at: this.#saved.at + 1 };
    return true;
  }

  /** How many rows of the terminal a line takes, up to a column. */
  #heightOf(row: TerminalRow, column = row.length): number {
    return Math.max(1, Math.ceil(column / Math.max(1, this.#columns())));
  }
}

/** A sequence or a character whose rest is still to come is left for then. */
function withoutFragment(line: string): string {
  const escape = line.lastIndexOf('\u001b');
  const isOpen = escape !== -1 && !WHOLE_SEQUENCE.test(line.slice(escape));
  const end = isOpen ? escape : line.length;
  return line.slice(0, end).replace(/\uFFFD+$/, '');
}
