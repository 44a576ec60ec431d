// The timeline: the events worth a line, the one under the cursor, and the minutes of the strips.

import type { ServiceName } from '../../core/model/project.ts';
import { factWords, type FactWords } from '../../format/fact-words.ts';
import type { ScreenState } from '../state/state.ts';
import type { Fact } from '../state/views.ts';

export interface TimelineRow {
  readonly fact: Fact;
  readonly atMs: number;
  /** Undefined for an event of the whole session. */
  readonly service: ServiceName | undefined;
  readonly words: FactWords;
}

let last: { readonly facts: readonly Fact[]; readonly rows: readonly TimelineRow[] } | undefined;

/** In order of time. */
export function timelineRows({ views: { facts } }: Pick<ScreenState, 'views'>): readonly TimelineRow[] {
  if (last?.facts !== facts) {
    const rows = facts.flatMap((fact): readonly TimelineRow[] => {
      const words = factWords(fact);
      const service = 'service' in fact ? fact.service : undefined;
      return words === undefined ? [] : [{ fact, atMs: Date.parse(fact.time), service, words }];
    });
    last = { facts, rows };
  }
  return last.rows;
}

/** The last row not later than the moment; -1 if there is none. */
export function timelineCursor(state: Pick<ScreenState, 'views'>): number {
  const rows = timelineRows(state);
  const { momentMs, momentSeq } = state.views;
  if (momentMs === undefined) return rows.length - 1;
  const chosen = momentSeq === undefined ? -1 : rows.findIndex(({ fact }) => fact.seq === momentSeq);
  if (chosen >= 0) return chosen;
  return Math.max(
    rows.length === 0 ? -1 : 0,
    rows.findLastIndex(({ atMs }) => atMs <= momentMs),
  );
}
