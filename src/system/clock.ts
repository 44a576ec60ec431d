// Real time. Durations use the monotonic clock, which ignores changes of the wall clock and leap seconds.

import type { Clock } from './system.ts';

/** Longer delays overflow Node's timers and would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * Milliseconds of the monotonic clock; only differences mean something. Not `performance.now`: it counts from another
 * moment, and Node loads a whole module for it, a millisecond before the first service.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

export function createClock(): Clock {
  return {
    nowMs: monotonicMs,
    wallMs: () => Date.now(),
    after: (delayMs, callback) => {
      setTimeout(callback, Math.min(delayMs, LONGEST_DELAY_MS));
    },
  };
}
