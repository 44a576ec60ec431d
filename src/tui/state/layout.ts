// Divides the rows and columns of the terminal. Pure arithmetic: components and log panes follow it, so they cannot
// disagree.

import type { Rectangle, Size } from '../paint/compositor.ts';

export const MIN_SIZE: Size = { columns: 40, rows: 10 };
/** From this width on the detail stands beside the logs, not above them. */
const WIDE_COLUMNS = 150;
const WIDE_TILES_COLUMNS = 200;
/** From this width on, with this many rows beside the logs, the usage charts stand below the detail. */
const USAGE_COLUMNS = 160;
const USAGE_LEAST_ROWS = 26;
const SIDEBAR_COLUMNS = { least: 48, most: 72 };
/** With fewer rows, a panel (dialog, help) also replaces the service table. */
const ROOMY_PANEL_ROWS = 18;

export interface Layout {
  readonly size: Size;
  readonly header: Rectangle;
  /** News of the config. */
  readonly banner: Rectangle | undefined;
  /** Includes the heading. Absent if something else needs the room. */
  readonly table: Rectangle | undefined;
  /** Includes the title. */
  readonly detail: Rectangle | undefined;
  /** Charts of what all services use. Includes the title. */
  readonly usage: Rectangle | undefined;
  /** Includes the title. */
  readonly logs: Rectangle | undefined;
  /** The panes of the logs: as many as requested, or as many as fit. */
  readonly tiles: readonly Rectangle[];
  /** A dialog, the help or a list below the header or the table. Includes the title. */
  readonly panel: Rectangle | undefined;
  readonly footer: Rectangle;
}

export interface LayoutWish {
  readonly size: Size;
  readonly serviceCount: number;
  readonly isZoomed: boolean;
  /** The detail has the focus. */
  readonly isDetailFocused: boolean;
  readonly hasPanel: boolean;
  /** Rows that news of the config would fill. They get a small part of the screen at most, and none beside a panel. */
  readonly bannerRows: number;
  /** The panel matters more than the table. */
  readonly isTallPanel?: boolean;
  /** The number of logs requested at the same time. */
  readonly tileCount: number;
  /** Lines of the only visible log; absent if there are many lines, or several logs. */
  readonly logLines?: number | undefined;
}

/** A narrower log is a column of fragments. */
const MIN_TILE: Size = { columns: 50, rows: 5 };

export function tooSmall(size: Size): boolean {
  return size.columns < MIN_SIZE.columns || size.rows < MIN_SIZE.rows;
}

export function planLayout(wish: LayoutWish): Layout {
  const areas = planAreas(wish);
  return { ...areas, tiles: areas.logs === undefined ? [] : cutTiles(areas.logs, wish.tileCount) };
}

/** Side by side while each is wide enough, else in a grid. Panes in an incomplete last row are wider. */
export function cutTiles(area: Rectangle, wished: number): readonly Rectangle[] {
  const most = Math.max(1, Math.floor(area.columns / MIN_TILE.columns));
  for (let count = wished; count > 1; count -= 1) {
    for (let across = Math.min(count, most); across > 0; across -= 1) {
      const down = Math.ceil(count / across);
      const isEven = across * down - count < across;
      if (isEven && Math.floor(area.rows / down) >= MIN_TILE.rows) return grid(area, count, { across, down });
    }
  }
  return [area];
}

function grid(
  area: Rectangle,
  count: number,
  { across, down }: { readonly across: number; readonly down: number },
): readonly Rectangle[] {
  return Array.from({ length: count }, (_, index) => {
    const line = Math.floor(index / across);
    const inLine = line === down - 1 ? count - line * across : across;
    const [row, rows] = share(area.row, area.rows, down, line);
    const [column, columns] = share(area.column, area.columns, inLine, index - line * across);
    return { row, rows, column, columns };
  });
}

/** Where part `index` of `parts` begins, and its length. */
function share(start: number, length: number, parts: number, index: number): readonly [number, number] {
  const from = Math.floor((length * index) / parts);
  return [start + from, Math.floor((length * (index + 1)) / parts) - from];
}

