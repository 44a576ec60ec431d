// The way up of a service as one bar: a column a stretch of time, each in the phase that fills its middle.

import type { ServiceStart, StartPhase } from '../../core/session/startup.ts';

/** `failed` for the column in which it failed; `nothing` before it sets out and after it is ready. */
export type BarKind = StartPhase | 'failed' | 'nothing';

export interface BarRun {
  readonly kind: BarKind;
  readonly text: string;
}

const GLYPHS: Readonly<Record<BarKind, string>> = {
  waiting: '·',
  conflict: '?',
  before: '▒',
  starting: '█',
  backoff: '░',
  failed: '✖',
  nothing: ' ',
};

/** Exactly `width` columns, in runs of the same kind. However short it was, something of it is seen. */
export function waterfallBar(
  { phases, outcome, doneMs }: ServiceStart,
  { totalMs, width }: { readonly totalMs: number; readonly width: number },
): readonly BarRun[] {
  const columnOf = (ms: number): number => Math.min(width - 1, Math.floor((ms / Math.max(1, totalMs)) * width));
  const kinds = Array.from({ length: Math.max(0, width) }, (_, column): BarKind => {
    const atMs = ((column + 0.5) / width) * totalMs;
    return phases.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < (toMs ?? totalMs))?.phase ?? 'nothing';
  });
  const last = phases.at(-1);
  if (last !== undefined && width > 0) {
    const column = columnOf(last.fromMs);
    if (kinds[column] === 'nothing') kinds[column] = last.phase;
    if (outcome === 'failed' && doneMs !== null) kinds[columnOf(doneMs)] = 'failed';
  }
  return runsOf(kinds);
}

function runsOf(kinds: readonly BarKind[]): readonly BarRun[] {
  const runs: BarRun[] = [];
  for (const kind of kinds) {
    const last = runs.at(-1);
    if (last?.kind === kind) runs[runs.length - 1] = { kind, text: last.text + GLYPHS[kind] };
    else runs.push({ kind, text: GLYPHS[kind] });
  }
  return runs;
}

/** What the glyphs mean, for a line below the bars; only of phases that there are. */
export function waterfallLegend(
  starts: readonly ServiceStart[],
): readonly { readonly kind: BarKind; readonly text: string }[] {
  const words: readonly (readonly [StartPhase, string])[] = [
    ['waiting', 'waits'],
    ['conflict', 'asks about its port'],
    ['before', 'before'],
    ['starting', 'starts'],
    ['backoff', 'crashed, pauses'],
  ];
  const there = new Set(starts.flatMap(({ phases }) => phases.map(({ phase }) => phase)));
  return words.filter(([kind]) => there.has(kind)).map(([kind, word]) => ({ kind, text: `${GLYPHS[kind]} ${word}` }));
}
