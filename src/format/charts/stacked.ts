// A chart of several measures on top of each other, the first at the bottom: how high the whole is, and whose part is large.

export interface StackRun {
  /** Which of the measures; undefined for what is empty. */
  readonly series: number | undefined;
  readonly text: string;
}

export interface StackSize {
  readonly columns: number;
  readonly rows: number;
  /** The sum that fills all rows. */
  readonly max: number;
  /** Shades tell the measures apart where colours cannot. */
  readonly isShaded: boolean;
}

type Values = readonly (number | null)[];

const PARTS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const SHADES = ['█', '▒', '▓', '░'] as const;

/** How a measure is filled, also in a legend. */
export function stackGlyph(series: number, isShaded: boolean): string {
  return isShaded ? (SHADES[series % SHADES.length] ?? '█') : '█';
}

/** Rows from the top down, each exactly `columns` wide. The measures have a value for each column; an unknown one is nothing. */
export function stackedChart(measures: readonly Values[], size: StackSize): readonly (readonly StackRun[])[] {
  const { columns, rows, max, isShaded } = size;
  const stacks = Array.from({ length: columns }, (_, column) => stackOf(measures, column, rows / Math.max(max, 1e-9)));
  return Array.from({ length: rows }, (_, row) => {
    const floor = rows - 1 - row;
    return runsOf(stacks.map((tops) => cellOf(tops, floor, isShaded)));
  });
}

/** The height at which each measure ends, in rows. */
function stackOf(measures: readonly Values[], column: number, rowsPerUnit: number): readonly number[] {
  let top = 0;
  return measures.map((values) => {
    top += Math.max(0, values[column] ?? 0) * rowsPerUnit;
    return top;
  });
}

/** The part of the cell that is filled, by the measure that has most of it. */
function cellOf(tops: readonly number[], floor: number, isShaded: boolean): StackRun {
  const height = Math.min(1, (tops.at(-1) ?? 0) - floor);
  const part = PARTS[Math.round(height * PARTS.length) - 1];
  // However little there is, something of it is seen at the bottom.
  if (part === undefined && (floor > 0 || height <= 0)) return { series: undefined, text: ' ' };
  const shares = tops.map((top, index) => clamp(top - floor) - clamp((tops[index - 1] ?? 0) - floor));
  const series = shares.indexOf(Math.max(...shares));
  return { series, text: part === undefined ? PARTS[0] : part === '█' ? stackGlyph(series, isShaded) : part };
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function runsOf(cells: readonly StackRun[]): readonly StackRun[] {
  const runs: StackRun[] = [];
  for (const { series, text } of cells) {
    const last = runs.at(-1);
    if (last !== undefined && last.series === series) runs[runs.length - 1] = { series, text: last.text + text };
    else runs.push({ series, text });
  }
  return runs;
}

/** As many values as there are columns, over all of the width: several in one column are its mean, one may fill several. */
export function stretched(values: Values, columns: number): Values {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    const known = values.slice(from, to).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}
