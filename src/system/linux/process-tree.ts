// Trees of processes and what they use, from /proc.
// One walk over /proc costs milliseconds, so calls that follow each other within a few of them share it: ten
// services that stop together ask ten times for the same moment. Signals never rest on it, see process-tree.ts.

import { type CpuRow, createCpuMeter } from '../cpu-meter.ts';
import {
  type PlatformProcesses,
  type ProcessSource,
  type TableRow,
  ProcessTable,
  createProcessTree,
} from '../process-tree.ts';
import type { ProcessIdentity, TreeRoot, TreeUsage } from '../system.ts';
import { type ProcessRow, readEnviron, readProcessTable, readStat, ticksPerSecond } from './proc.ts';
import { readTreeSockets } from './tree-sockets.ts';

/** How old a look at /proc may be when another call wants one. */
const SHARED_FOR_MS = 5;

export function createLinuxProcesses(): PlatformProcesses {
  const source = createSource();
  const tree = createProcessTree(source);
  const cpu = createCpuMeter();
  const findDaemons = createDaemonFinder();

  return {
    isAlive: (identity) => tree.isAlive(identity),
    members: (root, options) => tree.members(root, options),
    signal: (root, signal) => tree.signal(root, signal),
    identify: (pid) => ({ pid, startTicks: readStat(pid)?.startTicks ?? 0 }),
    sample: (roots) => {
      const table = source.readTable();
      for (const [root, row] of findDaemons(table, roots)) tree.remember(root, row);
      const trees = roots.map((root) => tree.membersIn(table, root, { sweep: false }));
      const sockets = readTreeSockets(trees.map((rows) => rows.map((row) => row.pid)));
      const now = { atMs: performance.now(), youngestTicks: youngest(table) };
      return roots.map(({ leader }, index): TreeUsage => {
        const rows = trees[index] ?? [];
        return {
          pids: rows.map((row) => row.pid),
          cpuPercent: cpu.measure(leader, rows.map(withCpuMs), now),
          rssBytes: sum(rows.map((row) => row.rssBytes)),
          threads: sum(rows.map((row) => row.threads)),
          connections: sockets[index]?.connections ?? 0,
          listening: sockets[index]?.listening ?? [],
        };
      });
    },
  };
}

function createSource(): ProcessSource<ProcessRow> {
  let shared: { readonly table: ProcessTable<ProcessRow>; readonly atMs: number } | undefined;
  return {
    readTable: () => {
      if (!shared || performance.now() - shared.atMs > SHARED_FOR_MS) {
        const table = new ProcessTable(readProcessTable(), readEnviron);
        shared = { table, atMs: performance.now() };
      }
      return shared.table;
    },
    readOne: (pid): TableRow | undefined => readStat(pid),
  };
}

/**
 * Finds members that left group and tree (double fork and setsid) by their token, but reads the environment of
 * each process only once: a sweep over all of them every two seconds would cost more than all the rest.
 * The one who gets its token later, by execve(2), is the leader, which needs no token.
 */
function createDaemonFinder() {
  let knownRoots: readonly ProcessIdentity[] = [];
  let looked = new Map<number, number>();

  return (table: ProcessTable<ProcessRow>, roots: readonly TreeRoot[]): [TreeRoot, ProcessRow][] => {
    const leaders = roots.map((root) => root.leader);
    const sameRoots = leaders.length === knownRoots.length && leaders.every((leader, i) => same(leader, knownRoots[i]));
    if (!sameRoots) looked = new Map();
    knownRoots = leaders;

    const found: [TreeRoot, ProcessRow][] = [];
    const nowLooked = new Map<number, number>();
    for (const row of table.byPid.values()) {
      nowLooked.set(row.pid, row.startTicks);
      if (looked.get(row.pid) === row.startTicks) continue;
      const root = roots.find(({ token }) => table.carries(row, token));
      if (root) found.push([root, row]);
    }
    looked = nowLooked;
    return found;
  };
}

function withCpuMs({ pid, startTicks, cpuTicks }: ProcessRow): CpuRow {
  return { pid, startTicks, cpuMs: (cpuTicks * 1000) / ticksPerSecond };
}

function youngest(table: ProcessTable<ProcessRow>): number {
  return Math.max(0, ...Array.from(table.byPid.values(), (row) => row.startTicks));
}

function same(a: ProcessIdentity, b: ProcessIdentity | undefined): boolean {
  return a.pid === b?.pid && a.startTicks === b.startTicks;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
