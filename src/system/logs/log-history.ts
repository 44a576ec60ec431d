// Reads what earlier sessions of a project left in its log files, when no session runs that could be asked.
// Looks backward from the end, only as far as needed, across rotated files of any number.

import { closeSync } from 'node:fs';
import type { FoldMemory } from '../../core/logs/earlier-folds.ts';
import { foldPath, readFolds } from './fold-file.ts';
import type { LogSieve } from '../../core/output/log-sieve.ts';
import { LogReader } from './log-reader.ts';
import type { RawLine } from './log-record.ts';
import { logPath, openForReading } from './log-rotation.ts';

/** The log of one service. Its newest line has the number -1; without a log there are no lines. */
export interface PastLog {
  /** Lines `from` … `from + count - 1`, as far as there are any; an answer of more than 32 MiB ends early. */
  read(from: number, count: number): readonly RawLine[];
  /** The oldest line that has been looked at. */
  first(): number;
  /** Lines that those sessions have folded; undefined when there are none. */
  foldedBefore(): FoldMemory | undefined;
}

/** @param options.mayPass for who looks for some lines: it may leave out others */
export function openPastLog(options: {
  readonly dir: string;
  readonly service: string;
  readonly mayPass?: LogSieve | undefined;
}): PastLog {
  const path = logPath(options.dir, options.service);
  const reader = new LogReader(path, { keep: Infinity, mayPass: options.mayPass });
  const current = openForReading(path);
  if (current !== undefined) closeSync(current.fd);
  reader.index.addCurrent(current?.stats.ino ?? 0, current?.stats.size ?? 0, 0);
  const first = (): number => reader.index.first ?? 0;
  return {
    first,
    foldedBefore: () => readFolds(foldPath(path)),
    read: (from, count) => {
      while (from < first() && reader.lookBack());
      const start = Math.max(from, first());
      return reader.read(start, Math.min(0, start + count)).lines;
    },
  };
}
