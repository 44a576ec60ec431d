// The timeline as it is looked at: the facts worth a line, the one under the cursor, and the minutes of the strips.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceView } from '../../core/model/snapshot.ts';
import { stateStrip, type StripCell } from '../../core/view/state-strip.ts';
import { factWords, type FactWords } from '../../format/fact-words.ts';
import type { ScreenState } from './state.ts';
import type { Fact } from './views.ts';

export interface TimelineRow {
  readonly fact: Fact;
  readonly atMs: number;
  /** Undefined for what concerns the session as a whole. */
  readonly service: ServiceName | undefined;
  readonly words: FactWords;
}

let last: { readonly facts: readonly Fact[]; readonly rows: readonly TimelineRow[] } | undefined;

/** In the order of time. */
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

/** The last row that is not later than the moment; -1 when there is none. */
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

export const STRIP_MS = 10 * 60_000;

/** Each of these cuts ten minutes into whole seconds. */
const STRIP_CELLS = [60, 40, 30, 20, 10] as const;
/** Marker, gaps, and "999 errors/min". */
const BESIDE_STRIP = 19;

/** How many cells of a strip have room beside the name. */
export function stripCells(width: number, nameWidth: number): number {
  return STRIP_CELLS.find((cells) => cells + nameWidth + BESIDE_STRIP <= width) ?? 10;
}

/** The end of the strips: the cell that begins now is whole, so that strips stand still between two steps. */
export function stripSpan(
  nowMs: number,
  cells: number,
): { readonly fromMs: number; readonly toMs: number; readonly cells: number } {
  const cellMs = STRIP_MS / cells;
  const toMs = (Math.floor(nowMs / cellMs) + 1) * cellMs;
  return { fromMs: toMs - STRIP_MS, toMs, cells };
}

/** Now; in a recording some minutes after the moment that is shown, so that what came next is in sight too. */
export function stripEndMs({ recording, nowMs }: Pick<ScreenState, 'recording' | 'nowMs'>): number {
  if (recording === undefined) return nowMs;
  return Math.min(recording.toMs, Math.max(nowMs + STRIP_MS / 2, recording.fromMs + STRIP_MS));
}

export function stripOf(state: ScreenState, service: ServiceView, cells: number): readonly StripCell[] {
  const facts = state.views.facts.filter((fact) => 'service' in fact && fact.service === service.name);
  return stateStrip(facts, service.state, stripSpan(stripEndMs(state), cells));
}

/** Error lines of the last minute. */
export function errorsAMinute({ views, nowMs }: ScreenState, service: ServiceName): number {
  const fromMs = nowMs - 60_000;
  return views.facts.reduce((sum, fact) => {
    if (fact.type !== 'errors' || fact.service !== service) return sum;
    const atMs = Date.parse(fact.time);
    return atMs > fromMs && atMs <= nowMs ? sum + fact.count : sum;
  }, 0);
}
