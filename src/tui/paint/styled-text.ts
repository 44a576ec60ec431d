// A line of output as runs of plain text, each with its colours. It can be cut, wrapped and marked by columns. A
// session sends clean lines. They are cleaned here again, because the terminal comes next.

import { cleanLine } from '../../core/output/log-line.ts';
import type { Span } from '../../core/output/pattern.ts';
import { UNSEEN_CLASS } from '../../core/output/unseen.ts';
import { displayWidth, takeColumns } from '../../format/text.ts';
import { RESET, Sgr } from '../../core/output/sgr.ts';

export interface Run {
  /** The sequences that set its look; empty for the plain look. */
  readonly style: string;
  readonly text: string;
}

const ASCII = /^[\u0020-\u007e]*$/;
const ESC = '\u001b';
/** Control characters, and characters that end a line, hide text or change the direction of writing. */
const FORBIDDEN = new RegExp(`[\\p{Cc}${UNSEEN_CLASS}]`, 'u');
const SGR_TAIL = /^\[([\d;:]*)m/;
/** Foreground, background and underline colour, each as a separate sequence, as `Sgr` writes them. */
const COLOR_TAIL = /^\[(?:[34]\d|9[0-7]|10[0-7]|58)(?:[;:]\d+)*m$/;
/** Only the start of a longer line is read. */
const MAX_LENGTH = 16_384;

const INVERSE = '\u001b[7m';
export const DIM = '\u001b[2m';

/** @param options.color false keeps bold, dim and the like, and drops the colours */
export function parseStyled(line: string, options: { readonly color: boolean }): readonly Run[] {
  const start = line.length > MAX_LENGTH ? line.slice(0, MAX_LENGTH) : line;
  if (ASCII.test(start)) return start === '' ? [] : [{ style: '', text: start }];
  const [first = '', ...tails] = splitAtEscapes(start);
  const runs: Run[] = first === '' ? [] : [{ style: '', text: first }];
  const sgr = new Sgr();
  for (const tail of tails) {
    const [sequence = '', parameters = ''] = SGR_TAIL.exec(tail) ?? [];
    sgr.apply(parameters);
    const text = tail.slice(sequence.length);
    if (text !== '') runs.push({ style: options.color ? sgr.rendered : withoutColors(sgr.rendered), text });
  }
  return runs;
}

/** The text before the first SGR sequence, and each sequence without its ESC, with the text after it. */
function splitAtEscapes(line: string): readonly string[] {
  const parts = line.split(ESC);
  const isClean = parts.every((part, index) => !FORBIDDEN.test(part) && (index === 0 || SGR_TAIL.test(part)));
  return isClean ? parts : cleanLine(line).split(ESC);
}

function withoutColors(rendered: string): string {
  return rendered
    .split(ESC)
    .filter((tail) => !COLOR_TAIL.test(tail))
    .join(ESC);
}

export function runsWidth(runs: readonly Run[]): number {
  return runs.reduce((sum, run) => sum + displayWidth(run.text), 0);
}

export function plainOf(runs: readonly Run[]): string {
  return runs.map((run) => run.text).join('');
}

/** Rows of at most `width` columns; a wide character is never split. At least one row. */
export function wrapRuns(runs: readonly Run[], width: number): readonly (readonly Run[])[] {
  const rows: Run[][] = [[]];
  let used = 0;
  for (const run of runs) {
    for (let rest = run.text; rest !== '';) {
      const head = takeColumns(rest, width - used);
      if (head === '' && used > 0) {
        rows.push([]);
        used = 0;
        continue;
      }
      // A character wider than a whole row still needs a place.
      const text = head === '' ? (Array.from(rest)[0] ?? rest) : head;
      rows.at(-1)?.push({ style: run.style, text });
      used += displayWidth(text);
      rest = rest.slice(text.length);
    }
  }
  return rows;
}

/** The start of a line in `width` columns; a cut line ends in "›". */
export function cutRuns(runs: readonly Run[], width: number): readonly Run[] {
  if (runsWidth(runs) <= width) return runs;
  const cut: Run[] = [];
  let room = width - 1;
  for (const run of runs) {
    const text = takeColumns(run.text, room);
    if (text !== '') cut.push({ style: run.style, text });
    if (text !== run.text) break;
    room -= displayWidth(text);
  }
  return [...cut, { style: DIM, text: '›' }];
}

/** Adds a look to the matches, by default reverse video. The matches are in order and do not overlap. */
export function markRuns(runs: readonly Run[], hits: readonly Span[], look = INVERSE): readonly Run[] {
  if (hits.length === 0) return runs;
  const marked: Run[] = [];
  let next = 0;
  let offset = 0;
  for (const { style, text } of runs) {
    const end = offset + text.length;
    for (let at = offset; at < end;) {
      while ((hits[next]?.to ?? Infinity) <= at) next += 1;
      const { from, to } = hits[next] ?? { from: end, to: end };
      const isHit = from <= at;
      const cut = Math.min(end, isHit ? to : from);
      marked.push({ style: isHit ? style + look : style, text: text.slice(at - offset, cut - offset) });
      at = cut;
    }
    offset = end;
  }
  return marked;
}

/** The runs as text for a terminal; it starts and ends with the default look. */
export function renderRuns(runs: readonly Run[]): string {
  return runs.map(({ style, text }) => (style === '' ? text : style + text + RESET)).join('');
}
