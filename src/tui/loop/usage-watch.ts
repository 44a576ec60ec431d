// Asks the session for recent usage while the charts are visible. The session keeps the values, so a new screen shows
// past ones too.

import type { Session } from '../../core/session/session.ts';
import type { ScreenEvent } from '../state/reducer.ts';
import { selectUsageWish } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';
import { valuesInWidth } from '../components/detail/usage-rows.ts';

const EVERY_MS = 2_000;
/** All that the session keeps: the page fits it to its width. */
const ALL = 1_000;

interface Wanted {
  readonly count: number;
  readonly perService: boolean;
}

export interface UsageWatch {
  /** The state has changed. */
  follow(): void;
  stop(): void;
}

export function createUsageWatch(options: {
  readonly state: () => ScreenState;
  readonly session: () => Session | undefined;
  readonly dispatch: (event: ScreenEvent) => void;
}): UsageWatch {
  let timer: NodeJS.Timeout | undefined;
  let wanted: Wanted | undefined;
  let isAsking = false;
  let isStopped = false;

  /** Until the charts are hidden. */
  async function ask(): Promise<void> {
    const session = options.session();
    if (session === undefined || wanted === undefined) return;
    isAsking = true;
    const asked = wanted;
    try {
      const usage = await session.readUsage(asked.count, { perService: asked.perService });
      if (!isStopped) options.dispatch({ type: 'usageRead', usage });
    } catch {
      // The session is gone; the screen shows that.
    }
    isAsking = false;
    if (wanted !== undefined) timer = setTimeout(() => void ask(), wanted === asked ? EVERY_MS : 0);
  }

  return {
    follow() {
      const next = wantedIn(options.state());
      if (next?.count === wanted?.count && next?.perService === wanted?.perService) return;
      wanted = next;
      if (isAsking) return;
      clearTimeout(timer);
      void ask();
    },
    stop() {
      isStopped = true;
      wanted = undefined;
      clearTimeout(timer);
    },
  };
}

function wantedIn(state: ScreenState): Wanted | undefined {
  const wish = state.session === undefined ? undefined : selectUsageWish(state);
  if (wish === undefined) return undefined;
  const { area, perService } = wish;
  return { count: perService ? ALL : valuesInWidth(area.columns), perService };
}
