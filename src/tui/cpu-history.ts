// The last minute of a service's CPU, kept by the screen: one value for each two seconds, whatever the pace of the news.

export interface CpuHistory {
  /** Index of the newest slot since the epoch. */
  readonly slot: number;
  /** Oldest first, the newest for `slot`; null where nothing was known. */
  readonly values: readonly (number | null)[];
}

const SLOT_MS = 2000;
export const CPU_HISTORY_LENGTH = 30;

/** Adds a sample; a second one in the same slot replaces the first, and a silent slot repeats the one before it. */
export function addCpuSample(history: CpuHistory | undefined, cpuPercent: number | null, nowMs: number): CpuHistory {
  const slot = Math.floor(nowMs / SLOT_MS);
  if (history === undefined || slot < history.slot) return { slot, values: [cpuPercent] };
  const silent = Math.min(slot - history.slot - 1, CPU_HISTORY_LENGTH);
  const kept = slot === history.slot ? history.values.slice(0, -1) : history.values;
  const repeated = Array.from({ length: Math.max(0, silent) }, () => history.values.at(-1) ?? null);
  return { slot, values: [...kept, ...repeated, cpuPercent].slice(-CPU_HISTORY_LENGTH) };
}
