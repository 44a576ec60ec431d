// Real time. Durations count by the monotonic clock, which a change of the wall clock or a leap second does not touch.

import type { Clock } from './system.ts';

/** Longer delays overflow Node's timers and would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export function createClock(): Clock {
  return {
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    after: (delayMs, callback) => {
      setTimeout(callback, Math.min(delayMs, LONGEST_DELAY_MS));
    },
  };
}
