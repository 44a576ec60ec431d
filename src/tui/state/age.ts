// How long ago, in one unit while that is enough, so that a screen at rest has nothing to redraw; and when it has.

import { formatDuration } from '../../format/quantity.ts';
import { dialogRestMs } from './selectors.ts';
import type { ScreenState } from './state.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SECOND_MS = 1000;
/** How late a full minute may be shown. */
const SLOW_TICK_MS = 10 * SECOND_MS;

/** "4s", "12m", "3h 12m", "5d 03h". */
export function formatAge(ageMs: number): string {
  return ageMs >= MINUTE_MS && ageMs < HOUR_MS ? `${Math.floor(ageMs / MINUTE_MS)}m` : formatDuration(ageMs);
}

/** How long until the screen shows another time: a second while something is young or counts down, else longer. */
export function untilTick(state: ScreenState, nowMs: number): number {
  const isYoung = (time: string | null | undefined): boolean =>
    typeof time === 'string' && nowMs - Date.parse(time) < MINUTE_MS + SECOND_MS;
  const counts = state.services.some(
    ({ startedAt, dueAt, exit }) => dueAt !== null || isYoung(startedAt) || isYoung(exit?.at),
  );
  const stepMs =
    counts || isYoung(state.session?.startedAt) || state.notice !== undefined || state.taste.times === 'age'
      ? SECOND_MS
      : SLOW_TICK_MS;
  const tickMs = stepMs - (nowMs % SECOND_MS);
  const restMs = dialogRestMs(state, nowMs);
  return restMs > 0 ? Math.min(restMs, tickMs) : tickMs;
}
