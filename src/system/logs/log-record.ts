// Decides what one line of a log file looks like: RFC 3339 UTC time with milliseconds, a space, the bytes as the service
// wrote them, LF. Files that others touched may hold anything, so reading accepts any bytes as a line.

import { formatLineTime, parseLineTime } from '../../core/output/log-time.ts';

export const LF = 10;
export const CR = 13;
const SPACE = 32;
const LETTER_Z = 90;

/** The time and its space. */
export const STAMP_BYTES = '2026-01-31T12:00:00.000Z '.length;

/** A longer line is cut into several; see `CONTINUATION`. */
export const MAX_LINE_BYTES = 64 * 1024;

/** Begins every piece of a cut line but the first. */
export const CONTINUATION = Buffer.from('… ');

/** A line as it is in the file, with its number. `partial` is one that has no end yet: it will come again, longer. */
export interface RawLine {
  readonly seq: number;
  readonly timeMs: number;
  /** As the service wrote it; bytes that are not UTF-8 are U+FFFD. */
  readonly text: string;
  readonly partial?: boolean;
}

export function stampOf(wallMs: number): Buffer {
  return Buffer.from(`${formatLineTime(wallMs)} `, 'latin1');
}

/**
 * The records in `bytes` (which ends at a line end) whose numbers lie in `from` … `to - 1`; the first one is `firstSeq`.
 * They are decoded together: done for each line, it would be most of the work of reading a large log.
 */
export function parseRecords(bytes: Buffer, firstSeq: number, from: number, to: number): RawLine[] {
  const lines: RawLine[] = [];
  const begin = afterLines(bytes, 0, from - firstSeq);
  const text = bytes.toString('utf8', begin, afterLines(bytes, begin, to - Math.max(from, firstSeq)));
  let seq = Math.max(from, firstSeq);
  let timeMs = 0;
  for (let start = 0; start < text.length; seq += 1) {
    const lineEnd = text.indexOf('\n', start);
    const end = lineEnd === -1 ? text.length : lineEnd;
    const line = parseRecord(seq, text.slice(start, end), timeMs);
    timeMs = line.timeMs;
    lines.push(line);
    start = end + 1;
  }
  return lines;
}

/** Takes a record (without LF) apart. A record without a time gets `fallbackMs` and keeps all its text. */
function parseRecord(seq: number, record: string, fallbackMs: number): RawLine {
  if (record.charCodeAt(STAMP_BYTES - 1) === SPACE && record.charCodeAt(STAMP_BYTES - 2) === LETTER_Z) {
    const timeMs = parseLineTime(record.slice(0, STAMP_BYTES - 1));
    if (!Number.isNaN(timeMs)) return { seq, timeMs, text: record.slice(STAMP_BYTES) };
  }
  return { seq, timeMs: fallbackMs, text: record };
}

/** Where the line after the next `count` lines begins. */
function afterLines(bytes: Buffer, start: number, count: number): number {
  let at = start;
  for (let left = count; left > 0 && at < bytes.length; left -= 1) {
    const lineEnd = bytes.indexOf(LF, at);
    at = lineEnd === -1 ? bytes.length : lineEnd + 1;
  }
  return at;
}
