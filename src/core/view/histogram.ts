// A histogram that grows by one value at a time. Pure.

import type { Histogram } from '../session/tallies.ts';

/** In seconds: from a quick script to a container that is pulled first. */
export const START_BOUNDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300];
/** In seconds. */
export const PROBE_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** @param bounds growing; the value equal to one counts for it */
export function emptyHistogram(bounds: readonly number[]): Histogram {
  return { bounds, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
}

export function withValue({ bounds, counts, sum }: Histogram, value: number): Histogram {
  const found = bounds.findIndex((bound) => value <= bound);
  const place = found === -1 ? bounds.length : found;
  return { bounds, counts: counts.map((count, index) => count + Number(index === place)), sum: sum + value };
}
