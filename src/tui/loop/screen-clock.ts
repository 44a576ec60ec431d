// Wakes the screen when a time on it changes, and no sooner: a screen without news costs nothing.

import { untilTick } from '../state/age.ts';
import type { ScreenEvent } from '../state/reducer.ts';
import type { ScreenState } from '../state/state.ts';

export interface ScreenClock {
  /** Sets the clock for the next visible change of time; earlier if something new counts seconds. */
  arm(): void;
  stop(): void;
}

export function createScreenClock(options: {
  readonly state: () => ScreenState;
  readonly dispatch: (event: ScreenEvent) => void;
  readonly now: () => number;
}): ScreenClock {
  let timer: NodeJS.Timeout | undefined;
  let dueAtMs = 0;
  let isStopped = false;

  function arm(): void {
    const nowMs = options.now();
    const nextMs = nowMs + untilTick(options.state(), nowMs);
    if (isStopped || (timer !== undefined && dueAtMs <= nextMs)) return;
    clearTimeout(timer);
    dueAtMs = nextMs;
    timer = setTimeout(onTime, nextMs - nowMs);
  }

  function onTime(): void {
    timer = undefined;
    const nowMs = options.now();
    const { notice, session } = options.state();
    if (notice !== undefined && notice.untilMs <= nowMs) options.dispatch({ type: 'noticeExpired' });
    if (session !== undefined) options.dispatch({ type: 'timePassed', nowMs });
    arm();
  }

  return {
    arm,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
