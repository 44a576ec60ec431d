// One row of a terminal, with a cursor: what a line of output looks like after progress bars have rewritten it.
// A cell is a column. A wide character takes two; the second holds an empty text.

import { RESET } from './sgr.ts';

/** How far a cursor movement may lead beyond what is written. */
const MAX_COLUMN = 1000;
const TAB_STOP = 8;

export class TerminalRow {
  readonly #texts: string[] = [];
  readonly #styles: string[] = [];
  #cursor = 0;

  /** The column it is in, from 0. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Writes one grapheme over what is there. One without a width joins the grapheme before it. */
  write(grapheme: string, width: number, style: string): void {
    if (width === 0) {
      this.#join(grapheme);
      return;
    }
    while (this.#texts.length < this.#cursor) this.#set(this.#texts.length, ' ', '');
    if (this.#texts[this.#cursor] === '') this.#texts[this.#cursor - 1] = ' ';
    for (let column = 0; column < width; column += 1) {
      this.#set(this.#cursor + column, column === 0 ? grapheme : '', style);
    }
    this.#cursor += width;
    if (this.#texts[this.#cursor] === '') this.#texts[this.#cursor] = ' ';
  }

  /** Takes back the last grapheme; within the row, only moves left. */
  backspace(): void {
    if (this.#cursor === 0) return;
    const atEnd = this.#cursor === this.#texts.length;
    this.#cursor -= this.#texts[this.#cursor - 1] === '' ? 2 : 1;
    if (atEnd) this.#truncate(this.#cursor);
  }

  tab(): void {
    this.moveTo((Math.floor(this.#cursor / TAB_STOP) + 1) * TAB_STOP);
  }

  /** @param column from 0 */
  moveTo(column: number): void {
    this.#cursor = Math.max(0, Math.min(column, Math.max(MAX_COLUMN, this.#texts.length)));
  }

  eraseToEnd(): void {
    if (this.#texts[this.#cursor] === '') this.#texts[this.#cursor - 1] = ' ';
    this.#truncate(Math.min(this.#cursor, this.#texts.length));
  }

  eraseToStart(): void {
    const end = Math.min(this.#cursor + 1, this.#texts.length);
    for (let column = 0; column < end; column += 1) this.#set(column, ' ', '');
    if (this.#texts[end] === '') this.#texts[end] = ' ';
  }

  erase(): void {
    this.#truncate(0);
  }

  plain(): string {
    return this.#texts.join('');
  }

  /** At most `columns` columns; what is cut ends in "…". */
  plainWithin(columns: number): string {
    if (this.#texts.length <= columns) return this.plain();
    if (columns <= 0) return '';
    const end = this.#texts[columns - 1] === '' ? columns - 2 : columns - 1;
    return `${this.#texts.slice(0, end).join('')}…`;
  }

  /** With colour, which is off again at the end. */
  coloured(): string {
    let output = '';
    let style = '';
    for (let column = 0; column < this.#texts.length; column += 1) {
      const wanted = this.#styles[column] ?? '';
      if (wanted !== style) {
        output += wanted.startsWith(style) ? wanted.slice(style.length) : RESET + wanted;
        style = wanted;
      }
      output += this.#texts[column];
    }
    return style === '' ? output : output + RESET;
  }

  #set(column: number, text: string, style: string): void {
    this.#texts[column] = text;
    this.#styles[column] = style;
  }

  #truncate(length: number): void {
    this.#texts.length = length;
    this.#styles.length = length;
  }

  #join(mark: string): void {
    let column = Math.min(this.#cursor, this.#texts.length) - 1;
    if (this.#texts[column] === '') column -= 1;
    const base = this.#texts[column];
    if (base !== undefined) this.#texts[column] = base + mark;
  }
}
