// Trees of processes and what they use, from /proc.
// One walk over /proc costs milliseconds, so calls that follow each other within a few of them share it.

import { type CpuRow, createCpuMeter } from '../process/cpu-meter.ts';
import { ProcessTable, TokenReader } from '../process/process-table.ts';
import { type PlatformProcesses, type ProcessSource, createProcessTree } from '../process/process-tree.ts';
import { printable } from '../printable.ts';
import type { ProcessUsage, TreeUsage } from '../system.ts';
import { type ProcessRow, programName, readCommandLine, readEnviron, readStat, ticksPerSecond } from './proc.ts';
import { createTableReader } from './table-reader.ts';
import { createTreeSockets } from './tree-sockets.ts';

/** A table that was read a moment ago serves a sample as well. */
const SAMPLE_AGE_MS = 5;
const LONGEST_COMMAND = 300;

export function createLinuxProcesses(): PlatformProcesses {
  const source = createSource();
  const tree = createProcessTree(source);
  const cpu = createCpuMeter();
  /** Of single processes, apart from that of trees: a leader stands for both. */
  const cpuOfEach = createCpuMeter();
  const sockets = createTreeSockets();

  return {
    isAlive: (identity) => tree.isAlive(identity),
    members: (root, options) => tree.members(root, options),
    signal: (root, signal) => tree.signal(root, signal),
    identify: (pid) => {
      source.forget(); // a look from before its start would take it for dead
      return { pid, startTicks: readStat(pid)?.startTicks ?? 0 };
    },
    sample: (roots) => {
      const table = tree.readTable(SAMPLE_AGE_MS);
      const now = { atMs: table.atMs, youngestTicks: table.youngestTicks() };
      const trees = roots.map((root) => tree.membersIn(table, root, { sweep: true }));
      const socketsOf = sockets.read(trees.map((rows) => rows.map((row) => row.pid)));
      return roots.map(({ leader }, index): TreeUsage => {
        const rows = trees[index] ?? [];
        return {
          pids: rows.map((row) => row.pid),
          cpuPercent: cpu.measure(leader, rows.map(withCpuMs), now),
          rssBytes: sum(rows.map((row) => row.rssBytes)),
          threads: sum(rows.map((row) => row.threads)),
          connections: socketsOf[index]?.connections ?? 0,
          listening: socketsOf[index]?.listening ?? [],
          strangers: socketsOf[index]?.strangers ?? [],
        };
      });
    },
    inspect: (root) => {
      const table = tree.readTable(SAMPLE_AGE_MS);
      const now = { atMs: table.atMs, youngestTicks: table.youngestTicks() };
      return tree.membersIn(table, root, { sweep: true }).map((row): ProcessUsage => {
        const { pid, startTicks, ppid, rssBytes, threads } = row;
        const name = printable(programName(row));
        const command = printable(readCommandLine(pid)?.join(' ') ?? '', LONGEST_COMMAND) || name;
        const cpuPercent = cpuOfEach.measure(row, [withCpuMs(row)], now);
        return { pid, startTicks, ppid, name, command, cpuPercent, rssBytes, threads };
      });
    },
  };
}

function createSource(): ProcessSource<ProcessRow> & { forget(): void } {
  const tokens = new TokenReader(readEnviron);
  const table = createTableReader();
  let shared: ProcessTable<ProcessRow> | undefined;
  return {
    readTable: (maxAgeMs, members) => {
      if (!shared || performance.now() - shared.atMs > maxAgeMs) {
        shared = new ProcessTable(table.read(members), tokens);
      }
      return shared;
    },
    forget: () => {
      shared = undefined;
    },
    readOne: readStat,
    nameOf: programName,
  };
}

function withCpuMs({ pid, startTicks, cpuTicks }: ProcessRow): CpuRow {
  return { pid, startTicks, cpuMs: (cpuTicks * 1000) / ticksPerSecond };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
