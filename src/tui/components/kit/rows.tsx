import type { ScreenTone } from '../../paint/theme.ts';
import { Line } from './line.tsx';
import { Tone } from './tone.tsx';

/** A text in one tone. */
export interface Span {
  readonly text: string;
  readonly tone?: ScreenTone;
}

/** Rows that were counted and wrapped before they are drawn. */
export type SpanRow = readonly Span[];

/** A row in one tone. */
export function textRow(text: string, tone?: ScreenTone): SpanRow {
  return [tone === undefined ? { text } : { text, tone }];
}

/** Where the rows of a dialog begin. */
export function indented(row: SpanRow): SpanRow {
  return row.length === 0 ? row : [{ text: '  ' }, ...row];
}

export function Rows({ rows }: { readonly rows: readonly SpanRow[] }) {
  return rows.map((spans, row) => (
    <Line key={row}>
      {/* A line without text would take no row. */}
      {spans.every(({ text }) => text === '') ? ' ' : <Spans spans={spans} />}
    </Line>
  ));
}

/** Texts one after the other, inside a line. */
export function Spans({ spans }: { readonly spans: SpanRow }) {
  return spans.map(({ text, tone }, index) => (
    <Tone key={index} {...(tone === undefined ? {} : { tone })}>
      {text}
    </Tone>
  ));
}
