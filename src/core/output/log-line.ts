// Turns what a service wrote into what may be shown: printable text and colour. Everything else that a terminal would
// obey is dropped or made visible, because the text is foreign. A line is shown as a terminal would show it in the end,
// so a progress bar that rewrote itself is seen in its last state.
// Trap: an escape sequence can lack its end. It then ends with the line, or after 4 KiB, so that it cannot hide a log.

import stringWidth from 'string-width';
import { Sgr } from './sgr.ts';
import { TerminalRow } from './terminal-row.ts';
import { UNSEEN_CLASS } from './unseen.ts';

/** A longer line is cut; log files hold none, except for the mark of a continued line. */
const MAX_LINE_LENGTH = 64 * 1024 + 16;
const MAX_STRING_SEQUENCE = 4096;
/** Colour that makes a line so many times as long as it was is left out: each sequence is spelled with all that is on. */
const MOST_GROWTH = 4;

const PLAIN = /^[\u0020-\u007E]*$/;
/** Printable beyond ASCII: nothing that turns the direction of writing, hides text or ends a line. */
const PRINTABLE_RUN = new RegExp(`[^\\0-\\u009F${UNSEEN_CLASS}]+`, 'uy');
/** Each of them is a grapheme of one column, whatever stands beside it in such a run. U+FFFD is what binary output consists of. */
const SIMPLE_RUN = /^[\u00A1-\u00A8\u00AA-\u00AC\u00AF-\u02FF\u2010-\u2027\u2030-\u2038\u2500-\u257F\uFFFD]+$/;
const CSI_SEQUENCE = /([\u0030-\u003F]*)([\u0020-\u002F]*)([\u0040-\u007E])/y;
const CSI_FRAGMENT = /[\u0030-\u003F]*[\u0020-\u002F]*/y;
const OTHER_SEQUENCE = /[\u0020-\u002F]*[\u0030-\u007E]/y;
/** Files of Windows begin with it. It says nothing. */
const BYTE_ORDER_MARK = 0xfeff;
const SGR_PARAMETERS = /^[0-9;:]{0,64}$/;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
let segmenter: Intl.Segmenter | undefined;
const MOST_WIDTHS = 4096;
/** A longer grapheme, as of a letter with a thousand marks, is not remembered. */
const LONGEST_KNOWN = 32;
const widths = new Map<string, number>();

/**
 * One line of output, without its line end, as it may be written to a terminal: printable text, and SGR sequences of our
 * own that are off again at the end. Bytes that are not UTF-8 become U+FFFD, other controls `^X`.
 */
export function cleanLine(input: Uint8Array | string): string {
  const text = typeof input === 'string' ? input : decoder.decode(input.subarray(0, MAX_LINE_LENGTH));
  if (text.length <= MAX_LINE_LENGTH && PLAIN.test(text)) return text;
  const row = rowOf(text);
  const coloured = row.coloured();
  return coloured.length > text.length * MOST_GROWTH ? row.plain() : coloured;
}

/** A foreign name (of a process, a file, a host): one line without colour, at most `columns` wide, cut with "…". */
export function printable(text: string, columns: number): string {
  if (text.length <= columns && PLAIN.test(text)) return text;
  return rowOf(text).plainWithin(columns);
}

function rowOf(input: string): TerminalRow {
  const row = new TerminalRow();
  writeLine(input, row, new Sgr());
  return row;
}

/** Writes a part of a line into a row, on from the cursor, in the colours that are on. Does not leave the row. */
export function writeLine(input: string, row: TerminalRow, sgr: Sgr): void {
  const text = input.slice(0, MAX_LINE_LENGTH).toWellFormed();
  for (let at = 0; at < text.length;) at = step(text, at, row, sgr);
}

/** Takes what stands at `at`; returns where the next thing begins. */
function step(text: string, at: number, row: TerminalRow, sgr: Sgr): number {
  const code = text.charCodeAt(at);
  if (code >= 0x20 && code < 0x7f) {
    const end = endOfAscii(text, at);
    row.writeNarrow(text, at, end, sgr.rendered);
    return end;
  }
  if (code >= 0xa0) return writeRun(text, at, row, sgr.rendered);
  switch (code) {
    case 0x1b:
      return escapeSequence(text, at + 1, row, sgr);
    case 0x9b:
      return controlSequence(text, at + 1, row, sgr);
    case 0x90:
    case 0x98:
    case 0x9d:
    case 0x9e:
    case 0x9f:
      return afterString(text, at + 1);
    case 0x0d:
      row.moveTo(0);
      return at + 1;
    case 0x08:
      row.backspace();
      return at + 1;
    case 0x09:
      row.tab();
      return at + 1;
    default:
      if (code < 0x80) row.writeNarrow(`^${String.fromCharCode(code ^ 0x40)}`, 0, 2, sgr.rendered);
      return at + 1;
  }
}

