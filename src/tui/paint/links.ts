// The URLs that stand in a row of the screen become links (OSC 8), which the terminal opens.
// A link ends in the row where it begins, and its target is what stands there: a row that shows a URL in part has no link.

import { displayWidth } from '../../format/text.ts';

const ESC = '\u001b';
const ST = `${ESC}\\`;
const LINK_END = `${ESC}]8;;${ST}`;
/** Only characters that a URL may have: none of them can end the sequence. */
const URL_TEXT = /\bhttps?:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+/gi;
/** Terminals refuse longer ones. */
const LONGEST_URL = 2_048;
/** Ends the sentence around the URL. */
const PUNCTUATION = /[.,;:!?'*]$/;
/** Closing ones may belong to a bracket that opened before the URL. */
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[' };
/** A URL that ends this near to the right edge may go on in the next row. */
const EDGE_COLUMNS = 3;
// oxlint-disable-next-line no-control-regex
const SGR = /\u001b\[[0-9;:]*m/g;

interface UrlPlace {
  /** In the text without SGR. */
  readonly from: number;
  readonly to: number;
  readonly url: string;
}

/**
 * The row with its URLs as links; it takes the same columns.
 * @param text with SGR only
 * @param columns of its part of the screen
 */
export function linkUrls(text: string, columns: number): string {
  if (!text.includes('://')) return text;
  const sequences = urlPlaces(text.replaceAll(SGR, ''), columns).flatMap(({ from, to, url }) => [
    { at: from, sequence: `${ESC}]8;;${url}${ST}` },
    { at: to, sequence: LINK_END },
  ]);
  let linked = '';
  let styledAt = 0;
  let plainAt = 0;
  for (const { at, sequence } of sequences) {
    const next = styledIndex(text, styledAt, at - plainAt);
    linked += text.slice(styledAt, next) + sequence;
    styledAt = next;
    plainAt = at;
  }
  return linked + text.slice(styledAt);
}

function urlPlaces(plain: string, columns: number): readonly UrlPlace[] {
  return [...plain.matchAll(URL_TEXT)].flatMap(({ 0: found, index }) => {
    const url = withoutEnd(found);
    const isLink = url.length <= LONGEST_URL && URL.canParse(url) && isWhole(plain, index + found.length, columns);
    return isLink ? [{ from: index, to: index + url.length, url }] : [];
  });
}

/** Neither cut, as "…" tells, nor followed by a letter that its pattern leaves out. */
function isWhole(plain: string, end: number, columns: number): boolean {
  const rest = plain.slice(end);
  if (rest.trim() === '') return displayWidth(plain.slice(0, end)) <= columns - EDGE_COLUMNS;
  return /^[\u0020-\u007e]/.test(rest);
}

function withoutEnd(url: string): string {
  const last = url.at(-1) ?? '';
  const opening = OPENING[last];
  const isUnopened = opening !== undefined && url.split(last).length > url.split(opening).length;
  return isUnopened || PUNCTUATION.test(url) ? withoutEnd(url.slice(0, -1)) : url;
}

/** Behind `characters` of the plain text, counted from `at`, and behind the sequences between them. */
function styledIndex(text: string, at: number, characters: number): number {
  let index = at;
  let left = characters;
  for (const { 0: sequence, index: start } of text.matchAll(SGR)) {
    if (start < index) continue;
    if (start - index > left) break;
    left -= start - index;
    index = start + sequence.length;
  }
  return index + left;
}
