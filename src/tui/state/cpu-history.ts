// The last minute of a service's CPU, kept by the screen: one value for each two seconds, whatever the pace of the news.

import { addSample, type SlotHistory } from '../../core/view/slot-history.ts';

export type CpuHistory = SlotHistory;

export const CPU_HISTORY_LENGTH = 30;
/** No news is no change. */
const RULES = { slotMs: 2000, length: CPU_HISTORY_LENGTH, heldSlots: Number.POSITIVE_INFINITY };

export function addCpuSample(history: CpuHistory | undefined, cpuPercent: number | null, nowMs: number): CpuHistory {
  return addSample(history, cpuPercent, nowMs, RULES);
}
