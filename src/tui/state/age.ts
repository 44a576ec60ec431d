// Ages, no more exact than people read them, so that a screen at rest has nothing to redraw; and the next time they
// change.

import { formatDuration } from '../../format/quantity.ts';
import { dialogRestMs } from './selectors.ts';
import type { ScreenState } from './state.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SECOND_MS = 1000;
/** How late an age may be shown, and how exact the first minute is. */
const SLOW_TICK_MS = 10 * SECOND_MS;

/** "<10s", "40s", "12m", "3h 12m", "5d 03h". */
export function formatAge(ageMs: number): string {
  if (ageMs < SLOW_TICK_MS) return '<10s';
  if (ageMs < MINUTE_MS) return `${Math.floor(ageMs / SLOW_TICK_MS) * 10}s`;
  return ageMs >= MINUTE_MS && ageMs < HOUR_MS ? `${Math.floor(ageMs / MINUTE_MS)}m` : formatDuration(ageMs);
}

/** How long until the screen shows another time: a second while something counts down, else longer. */
export function untilTick(state: ScreenState, nowMs: number): number {
  const countsDown = state.services.some(({ dueAt }) => dueAt !== null);
  const stepMs = countsDown || state.notice !== undefined ? SECOND_MS : SLOW_TICK_MS;
  const tickMs = stepMs - (nowMs % SECOND_MS);
  const restMs = dialogRestMs(state, nowMs);
  return restMs > 0 ? Math.min(restMs, tickMs) : tickMs;
}
