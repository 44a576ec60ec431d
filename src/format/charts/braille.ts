// A chart of dots, as monitors draw it: two values in a column, four steps in a row.

/** The dots of a cell from its bottom up, as bits of the Unicode block that begins at U+2800. */
const LEFT_DOTS = [0x40, 0x04, 0x02, 0x01] as const;
const RIGHT_DOTS = [0x80, 0x20, 0x10, 0x08] as const;
const BLOCK_START = 0x2800;

export interface ChartSize {
  readonly columns: number;
  readonly rows: number;
  /** The value that fills all rows; what is above it fills them too. */
  readonly max: number;
}

/**
 * The newest values as rows from the top down, each exactly `columns` wide, the newest at the right end.
 * A value above zero has a dot at least; an unknown one (null) has none.
 */
export function brailleChart(values: readonly (number | null)[], { columns, rows, max }: ChartSize): readonly string[] {
  const shown = values.slice(-columns * 2);
  const missing = columns * 2 - shown.length;
  const heights = [
    ...Array.from({ length: missing }, () => 0),
    ...shown.map((value) => heightOf(value, rows * LEFT_DOTS.length, max)),
  ];
  return Array.from({ length: rows }, (_, row) => {
    const floor = (rows - 1 - row) * LEFT_DOTS.length;
    const cell = (column: number): string => {
      const left = dots(LEFT_DOTS, (heights[column * 2] ?? 0) - floor);
      const right = dots(RIGHT_DOTS, (heights[column * 2 + 1] ?? 0) - floor);
      // Some fonts draw the empty cell of the block as faint circles.
      return left + right === 0 ? ' ' : String.fromCodePoint(BLOCK_START + left + right);
    };
    return Array.from({ length: columns }, (_cell, column) => cell(column)).join('');
  });
}

function heightOf(value: number | null, most: number, max: number): number {
  if (value === null || value <= 0) return 0;
  return max <= 0 ? most : Math.min(most, Math.max(1, Math.round((value / max) * most)));
}

function dots(bits: readonly number[], height: number): number {
  return bits.slice(0, Math.max(0, height)).reduce((sum, bit) => sum + bit, 0);
}
