// Reads what earlier sessions of a project left in its log files, when no session runs that could be asked.
// Looks backward from the end, only as far as needed, across rotated files of any number.

import { closeSync } from 'node:fs';
import { LogReader } from './log-reader.ts';
import type { RawLine } from './log-record.ts';
import { logPath, openForReading } from './log-rotation.ts';

const LINES_AT_ONCE = 1000;

/** The last `lines` lines, in the order of the file, numbered up to -1. Nothing when there is no log. */
export function* readLogTail(options: {
  readonly dir: string;
  readonly service: string;
  readonly lines: number;
}): Generator<RawLine> {
  const reader = openHistory(options.dir, options.service);
  while ((reader.index.first ?? 0) > -options.lines && reader.lookBack());
  yield* forward(reader, -options.lines);
}

/** The lines from the first one at or after `sinceMs` (milliseconds since the epoch), numbered up to -1. */
export function* readLogSince(options: {
  readonly dir: string;
  readonly service: string;
  readonly sinceMs: number;
}): Generator<RawLine> {
  const reader = openHistory(options.dir, options.service);
  while ((reader.firstTimeMs() ?? Infinity) >= options.sinceMs && reader.lookBack());
  let reached = false;
  for (const line of forward(reader, -Infinity)) {
    reached ||= line.timeMs >= options.sinceMs;
    if (reached) yield line;
  }
}

function openHistory(dir: string, service: string): LogReader {
  const path = logPath(dir, service);
  const reader = new LogReader(path, { keep: Infinity });
  const current = openForReading(path);
  if (current !== undefined) closeSync(current.fd);
  reader.index.addCurrent(current?.stats.ino ?? 0, current?.stats.size ?? 0, 0);
  return reader;
}

function* forward(reader: LogReader, from: number): Generator<RawLine> {
  for (let start = Math.max(from, reader.index.first ?? 0); start < 0;) {
    const { lines } = reader.read(start, Math.min(0, start + LINES_AT_ONCE));
    yield* lines;
    const last = lines.at(-1);
    if (last === undefined) return;
    start = last.seq + 1;
  }
}
