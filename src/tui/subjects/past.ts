// The last minutes of a service as a row of cells: the time of each cell, and the service's state in it.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { stateStrip, type StripCell } from '../../core/view/state-strip.ts';
import type { ScreenState } from '../state/state.ts';
import type { Fact } from '../state/views.ts';

export interface Past {
  readonly cells: readonly StripCell[];
  /** The cell of the selected moment. */
  readonly at: number | undefined;
  /** Error lines of the last minute. */
  readonly errors: number;
}

export const STRIP_MS = 10 * 60_000;

/** Each of these divides ten minutes into whole seconds. */
const STRIP_CELLS = [60, 40, 30, 20, 10] as const;
/** Marker, gaps, and "999 errors/min". */
const BESIDE_STRIP = 19;

/** How many cells fit beside the name. */
export function stripCells(width: number, nameWidth: number): number {
  return STRIP_CELLS.find((cells) => cells + nameWidth + BESIDE_STRIP <= width) ?? 10;
}

/** The end of the strips. The newest cell is a whole one, so that strips stand still between two steps. */
export function stripSpan(
  nowMs: number,
  cells: number,
): { readonly fromMs: number; readonly toMs: number; readonly cells: number } {
  const cellMs = STRIP_MS / cells;
  const toMs = (Math.floor(nowMs / cellMs) + 1) * cellMs;
  return { fromMs: toMs - STRIP_MS, toMs, cells };
}

/** Now; in a replay some minutes after the shown moment, so that the next events show too. */
export function stripEndMs({ recording, nowMs }: Pick<ScreenState, 'recording' | 'nowMs'>): number {
  if (recording === undefined) return nowMs;
  return Math.min(recording.toMs, Math.max(nowMs + STRIP_MS / 2, recording.fromMs + STRIP_MS));
}

/** The facts that make up a past. */
type Told = Pick<ScreenState, 'views' | 'nowMs' | 'recording'>;

const known = new WeakMap<readonly Fact[], Map<string, Past>>();
/** More of one list of facts are pasts that are over. */
const MOST_KNOWN = 500;

/** The same object while nothing in it changes. */
export function pastOf(state: Told, service: ServiceView, cells: number): Past {
  const { facts, momentMs } = state.views;
  const span = stripSpan(stripEndMs(state), cells);
  const at = momentMs === undefined ? undefined : Math.floor(((momentMs - span.fromMs) / STRIP_MS) * cells);
  const errors = errorsAMinute(state, service.name);
  const pasts = known.get(facts) ?? new Map<string, Past>();
  known.set(facts, pasts);
  const key = [service.name, service.state, span.toMs, cells, at, errors].join(' ');
  const past = pasts.get(key) ?? { cells: stripIn(facts, service, span), at, errors };
  if (pasts.size > MOST_KNOWN) pasts.clear();
  pasts.set(key, past);
  return past;
}

function stripIn(
  facts: readonly Fact[],
  { name, state }: ServiceView,
  span: ReturnType<typeof stripSpan>,
): readonly StripCell[] {
  return stateStrip(
    facts.filter((fact) => 'service' in fact && fact.service === name),
    state,
    span,
  );
}

/** Error lines of the last minute. */
function errorsAMinute({ views, nowMs }: Told, service: ServiceName): number {
  const fromMs = nowMs - 60_000;
  return views.facts.reduce((sum, fact) => {
    if (fact.type !== 'errors' || fact.service !== service) return sum;
    const atMs = Date.parse(fact.time);
    return atMs > fromMs && atMs <= nowMs ? sum + fact.count : sum;
  }, 0);
}
