// Who gets which rows and columns of the terminal. Pure arithmetic: components and the log pane obey it, so the two
// layers of the screen cannot disagree.

import type { Rectangle, Size } from './compositor.ts';

export const MIN_SIZE: Size = { columns: 40, rows: 10 };
/** From here on the detail stands beside the logs, not above them. */
const WIDE_COLUMNS = 150;
const SIDEBAR_COLUMNS = { least: 48, most: 72 };
/** Fewer rows for a panel (dialog, help) and it takes the place of the service table too. */
const ROOMY_PANEL_ROWS = 18;

export interface Layout {
  readonly size: Size;
  readonly header: Rectangle;
  /** Heading included. Absent when something else needs the room. */
  readonly table: Rectangle | undefined;
  /** Title included. */
  readonly detail: Rectangle | undefined;
  /** Title included. */
  readonly logs: Rectangle | undefined;
  /** A dialog, the help or a list that takes the room below the header or the table. Title included. */
  readonly panel: Rectangle | undefined;
  readonly footer: Rectangle;
}

export interface LayoutWish {
  readonly size: Size;
  readonly serviceCount: number;
  readonly isZoomed: boolean;
  /** The detail is what the person looks at now. */
  readonly isDetailFocused: boolean;
  readonly hasPanel: boolean;
}

export function tooSmall(size: Size): boolean {
  return size.columns < MIN_SIZE.columns || size.rows < MIN_SIZE.rows;
}

export function planLayout({ size, serviceCount, isZoomed, isDetailFocused, hasPanel }: LayoutWish): Layout {
  const { columns, rows } = size;
  const band = (row: number, height: number): Rectangle => ({ column: 0, row, columns, rows: height });
  const header = band(0, 1);
  const footer = band(rows - 1, 1);
  const frame = { size, header, footer, table: undefined, detail: undefined, logs: undefined, panel: undefined };
  if (isZoomed && !hasPanel) return { ...frame, logs: band(1, rows - 2) };

  const gap = rows >= 24 ? 1 : 0;
  const table = band(1 + gap, tableRows(rows, serviceCount));
  const top = table.row + table.rows + gap;
  const rest = rows - 1 - top;
  if (hasPanel) {
    if (rest >= ROOMY_PANEL_ROWS) return { ...frame, table, panel: band(top, rest) };
    return { ...frame, panel: band(1, rows - 2) };
  }
  if (columns >= WIDE_COLUMNS) {
    const width = Math.min(SIDEBAR_COLUMNS.most, Math.max(SIDEBAR_COLUMNS.least, Math.floor(columns * 0.3)));
    const logs = { column: 0, row: top, columns: columns - width - 1, rows: rest };
    return { ...frame, table, logs, detail: { column: columns - width, row: top, columns: width, rows: rest } };
  }
  if (isDetailFocused) return { ...frame, table, detail: band(top, rest) };
  const detailRows = stripRows(rest);
  const logsTop = top + detailRows;
  return {
    ...frame,
    table,
    detail: detailRows === 0 ? undefined : band(top, detailRows),
    logs: band(logsTop, rows - 1 - logsTop),
  };
}

/** Heading and as many services as there are, up to a good third of the screen. */
function tableRows(rows: number, serviceCount: number): number {
  const most = Math.max(3, Math.floor(rows * 0.38) - 1);
  return 1 + Math.min(Math.max(1, serviceCount), most);
}

/** Title and lines of the detail above the logs; the logs keep the larger part. */
function stripRows(rest: number): number {
  if (rest >= 20) return 6;
  return rest >= 13 ? 4 : 0;
}

/** The first service shown so that the selected one is in sight, near the middle if the list is longer. */
export function firstVisible(count: number, visible: number, selectedIndex: number): number {
  if (count <= visible) return 0;
  return Math.min(count - visible, Math.max(0, selectedIndex - Math.floor(visible / 2)));
}
