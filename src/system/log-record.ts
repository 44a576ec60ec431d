// Decides what one line of a log file looks like: RFC 3339 UTC time with milliseconds, a space, the bytes as the service
// wrote them, LF. Files that others touched may hold anything, so reading accepts any bytes as a line.

import { formatLineTime, parseLineTime } from '../core/log-time.ts';

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

/** A line as it lies in the file, with its number. `partial` is one that has no end yet: it will come again, longer. */
export interface RawLine {
  readonly seq: number;
  readonly timeMs: number;
  readonly bytes: Buffer;
  readonly partial?: boolean;
}

export function stampOf(wallMs: number): Buffer {
  return Buffer.from(`${formatLineTime(wallMs)} `, 'latin1');
}

/** Takes a record (without LF) apart. A record without a time gets `fallbackMs` and keeps all its bytes. */
function parseRecord(seq: number, record: Buffer, fallbackMs: number): RawLine {
  if (record[STAMP_BYTES - 1] === SPACE && record[STAMP_BYTES - 2] === LETTER_Z) {
    const timeMs = parseLineTime(record.toString('latin1', 0, STAMP_BYTES - 1));
    if (!Number.isNaN(timeMs)) return { seq, timeMs, bytes: record.subarray(STAMP_BYTES) };
  }
  return { seq, timeMs: fallbackMs, bytes: record };
}

/** The records in `bytes` (which ends at a line end) whose numbers lie in `from` … `to - 1`; the first one is `firstSeq`. */
export function parseRecords(bytes: Buffer, firstSeq: number, from: number, to: number): RawLine[] {
  const lines: RawLine[] = [];
  let start = 0;
  let timeMs = 0;
  for (let seq = firstSeq; seq < to && start < bytes.length; seq += 1) {
    const lineEnd = bytes.indexOf(LF, start);
    const end = lineEnd === -1 ? bytes.length : lineEnd;
    if (seq >= from) {
      const line = parseRecord(seq, bytes.subarray(start, end), timeMs);
      timeMs = line.timeMs;
      lines.push(line);
    }
    start = end + 1;
  }
  return lines;
}
