// Which columns the service table has at a given width. Widths are fixed, so nothing jumps when a number changes;
// when room is short the least important columns go, and what is left over goes to names, charts and the reason.

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
const MIN_NOTE = 24;
const MAX_CHART = 20;

/**
 * @param longestName columns of the longest service name
 * @param longestBody columns of the longest pid, or name and id of a container
 * @param longestPort columns of the longest port text, "8000" or "8000→8001"
 */
export function planColumns(options: {
  readonly width: number;
  readonly longestName: number;
  readonly longestPort: number;
  readonly longestBody?: number;
}): readonly TableColumn[] {
  const room = options.width - ROW_PREFIX;
  const wantedName = Math.min(MAX_NAME, Math.max(MIN_NAME, options.longestName));
  let columns: readonly ColumnPlan[] = [
    { id: 'name', heading: 'SERVICE', width: MIN_NAME, dropOrder: 0 },
    { id: 'state', heading: 'STATE', width: 12, dropOrder: 0 },
    { id: 'port', heading: 'PORT', width: Math.max(5, options.longestPort), dropOrder: 1 },
    {
      id: 'pid',
      heading: 'PID',
      width: Math.min(MAX_BODY, Math.max(7, options.longestBody ?? 0)),
      align: 'right',
      dropOrder: 7,
    },
    { id: 'cpu', heading: 'CPU', width: 5, align: 'right', dropOrder: 2 },
    { id: 'chart', heading: '', width: 8, dropOrder: 8 },
    { id: 'memory', heading: 'MEMORY', width: 8, align: 'right', dropOrder: 5 },
    { id: 'health', heading: 'HEALTH', width: 9, dropOrder: 3 },
    { id: 'restarts', heading: 'RESTARTS', width: 8, align: 'right', dropOrder: 6 },
    { id: 'uptime', heading: 'UPTIME', width: 7, align: 'right', dropOrder: 4 },
  ];
  while (total(columns) > room && columns.some((column) => column.dropOrder > 0)) {
    const last = Math.max(...columns.map((column) => column.dropOrder));
    columns = columns.filter((column) => column.dropOrder !== last);
  }
  let spare = room - total(columns);
  const take = (most: number): number => {
    const taken = Math.max(0, Math.min(spare, most));
    spare -= taken;
    return taken;
  };
  const name = MIN_NAME + take(wantedName - MIN_NAME);
  const note = spare - COLUMN_GAP >= MIN_NOTE ? take(MIN_NOTE + COLUMN_GAP) : 0;
  const chart = 8 + (note > 0 ? take(MAX_CHART - 8) : 0);
  const widths: Partial<Record<ColumnId, number>> = { name, chart };
  const planned = columns.map((column) => toColumn({ ...column, width: widths[column.id] ?? column.width }));
  if (note === 0) return planned;
  return [...planned, toColumn({ id: 'note', heading: '', width: note - COLUMN_GAP + spare, dropOrder: 9 })];
}

function toColumn({ id, heading, width, align }: ColumnPlan): TableColumn {
  return { id, heading, width, align: align ?? 'left' };
}

function total(columns: readonly ColumnPlan[]): number {
  return columns.reduce((sum, column) => sum + column.width, 0) + COLUMN_GAP * (columns.length - 1);
}
