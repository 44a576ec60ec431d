// Reads the process table again and again, at the price of the processes that matter. A process older than us that is
// in none of our trees cannot join one, so it is not read each time. Trap: its pid may later belong to another
// process, so a row is trusted only for a while.

import { monotonicMs } from '../clock.ts';
import type { ProcessRow } from '../platform.ts';
import { readProcessTable, readStat } from './proc.ts';

/**
 * Less than a system needs to use up all its pids, and more than the pause between two samples of a session without a
 * screen. Reading all rows is nine tenths of such a sample.
 */
const STRANGER_AGE_MS = 25_000;

export interface TableReader {
  /** As `readProcessTable`; `members` of our trees are always read again. */
  read(members: ReadonlySet<number>): ProcessRow[];
}

export function createTableReader(
  readOne: (pid: number) => ProcessRow | undefined = readStat,
  now: () => number = () => monotonicMs(),
): TableReader {
  const strangers = new Map<number, { readonly row: ProcessRow; readonly readAtMs: number }>();
  const ownStartTicks = readStat(process.pid)?.startTicks ?? 0;

  function readAnew(pid: number, nowMs: number): ProcessRow | undefined {
    const row = readOne(pid);
    if (row !== undefined && row.startTicks < ownStartTicks) strangers.set(pid, { row, readAtMs: nowMs });
    else strangers.delete(pid);
    return row;
  }

  function forgetTheDead(rows: readonly ProcessRow[]): void {
    const living = new Set(rows.map(({ pid }) => pid));
    for (const pid of strangers.keys()) if (!living.has(pid)) strangers.delete(pid);
  }

  return {
    read(members) {
      const nowMs = now();
      const rows = readProcessTable((pid) => {
        const known = members.has(pid) ? undefined : strangers.get(pid);
        return known !== undefined && nowMs - known.readAtMs < STRANGER_AGE_MS ? known.row : readAnew(pid, nowMs);
      });
      if (strangers.size > rows.length) forgetTheDead(rows);
      return rows;
    },
  };
}
