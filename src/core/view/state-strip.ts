// The last minutes of a service in a few cells: in each the worst that it was. Pure; made from facts of the session.

import type { EventFact } from '../session/events.ts';
import type { StateName } from '../session/snapshot.ts';

/** From bad to good. `nothing`: it did not exist yet, or was not wanted. */
export type StripKind = 'failed' | 'failing' | 'asks' | 'coming' | 'ready' | 'nothing';

export interface StripCell {
  readonly kind: StripKind;
  /** A new run took the place of one that died. */
  readonly hasRestart: boolean;
  readonly errorLines: number;
}

type TimedFact = EventFact & { readonly time: string };

const WORST_FIRST: readonly StripKind[] = ['failed', 'failing', 'asks', 'coming', 'ready', 'nothing'];

const KINDS: Readonly<Record<StateName, StripKind>> = {
  stopped: 'nothing',
  waiting: 'coming',
  conflict: 'asks',
  starting: 'coming',
  running: 'ready',
  ready: 'ready',
  unhealthy: 'failing',
  backoff: 'failed',
  stopping: 'coming',
  exited: 'nothing',
  failed: 'failed',
};

/**
 * @param facts of one service, sorted by time
 * @param now its state at `toMs`
 */
export function stateStrip(
  facts: readonly TimedFact[],
  now: StateName,
  { fromMs, toMs, cells }: { readonly fromMs: number; readonly toMs: number; readonly cells: number },
): readonly StripCell[] {
  const states = facts.filter((fact) => fact.type === 'state');
  const cellMs = (toMs - fromMs) / cells;
  const atOf = ({ time }: TimedFact): number => Date.parse(time);
  /** What it was at a moment: before its first known change it was what it changed from. */
  const stateAt = (ms: number): StateName =>
    states.findLast((fact) => atOf(fact) <= ms)?.state ?? states[0]?.previous ?? now;
  return Array.from({ length: cells }, (_, index): StripCell => {
    const beginMs = fromMs + index * cellMs;
    const endMs = beginMs + cellMs;
    const within = facts.filter((fact) => atOf(fact) >= beginMs && atOf(fact) < endMs);
    const seen = new Set([stateAt(beginMs), ...within.flatMap((fact) => (fact.type === 'state' ? [fact.state] : []))]);
    const kinds = new Set([...seen].map((state) => KINDS[state]));
    return {
      kind: WORST_FIRST.find((kind) => kinds.has(kind)) ?? 'nothing',
      hasRestart: within.some(({ type }) => type === 'restart'),
      errorLines: within.reduce((sum, fact) => sum + (fact.type === 'errors' ? fact.count : 0), 0),
    };
  });
}
