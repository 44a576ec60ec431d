// What clients would know at a moment of a recorded session. They are shown the recording from its beginning to that
// moment, with a clock that stands there.

import { createSessionState } from '../../core/model/service.ts';
import type { Clock } from '../../system/system.ts';
import type { Recording } from '../recording/recording.ts';
import { StartupWatch } from '../watch/startup-watch.ts';
import { UsageLog } from '../watch/usage-log.ts';

/** @param untilMs monotonic, as in the recording */
export function relive(
  { beginning, moments }: Recording,
  untilMs: number,
): { readonly startups: Pick<StartupWatch, 'read'>; readonly usage: Pick<UsageLog, 'read'> } {
  let nowMs = moments[0]?.atMs ?? 0;
  let state = createSessionState(beginning.services);
  let trees: Recording['moments'][number]['seen']['trees'];
  let look = (): void => undefined;
  const clock: Clock = { nowMs: () => nowMs, wallMs: () => beginning.wallOffsetMs + nowMs, after: () => undefined };
  const usage = new UsageLog(clock);
  const startups = new StartupWatch({
    supervisor: {
      get state() {
        return state;
      },
      onChange: (listener) => (look = listener),
    },
    clock,
    tell: () => undefined,
    earlier: async () => [],
  });
  for (const [index, moment] of moments.entries()) {
    if (moment.atMs > untilMs) break;
    nowMs = moment.atMs;
    // Inputs of one millisecond are taken together, as a session does.
    const isLast = Math.round(moments[index + 1]?.atMs ?? Infinity) > Math.round(nowMs);
    if (isLast && moment.state !== state) {
      state = moment.state;
      look();
    }
    // The first ones existed before any measurement.
    const isSample = trees !== undefined && moment.seen.trees !== trees;
    trees = moment.seen.trees;
    if (isSample) usage.sample(new Map(trees));
  }
  nowMs = untilMs;
  return { startups, usage };
}
