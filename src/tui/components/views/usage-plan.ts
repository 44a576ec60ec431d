// What fits on the page of usage, and which time it shows. Pure arithmetic.

import type { ServiceName } from '../../../core/model/project.ts';
import type { UsageHistory, UsageValues } from '../../../core/session/inspection.ts';

export interface UsageRoom {
  /** Rows of each chart, without its heading; 0: no room for charts. */
  readonly chartRows: number;
  /** CPU and memory stand side by side, not one below the other. */
  readonly isBeside: boolean;
  readonly serviceRows: number;
  /** Without title and heading; 0: no room for processes. */
  readonly processRows: number;
}

const BESIDE_COLUMNS = 100;
const LEAST_CHART_ROWS = 2;
const MOST_CHART_ROWS = 20;
/** A blank row, a title and the heading. */
const PROCESS_HEAD = 3;
const LEAST_PROCESSES = 2;

/** @param rows below the title of the page */
export function planUsage(
  { rows, columns }: { readonly rows: number; readonly columns: number },
  serviceCount: number,
  processCount: number,
): UsageRoom {
  const isBeside = columns >= BESIDE_COLUMNS;
  // The headings of the charts, the axis, and the blank row below it.
  const chartHead = isBeside ? 3 : 4;
  const charts = isBeside ? 1 : 2;
  const wanted = Math.max(1, serviceCount);
  let rest = rows - 1;
  const serviceRows = Math.min(wanted, Math.max(1, rest >= 12 ? Math.ceil(rest * 0.4) : rest));
  rest -= serviceRows;
  const processes = Math.min(processCount, Math.floor(rest * 0.4) - PROCESS_HEAD);
  const processRows = processes < Math.min(processCount, LEAST_PROCESSES) ? 0 : processes;
  if (processRows > 0) rest -= processRows + PROCESS_HEAD;
  const chartRows = Math.min(MOST_CHART_ROWS, Math.floor((rest - chartHead) / charts));
  return { chartRows: chartRows < LEAST_CHART_ROWS ? 0 : chartRows, isBeside, serviceRows, processRows };
}

export interface ShownUsage {
  readonly all: UsageValues;
  readonly services: Readonly<Record<ServiceName, UsageValues>>;
  /** From the first value to now. */
  readonly spanMs: number;
}

/** Half a minute. */
const LEAST_VALUES = 15;
const NOTHING: UsageValues = { cpuPercent: [], rssBytes: [] };

/** From the first known moment. */
export function shownUsage(usage: UsageHistory | undefined): ShownUsage {
  if (usage === undefined) return { all: NOTHING, services: {}, spanMs: 0 };
  const { cpuPercent, rssBytes } = usage;
  const first = rssBytes.findIndex((value, index) => value !== null || cpuPercent[index] !== null);
  const count = Math.max(LEAST_VALUES, first === -1 ? 0 : rssBytes.length - first);
  const newest = (values: readonly (number | null)[]): readonly (number | null)[] => [
    ...Array.from({ length: Math.max(0, count - values.length) }, () => null),
    ...values.slice(-count),
  ];
  const cut = (values: UsageValues): UsageValues => ({
    cpuPercent: newest(values.cpuPercent),
    rssBytes: newest(values.rssBytes),
  });
  const services = Object.entries(usage.services ?? {}).map(([name, values]) => [name, cut(values)] as const);
  return { all: cut(usage), services: Object.fromEntries(services), spanMs: count * usage.everyMs };
}
