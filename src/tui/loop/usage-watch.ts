// Asks the session how much was used lately while the charts are in sight, and no longer. The session remembers, so that
// the charts of a screen that was just opened have a past.

import type { Session } from '../../core/model/session.ts';
import type { ScreenEvent } from '../state/reducer.ts';
import { selectUsageArea } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';
import { valuesInWidth } from '../components/detail/usage-rows.ts';

const EVERY_MS = 2_000;

export interface UsageWatch {
  /** The state is another one. */
  follow(): void;
  stop(): void;
}

export function createUsageWatch(options: {
  readonly state: () => ScreenState;
  readonly session: () => Session | undefined;
  readonly dispatch: (event: ScreenEvent) => void;
}): UsageWatch {
  let timer: NodeJS.Timeout | undefined;
  /** Values that have room; 0 while the charts are out of sight. */
  let wanted = 0;
  let isAsking = false;
  let isStopped = false;

  /** Until the charts are out of sight. */
  async function ask(): Promise<void> {
    const session = options.session();
    if (session === undefined || wanted === 0) return;
    isAsking = true;
    const asked = wanted;
    try {
      const usage = await session.readUsage(asked);
      if (!isStopped) options.dispatch({ type: 'usageRead', usage });
    } catch {
      // The session is gone: that is what the screen shows.
    }
    isAsking = false;
    if (wanted > 0) timer = setTimeout(() => void ask(), wanted === asked ? EVERY_MS : 0);
  }

  return {
    follow() {
      const area = options.state().session === undefined ? undefined : selectUsageArea(options.state());
      const next = area === undefined ? 0 : valuesInWidth(area.columns);
      if (next === wanted) return;
      wanted = next;
      if (isAsking) return;
      clearTimeout(timer);
      void ask();
    },
    stop() {
      isStopped = true;
      wanted = 0;
      clearTimeout(timer);
    },
  };
}
