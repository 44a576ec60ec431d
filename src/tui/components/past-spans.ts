// The last minutes of a service as coloured glyphs, and the errors of the last minute beside them.

import type { StripKind } from '../../core/view/state-strip.ts';
import type { ScreenTone } from '../paint/theme.ts';
import type { Past } from '../subjects/past.ts';
import type { Span, SpanRow } from './kit/rows.tsx';

const LOOKS: Readonly<Record<StripKind, { readonly text: string; readonly tone: ScreenTone }>> = {
  failed: { text: '✖', tone: 'fail' },
  failing: { text: '▲', tone: 'warn' },
  asks: { text: '↔', tone: 'warn' },
  coming: { text: '▒', tone: 'busy' },
  ready: { text: '■', tone: 'ok' },
  nothing: { text: '·', tone: 'muted' },
};

/** @param at the cell under the cursor; undefined for none */
export function pastSpans({ cells, errors }: Past, at: number | undefined): SpanRow {
  const glyphs = cells.map(({ kind, hasRestart }, index): Span => {
    if (index === at) return { text: '┃', tone: 'focus' };
    return hasRestart ? { text: '↻', tone: 'warn' } : LOOKS[kind];
  });
  return errors === 0 ? joined(glyphs) : [...joined(glyphs), { text: `  ${errorWords(errors)}`, tone: 'fail' }];
}

function errorWords(errors: number): string {
  return `${errors} ${errors === 1 ? 'error' : 'errors'}/min`;
}

/** Neighbouring cells of one tone become one text. */
function joined(spans: SpanRow): SpanRow {
  const runs: Span[] = [];
  for (const span of spans) {
    const last = runs.at(-1);
    if (last !== undefined && last.tone === span.tone) runs[runs.length - 1] = { ...last, text: last.text + span.text };
    else runs.push(span);
  }
  return runs;
}