function planAreas({
  size,
  serviceCount,
  isZoomed,
  isDetailFocused,
  hasPanel,
  bannerRows,
  isTallPanel = false,
  tileCount,
  logLines,
}: LayoutWish): Omit<Layout, 'tiles'> {
  const { columns, rows } = size;
  const leastLog = columns >= WIDE_COLUMNS ? LEAST_SIDEBAR_ROWS : LEAST_LOG_ROWS;
  const logRows = logLines === undefined || hasPanel ? undefined : Math.max(leastLog, logLines);
  const band = (row: number, height: number): Rectangle => ({ column: 0, row, columns, rows: height });
  const header = band(0, 1);
  const footer = band(rows - 1, 1);
  const banner = hasPanel || bannerRows === 0 ? undefined : band(1, Math.min(bannerRows, mostBannerRows(rows)));
  const begin = 1 + (banner?.rows ?? 0);
  const nothing = { table: undefined, detail: undefined, usage: undefined, logs: undefined, panel: undefined };
  const frame = { size, header, banner, footer, ...nothing };
  if (isZoomed && !hasPanel) return { ...frame, logs: band(begin, rows - 1 - begin) };

  const gap = rows >= 24 ? 1 : 0;
  const table = band(begin + gap, tableRows(rows, serviceCount, logRows));
  const top = table.row + table.rows + gap;
  const rest = rows - 1 - top;
  if (hasPanel) {
    if (rest >= ROOMY_PANEL_ROWS && !isTallPanel) return { ...frame, table, panel: band(top, rest) };
    return { ...frame, panel: band(1, rows - 2) };
  }
  // Logs side by side need the width themselves.
  if (columns >= (tileCount > 1 ? WIDE_TILES_COLUMNS : WIDE_COLUMNS)) {
    const width = Math.min(SIDEBAR_COLUMNS.most, Math.max(SIDEBAR_COLUMNS.least, Math.floor(columns * 0.3)));
    const logs = { column: 0, row: top, columns: columns - width - 1, rows: rest };
    const beside = { column: columns - width, columns: width };
    const below = columns < USAGE_COLUMNS ? 0 : usageRows(rest);
    const usage = below === 0 ? undefined : { ...beside, row: top + rest - below, rows: below };
    return { ...frame, table, logs, usage, detail: { ...beside, row: top, rows: rest - below } };
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

/** The rows that a growing table leaves: header, footer, gaps, the strip of the detail, title and blank row of the log. */
const LEFT_BY_TABLE = 13;
const LEAST_LOG_ROWS = 4;
/** The detail beside the log has more to show. */
const LEAST_SIDEBAR_ROWS = 16;

/** A heading and all services, up to a good third of the screen, or down to the lines of a short log. */
function tableRows(rows: number, serviceCount: number, logRows: number | undefined): number {
  const usual = Math.max(3, Math.floor(rows * 0.38) - 1);
  const grown = logRows === undefined ? 0 : rows - LEFT_BY_TABLE - logRows;
  const most = Math.max(usual, grown);
  return 1 + Math.min(Math.max(1, serviceCount), most);
}

function mostBannerRows(rows: number): number {
  return rows < 24 ? 1 : Math.floor(rows / 6);
}

/** A title, and equal parts for CPU and memory. The detail keeps the larger part. */
function usageRows(rest: number): number {
  if (rest < USAGE_LEAST_ROWS) return 0;
  return 1 + 2 * Math.min(7, Math.floor(rest / 7));
}

/** The title and lines of the detail above the logs. The logs keep the larger part. */
function stripRows(rest: number): number {
  if (rest >= 20) return 6;
  return rest >= 13 ? 4 : 0;
}

/** The first shown service that makes the selected one visible, near the middle if the list is longer. */
export function firstVisible(count: number, visible: number, selectedIndex: number): number {
  if (count <= visible) return 0;
  return Math.min(count - visible, Math.max(0, selectedIndex - Math.floor(visible / 2)));
}
