// Plain text measured in terminal columns: wide characters count two, combining marks none.
// Callers pass printable text without escape sequences, and add colour afterwards.

import stringWidth from 'string-width';

const ELLIPSIS = '…';
const ASCII = /^[\x20-\x7e]*$/;

/** Columns that `text` takes in a terminal; SGR sequences in it take none. */
export function displayWidth(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** At most `width` columns; a cut text ends in "…". */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return '';
  return takeColumns(text, width - 1) + ELLIPSIS;
}

/** Exactly `width` columns: cut with "…" or filled with spaces, at the right unless `align` says otherwise. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = truncate(text, width);
  const padding = ' '.repeat(Math.max(0, width - displayWidth(cut)));
  return align === 'left' ? cut + padding : padding + cut;
}

/** Lines of at most `width` columns, broken at spaces; a word that is longer than a line is broken inside. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (displayWidth(line) > width) {
      const head = takeColumns(line, Math.max(width, 2));
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

let segmenter: Intl.Segmenter | undefined;

/** The longest start of `text`, in whole characters as a person counts them, that fits into `columns` columns. */
export function takeColumns(text: string, columns: number): string {
  if (columns <= 0) return '';
  // A character is at least one unit of UTF-16; what lies further on is not looked at.
  if (ASCII.test(text.slice(0, columns + 1))) return text.slice(0, columns);
  segmenter ??= new Intl.Segmenter();
  let end = 0;
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += stringWidth(segment);
    if (used > columns) break;
    end += segment.length;
  }
  return text.slice(0, end);
}
