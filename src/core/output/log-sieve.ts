// Says whether a stretch of a log file can contain a wanted line, without splitting it into lines. Most stretches of a
// large log contain none, and cleaning each of their lines is nearly all the work of a search. Trap: it may say yes
// too often, but never no for a stretch with such a line.

import { escapePattern, type Pattern } from './pattern.ts';
import { withoutColour } from './plain-line.ts';

/** @param stretch whole lines as they lie in the file, each byte as one character (latin1) */
export type LogSieve = (stretch: string) => boolean;

/** Introduces a sequence, as ESC does; in UTF-8. */
const C1 = /\u00C2[\u0080-\u009F]/;
/** The words of levels, first lines of exceptions, and what JSON may hide. */
const WORD_OF_ERROR =
  /err|fatal|ftl|crit|alert|emerg|panic|severe|xception|raceback|aused by|egmentation fault|[EF]\d{4} \d\d:|\\u00/i;
const NUMBER_OF_ERROR = /"(?:level|severity|lvl|levelname|loglevel|log\.level|@l)"\s*:\s*(?:[5-9]\d|\d{3}|\d*[.eE])/;
/** A frame of a trace, or one of the crosses ✖ ✘ ⨯ ❌, behind nothing but blanks. */
const MARK_OF_ERROR = /(?:\n|Z )[^!-~\n]*(?:at |File "|from |\u00E2(?:\u009C[\u0096\u0098]|\u00A8\u00AF|\u009D\u008C))/;

/** For what `logs --errors` shows. What belongs to an error may follow in the next stretch. */
export const mayHoldErrors: LogSieve = (stretch) => {
  const text = `\n${withoutColour(stretch)}`;
  return WORD_OF_ERROR.test(text) || NUMBER_OF_ERROR.test(text) || MARK_OF_ERROR.test(text) || isRewritten(text);
};

/** Undefined for a pattern of which no text is certain. */
export function sieveOf({ required }: Pattern): LogSieve | undefined {
  if (required === undefined) return undefined;
  const { text, ignoresCase } = required;
  // Blanks may have been a tab. Beyond ASCII, a letter that is no k or s can be one for who ignores case.
  const [longest = ''] = text.split(ignoresCase ? /[\sks]+/i : /\s+/).toSorted((a, b) => b.length - a.length);
  // What is shown as an escape, such as \u{200B} or ^G, is not written so.
  const isWrittenSo = /^[!-\]_-~]{2,}$/.test(longest) && !/^[\\u{}0-9A-F]+$/i.test(longest);
  if (!isWrittenSo) return undefined;
  const holds = new RegExp(escapePattern(longest), ignoresCase ? 'i' : '');
  return (stretch) => {
    const plain = withoutColour(stretch);
    return holds.test(plain) || isRewritten(plain);
  };
}

/** What is shown is not what is written: the cursor moves within a line. A tab only becomes blanks. */
function isRewritten(text: string): boolean {
  const moves = text.includes('\u001B') || text.includes('\r') || text.includes('\b');
  return moves || (text.includes('\u00C2') && C1.test(text));
}