function endOfAscii(text: string, from: number): number {
  let end = from + 1;
  for (let code = text.charCodeAt(end); code >= 0x20 && code < 0x7f; code = text.charCodeAt(end)) end += 1;
  return end;
}

function writeRun(text: string, at: number, row: TerminalRow, style: string): number {
  const run = match(PRINTABLE_RUN, text, at)?.[0];
  if (run === undefined) {
    const code = text.codePointAt(at) ?? 0;
    const escape = code === BYTE_ORDER_MARK ? '' : `\\u{${code.toString(16).toUpperCase()}}`;
    row.writeNarrow(escape, 0, escape.length, style);
    return at + (code > 0xffff ? 2 : 1);
  }
  if (SIMPLE_RUN.test(run)) {
    row.writeNarrow(run, 0, run.length, style);
    return at + run.length;
  }
  if (run.length === 1) {
    row.write(run, widthOf(run), style);
    return at + 1;
  }
  segmenter ??= new Intl.Segmenter();
  for (const { segment } of segmenter.segment(run)) row.write(segment, widthOf(segment), style);
  return at + run.length;
}

/** At most two columns. Measuring takes 8 µs, which is long for a line of 64 KiB; a script has few different graphemes. */
function widthOf(grapheme: string): number {
  const known = widths.get(grapheme);
  if (known !== undefined) return known;
  const width = Math.min(2, stringWidth(grapheme));
  if (widths.size >= MOST_WIDTHS) widths.clear();
  if (grapheme.length <= LONGEST_KNOWN) widths.set(grapheme, width);
  return width;
}

function escapeSequence(text: string, at: number, row: TerminalRow, sgr: Sgr): number {
  switch (text.charAt(at)) {
    case '[':
      return controlSequence(text, at + 1, row, sgr);
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
      return afterString(text, at + 1);
    default:
      return at + (match(OTHER_SEQUENCE, text, at)?.[0].length ?? 0);
  }
}

/** CSI: colour is kept, movement within the line is followed, the rest is swallowed. */
function controlSequence(text: string, at: number, row: TerminalRow, sgr: Sgr): number {
  const sequence = match(CSI_SEQUENCE, text, at);
  if (sequence === undefined) return at + (match(CSI_FRAGMENT, text, at)?.[0].length ?? 0);
  const [whole, parameters = '', intermediates, final] = sequence;
  if (intermediates === '' && SGR_PARAMETERS.test(parameters)) {
    if (final === 'm') sgr.apply(parameters);
    else obey(final ?? '', parameters, row);
  }
  return at + whole.length;
}

function obey(final: string, parameters: string, row: TerminalRow): void {
  const count = Math.max(1, Number.parseInt(parameters, 10) || 1);
  switch (final) {
    case 'C':
      row.moveTo(row.cursor + count);
      return;
    case 'D':
      row.moveTo(row.cursor - count);
      return;
    case 'G':
    case '`':
      row.moveTo(count - 1);
      return;
    case 'K':
      if (parameters === '1') row.eraseToStart();
      else if (parameters === '2') row.erase();
      else row.eraseToEnd();
      return;
    case 'J':
      // To the end of the screen. Clearing all of it would only hide what was said before.
      if (parameters === '' || parameters === '0') row.eraseToEnd();
  }
}

/** OSC, DCS, SOS, PM and APC: all up to their end is swallowed. Another escape sequence ends them too. */
function afterString(text: string, at: number): number {
  const limit = Math.min(text.length, at + MAX_STRING_SEQUENCE);
  for (let end = at; end < limit; end += 1) {
    switch (text.charCodeAt(end)) {
      case 0x1b:
        return text.charAt(end + 1) === '\\' ? end + 2 : end;
      case 0x07:
      case 0x18:
      case 0x1a:
      case 0x9c:
        return end + 1;
    }
  }
  return limit;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
