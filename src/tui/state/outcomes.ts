// The result of a decision or a stop, in one line that stays until the person has seen it: the new port of a service,
// whether the port is free now, which services stopped. The first insight about a service is shown in the same way.

import type { ServiceView } from '../../core/session/snapshot.ts';
import { conflictKey } from './selectors.ts';
import type { Notice, ScreenState } from './state.ts';

/** A key counts as "seen" after the notice was shown for this long. */
const SEEN_AFTER_MS = 1_000;

/** The next state, with the outcomes of the change between the two. */
export function withOutcomes(before: ScreenState, after: ScreenState): ScreenState {
  if (after.leaving === 'stopping' || after.leaving === 'forcing') return after;
  const now = new Map(after.services.map((service) => [service.name, service]));
  const outcomes = before.services.flatMap((service) => outcomeOf(before, service, now.get(service.name)) ?? []);
  const news = before.services.flatMap((service) => newInsights(service, now.get(service.name)));
  const texts = [...news, ...outcomes];
  if (texts.length === 0) return after;
  const notice: Notice = {
    tone: news.length === 0 ? 'plain' : 'warn',
    text: texts.join(' · '),
    untilMs: Infinity,
    seenFromMs: after.nowMs,
  };
  return { ...after, notice };
}

/** A key removes a notice, unless it was too new to be read. */
export function afterKey(notice: Notice | undefined, nowMs: number): Notice | undefined {
  return notice?.seenFromMs !== undefined && nowMs - notice.seenFromMs < SEEN_AFTER_MS ? notice : undefined;
}

/** Once for each kind: the detail shows a repeated crash. */
function newInsights(was: ServiceView, is: ServiceView | undefined): readonly string[] {
  const fresh = (is?.insights ?? []).filter(({ kind }) => was.insights.every((known) => known.kind !== kind));
  return fresh.map(({ text }) => `${was.name}: ${text}`);
}

function outcomeOf({ dialog }: ScreenState, was: ServiceView, is: ServiceView | undefined): string | undefined {
  if (is === undefined) return undefined;
  if (was.state === 'stopping' && is.state === 'stopped' && !is.wanted) return `${is.name} stopped`;
  if (was.conflict === null || is.conflict !== null || !dialog.decided.includes(conflictKey(was))) return undefined;
  const { port, rewires } = was.conflict;
  if (is.external) return `${is.name} is served by ${was.conflict.owners[0]?.name ?? 'the server on its port'}`;
  if (is.port !== port && is.port !== null) {
    const others =
      rewires.length === 0 ? '' : `; ${rewires.join(', ')} ${rewires.length === 1 ? 'restarts' : 'restart'}`;
    return `${is.name} moved to port ${is.port}${others}`;
  }
  if (!is.wanted) return `${is.name} skipped`;
  return `port ${port} is free; ${is.name} starts`;
}
