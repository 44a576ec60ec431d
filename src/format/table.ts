// Aligned columns within a width: first the elastic columns shrink, then the least important ones go.
// Pure text in, text out; colour comes through the `paint` callback, which must not change the width.

import type { Tone } from './status-label.ts';
import { displayWidth, fit } from './text.ts';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Column {
  readonly heading: string;
  readonly align?: 'left' | 'right';
  /** How narrow the column may become before a column is dropped; absent: never cut. */
  readonly minWidth?: number;
  /** Columns with a higher number go first when the width is too small; absent: never dropped. */
  readonly dropOrder?: number;
}

export interface Row {
  readonly cells: readonly Cell[];
  /** Lines below the row that span the table, already as narrow as they must be. */
  readonly notes?: readonly Cell[];
}

export type Paint = (tone: Tone | 'heading', text: string) => string;

const GAP = '  ';

/** @param width the most columns of a line; Infinity when lines are not cut */
export function renderTable(columns: readonly Column[], rows: readonly Row[], width: number, paint: Paint): string[] {
  const shown = chooseColumns(columns, rows, width);
  const headings = shown.map(({ column, width }) => ({ text: fit(column.heading, width, column.align) }));
  const lines = [paint('heading', joinCells(headings))];
  for (const row of rows) {
    const cells = shown.map(({ index, column, width }) => {
      const cell = row.cells[index] ?? { text: '' };
      return { ...cell, text: fit(cell.text, width, column.align) };
    });
    lines.push(joinCells(cells, paint));
    for (const note of row.notes ?? []) lines.push(note.tone ? paint(note.tone, note.text) : note.text);
  }
  return lines;
}

interface ShownColumn {
  readonly index: number;
  readonly column: Column;
  readonly width: number;
}

function chooseColumns(columns: readonly Column[], rows: readonly Row[], width: number): readonly ShownColumn[] {
  let shown = columns
    .map((column, index) => ({ index, column, width: naturalWidth(column, index, rows) }))
    .filter(({ column, index }) => column.dropOrder === undefined || hasContent(rows, index));
  for (;;) {
    const excess = totalWidth(shown) - width;
    if (excess <= 0) return shown;
    const shrunk = shrink(shown, excess);
    if (shrunk) return shrunk;
    const dropped = leastImportant(shown);
    if (dropped === undefined) return squeeze(shown, excess);
    shown = shown.filter((column) => column !== dropped);
  }
}

function hasContent(rows: readonly Row[], index: number): boolean {
  return rows.some((row) => (row.cells[index]?.text ?? '') !== '');
}

function naturalWidth(column: Column, index: number, rows: readonly Row[]): number {
  return Math.max(displayWidth(column.heading), ...rows.map((row) => displayWidth(row.cells[index]?.text ?? '')));
}

function totalWidth(columns: readonly ShownColumn[]): number {
  return columns.reduce((sum, column) => sum + column.width, 0) + GAP.length * Math.max(0, columns.length - 1);
}

/** Takes `excess` columns from the elastic ones, the last first; undefined when they cannot give that much. */
function shrink(columns: readonly ShownColumn[], excess: number): readonly ShownColumn[] | undefined {
  let missing = excess;
  const shrunk = columns.toReversed().map((shown) => {
    const spare = Math.max(0, shown.width - (shown.column.minWidth ?? shown.width));
    const given = Math.min(spare, missing);
    missing -= given;
    return { ...shown, width: shown.width - given };
  });
  return missing === 0 ? shrunk.toReversed() : undefined;
}

/** Nothing may go and it is still too wide: the widest columns give way, down to one character each. */
function squeeze(columns: readonly ShownColumn[], excess: number): readonly ShownColumn[] {
  const widths = columns.map((column) => column.width);
  for (let missing = excess; missing > 0; missing -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest] === undefined || widths[widest] <= 1) break;
    widths[widest] -= 1;
  }
  return columns.map((column, index) => ({ ...column, width: widths[index] ?? column.width }));
}

function leastImportant(columns: readonly ShownColumn[]): ShownColumn | undefined {
  return columns
    .filter(({ column }) => column.dropOrder !== undefined)
    .toSorted((a, b) => (b.column.dropOrder ?? 0) - (a.column.dropOrder ?? 0))[0];
}

function joinCells(cells: readonly Cell[], paint?: Paint): string {
  const texts = cells.map(({ text, tone }, index) => {
    const last = index === cells.length - 1;
    const shown = last ? text.trimEnd() : text;
    return paint && tone && shown !== '' ? paint(tone, shown) : shown;
  });
  return texts.join(GAP).trimEnd();
}
