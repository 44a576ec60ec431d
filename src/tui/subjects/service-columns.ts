// The columns of the service table at a given width. Widths are fixed, so nothing jumps when a number changes. If room
// is short, the least important columns go. While a service has a problem, the reason comes before the numbers.
// Remaining room goes to names, charts and the reason.

export type ColumnId =
  | 'name'
  | 'state'
  | 'port'
  | 'pid'
  | 'cpu'
  | 'chart'
  | 'memory'
  | 'health'
  | 'restarts'
  | 'uptime'
  | 'past'
  | 'note';

export interface TableColumn {
  readonly id: ColumnId;
  readonly heading: string;
  readonly width: number;
  readonly align: 'left' | 'right';
}

interface ColumnPlan {
  readonly id: ColumnId;
  readonly heading: string;
  readonly width: number;
  readonly align?: 'right';
  /** A column with a higher number goes first; 0 never goes. */
  readonly dropOrder: number;
}

export const COLUMN_GAP = 2;
/** Marker of the selected row and glyph of the state, each with a space. */
export const ROW_PREFIX = 4;
const MIN_NAME = 10;
const MAX_NAME = 28;
const MAX_BODY = 28;
/** Cells of the last ten minutes. */
export const PAST_CELLS = 20;
/** Beside them the errors of a minute. */
const PAST_WIDTH = PAST_CELLS + 15;
const MIN_CHART = 8;
const MAX_CHART = 20;
/** A shorter part of an address says too little. */
const MIN_ADDRESS = 24;
/** The reason's width before any number: a good third. */
const MIN_REASON = 30;
const MAX_REASON = 48;
const REASON_SHARE = 0.36;
/** A shorter reason says too little: then the port is worth more. */
const LEAST_REASON = 20;

export interface TableNeeds {
  readonly width: number;
  /** Columns of the longest service name. */
  readonly longestName: number;
  /** Columns of the longest port text, "8000" or "8000→8001". */
  readonly longestPort: number;
  /** Columns of the longest pid, or name and id of a container. */
  readonly longestBody?: number;
  /** A service has a reason to show. */
  readonly hasReasons: boolean;
  /** The history is known. */
  readonly hasPast?: boolean;
}

export function planColumns(needs: TableNeeds): readonly TableColumn[] {
  const room = needs.width - ROW_PREFIX;
  const all = columnPlans(needs);
  const reason = Math.min(MAX_REASON, Math.max(MIN_REASON, Math.floor(needs.width * REASON_SHARE)));
  const wished = needs.hasReasons ? COLUMN_GAP + reason : 0;
  let columns = all;
  while (total(columns) + wished > room && columns.some((column) => column.dropOrder > 0)) {
    const last = Math.max(...columns.map((column) => column.dropOrder));
    columns = columns.filter((column) => column.dropOrder !== last);
  }
  if (needs.hasReasons && room - total(columns) < LEAST_REASON + COLUMN_GAP)
    return planColumns({ ...needs, hasReasons: false });
  let spare = room - total(columns);
  const take = (most: number): number => {
    const taken = Math.max(0, Math.min(spare, most));
    spare -= taken;
    return taken;
  };
  const least = needs.hasReasons ? reason : MIN_ADDRESS;
  const note = needs.hasReasons || spare >= least + COLUMN_GAP ? take(least + COLUMN_GAP) : 0;
  const name = MIN_NAME + take(Math.min(MAX_NAME, needs.longestName) - MIN_NAME);
  const chart = MIN_CHART + (note > 0 && columns.some(({ id }) => id === 'chart') ? take(MAX_CHART - MIN_CHART) : 0);
  const widths: Partial<Record<ColumnId, number>> = { name, chart };
  const planned = columns.map((column) => toColumn({ ...column, width: widths[column.id] ?? column.width }));
  if (note === 0) return planned;
  const heading = needs.hasReasons ? 'WHY' : 'ADDRESS';
  return [...planned, toColumn({ id: 'note', heading, width: note - COLUMN_GAP + spare, dropOrder: 9 })];
}

function columnPlans({ longestPort, longestBody = 0, hasPast = false }: TableNeeds): readonly ColumnPlan[] {
  const body = Math.min(MAX_BODY, Math.max(7, longestBody));
  return [
    { id: 'name', heading: 'SERVICE', width: MIN_NAME, dropOrder: 0 },
    { id: 'state', heading: 'STATE', width: 12, dropOrder: 0 },
    { id: 'port', heading: 'PORT', width: Math.max(5, longestPort), dropOrder: 1 },
    { id: 'pid', heading: 'PID', width: body, align: 'right', dropOrder: 7 },
    { id: 'cpu', heading: 'CPU', width: 5, align: 'right', dropOrder: 2 },
    { id: 'chart', heading: '', width: MIN_CHART, dropOrder: 8 },
    { id: 'memory', heading: 'MEMORY', width: 8, align: 'right', dropOrder: 5 },
    { id: 'health', heading: 'HEALTH', width: 9, dropOrder: 3 },
    { id: 'restarts', heading: 'RESTARTS', width: 8, align: 'right', dropOrder: 6 },
    { id: 'uptime', heading: 'UPTIME', width: 7, align: 'right', dropOrder: 4 },
    ...(hasPast ? [{ id: 'past', heading: 'LAST 10 MIN', width: PAST_WIDTH, dropOrder: 9 } as const] : []),
  ];
}

function toColumn({ id, heading, width, align }: ColumnPlan): TableColumn {
  return { id, heading, width, align: align ?? 'left' };
}

function total(columns: readonly ColumnPlan[]): number {
  return columns.reduce((sum, column) => sum + column.width, 0) + COLUMN_GAP * (columns.length - 1);
}
