// The place in a source file that a line of output names, as traces of most languages do.

import type { Span } from '../../core/output/pattern.ts';

/** With the part of the text that names it. */
export interface SourcePlace extends Span {
  /** As it stands there: mostly absolute, else from the folder of the service. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** `File "app/main.py", line 3`, as Python has it. */
const IN_WORDS = /File "([^"]{1,1000})", line (\d{1,7})/;
/** `src/app.ts:10:5`, `main.go:12`, `file:///shop/app.js:3`, in brackets or alone. */
const WITH_COLON =
  /(?:file:\/\/)?((?:\/|\.{0,2}\/)?[\w@.+~-]{1,200}(?:\/[\w@.+~-]{1,200}){0,40}\.[A-Za-z]\w{0,7}):(\d{1,7})\b/g;
/** What is further to the right nobody looks for. */
const MOST_LOOKED_AT = 2_000;
/** What Python writes below the name of a place: the code there, and a row of marks beneath it. */
const BELOW_A_PLACE = /^ {4,}\S/;

/** The first places in the line; whether there is such a file is not known here. */
export function sourcePlaces(text: string): readonly SourcePlace[] {
  const shown = text.slice(0, MOST_LOOKED_AT);
  const inWords = IN_WORDS.exec(shown);
  const found = inWords === null ? [...shown.matchAll(WITH_COLON)] : [inWords];
  return found.map(({ 0: whole, 1: path = '', 2: line, index }) => ({
    path,
    line: Number(line),
    from: index,
    to: index + whole.length,
  }));
}

/**
 * The places that a line stands for: those in it, else the one that Python names above its code.
 * @param above the lines above it, the nearest first
 */
export function placesAt(text: string, above: readonly string[]): readonly SourcePlace[] {
  const own = sourcePlaces(text);
  if (own.length > 0 || !BELOW_A_PLACE.test(text)) return own;
  const code = above[0] ?? '';
  const named = IN_WORDS.test(code) || !BELOW_A_PLACE.test(code) ? code : (above[1] ?? '');
  return IN_WORDS.test(named) ? sourcePlaces(named) : [];
}
