// One row of a terminal, with a cursor: what a line of output looks like after progress bars have rewritten it.
// A cell is a column. A wide character takes two; the second holds an empty text.
// Trap: a line may erase as often as it has characters, so an erasure touches no cell. It is noted, and the cells become
// blank once, at the end.

import { ErasedCells } from './erased-cells.ts';
import { RESET } from './sgr.ts';

/** How far a cursor movement may lead beyond what is written. */
const MAX_COLUMN = 1000;
const TAB_STOP = 8;

export class TerminalRow {
  /** Those that were erased, and those beyond the end of the row, still hold what was there before. */
  readonly #texts: string[] = [];
  readonly #styles: string[] = [];
  /** Most rows erase nothing. */
  #erased: ErasedCells | undefined;
  #length = 0;
  #cursor = 0;

  /** The column it is in, from 0. */
  get cursor(): number {
    return this.#cursor;
  }

  /** In columns. */
  get length(): number {
    return this.#length;
  }

  /** Writes one grapheme over what is there. One without a width joins the grapheme before it. */
  write(grapheme: string, width: number, style: string): void {
    if (width === 0) {
      this.#join(grapheme);
      return;
    }
    while (this.#texts.length < this.#cursor) this.#set(this.#texts.length, ' ', '');
    if (this.#isSecondHalf(this.#cursor)) this.#texts[this.#cursor - 1] = ' ';
    for (let column = 0; column < width; column += 1) {
      this.#set(this.#cursor + column, column === 0 ? grapheme : '', style);
    }
    this.#cursor += width;
    if (this.#cursor > this.#length) this.#length = this.#cursor;
    else if (this.#isSecondHalf(this.#cursor)) this.#texts[this.#cursor] = ' ';
  }

  /** Writes what stands from `start` to `end` in the text, characters of one column each. */
  writeNarrow(text: string, start: number, end: number, style: string): void {
    for (let at = start; at < end; at += 1) {
      // Most lines do nothing but grow.
      if (this.#cursor !== this.#texts.length) this.write(text.charAt(at), 1, style);
      else this.#append(text.charAt(at), style);
    }
  }

  /** Takes back the last grapheme; within the row, only moves left. */
  backspace(): void {
    if (this.#cursor === 0) return;
    const atEnd = this.#cursor === this.#length;
    this.#cursor -= this.#isSecondHalf(this.#cursor - 1) ? 2 : 1;
    if (atEnd) this.#truncate(this.#cursor);
  }

  tab(): void {
    this.moveTo((Math.floor(this.#cursor / TAB_STOP) + 1) * TAB_STOP);
  }

  /** @param column from 0 */
  moveTo(column: number): void {
    this.#cursor = Math.max(0, Math.min(column, Math.max(MAX_COLUMN, this.#length)));
  }

  eraseToEnd(): void {
    if (this.#isSecondHalf(this.#cursor)) this.#texts[this.#cursor - 1] = ' ';
    this.#truncate(this.#cursor);
  }

  eraseToStart(): void {
    if (this.#length === 0) return;
    const last = Math.min(this.#cursor, this.#length - 1);
    if (this.#isSecondHalf(last + 1)) this.#texts[last + 1] = ' ';
    this.#erasures().eraseThrough(last);
  }

  erase(): void {
    this.#truncate(0);
  }

  plain(): string {
    this.#blankErased();
    return this.#texts.join('');
  }

  /** At most `columns` columns; a cut row ends in "…". */
  plainWithin(columns: number): string {
    if (this.#length <= columns) return this.plain();
    if (columns <= 0) return '';
    this.#blankErased();
    const end = this.#texts[columns - 1] === '' ? columns - 2 : columns - 1;
    return `${this.#texts.slice(0, end).join('')}…`;
  }

  /** With colour, which is off again at the end. */
  coloured(): string {
    this.#blankErased();
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

  #append(character: string, style: string): void {
    this.#texts.push(character);
    this.#styles.push(style);
    this.#erased?.restore(this.#cursor);
    this.#cursor += 1;
    this.#length = this.#cursor;
  }

  #set(column: number, text: string, style: string): void {
    this.#texts[column] = text;
    this.#styles[column] = style;
    this.#erased?.restore(column);
  }

  #truncate(length: number): void {
    if (length >= this.#length) return;
    this.#length = length;
    this.#erasures().eraseFrom(length);
  }

  #erasures(): ErasedCells {
    return (this.#erased ??= new ErasedCells(this.#texts.length));
  }

  #isErased(column: number): boolean {
    return this.#erased?.has(column) === true;
  }

  #isSecondHalf(column: number): boolean {
    return column < this.#length && this.#texts[column] === '' && !this.#isErased(column);
  }

  #blankErased(): void {
    this.#texts.length = this.#length;
    if (this.#erased === undefined) return;
    for (let column = 0; column < this.#length; column += 1) if (this.#isErased(column)) this.#set(column, ' ', '');
  }

  #join(mark: string): void {
    let column = Math.min(this.#cursor, this.#length) - 1;
    if (this.#isSecondHalf(column)) column -= 1;
    if (column < 0) return;
    if (this.#isErased(column)) this.#set(column, ' ', '');
    this.#texts[column] += mark;
  }
}
