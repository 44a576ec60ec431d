// Stretches of a text, and the text without them.

import { MASK } from './names.ts';

export interface Span {
  readonly from: number;
  /** One past its last character. */
  readonly to: number;
}

/** The text with the mask in place of each span; spans that overlap or touch are one. */
export function maskSpans(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  const sorted = spans.toSorted((one, other) => one.from - other.from);
  let masked = '';
  let end = 0;
  for (const { from, to } of sorted) {
    if (from > end || end === 0) masked += text.slice(end, from) + MASK;
    end = Math.max(end, to);
  }
  return masked + text.slice(end);
}
