// What trees of processes use: processor, memory, threads, sockets.

import { printable } from '../printable.ts';
import type { Platform, ProcessRow, TreeSockets } from '../platform.ts';
import { createCpuMeter, type CpuUse } from './cpu-meter.ts';
import type { ProcessTree } from './process-tree.ts';
import type { Processes, ProcessUsage, TreeUsage } from '../system.ts';

/** A table that was read a moment ago serves a sample as well. */
const SAMPLE_AGE_MS = 5;
const LONGEST_COMMAND = 300;
const NO_SOCKETS: TreeSockets = { listening: [], connections: 0, holders: [], strangers: [] };

export function createTreeUsage(platform: Platform, tree: ProcessTree): Pick<Processes, 'sample' | 'inspect'> {
  const { processes } = platform;
  const sockets = platform.createTreeSockets();
  const cpuOfTrees = createCpuMeter();
  /** Of single processes, apart from that of trees: a leader stands for both. */
  const cpuOfEach = createCpuMeter();
  const options = { sweep: processes.areEnvironmentsCheap };

  return {
    sample: (roots) => {
      const table = tree.readTable(SAMPLE_AGE_MS);
      const now = { atMs: table.atMs, youngestTicks: table.youngestTicks() };
      const trees = roots.map((root) => ({ root, rows: tree.membersIn(table, root, options) }));
      const socketsOf = sockets.read(trees.map(({ rows }) => rows.map((row) => row.pid)));
      return trees.map(({ root, rows }, index): TreeUsage => ({
        pids: rows.map((row) => row.pid),
        ...useOf(cpuOfTrees.measure(root.leader, rows, now)),
        rssBytes: sum(rows, (row) => row.rssBytes),
        threads: sum(rows, (row) => row.threads ?? 1),
        ...withIdentities(socketsOf[index] ?? NO_SOCKETS, rows),
      }));
    },
    inspect: (root) => {
      const table = tree.readTable(SAMPLE_AGE_MS);
      const now = { atMs: table.atMs, youngestTicks: table.youngestTicks() };
      const members = tree.membersIn(table, root, options);
      const commands = processes.commandsOf(members.map(({ pid }) => pid));
      return members.map((row): ProcessUsage => {
        const { pid, startTicks, ppid, rssBytes, threads } = row;
        const name = printable(processes.nameOf(row));
        const command = printable(commands.get(pid) ?? '', LONGEST_COMMAND) || name;
        return {
          pid,
          startTicks,
          ppid,
          name,
          command,
          cpuPercent: cpuOfEach.measure(row, [row], now).cpuPercent,
          rssBytes,
          threads,
        };
      });
    },
  };
}

function withIdentities(sockets: TreeSockets, rows: readonly ProcessRow[]) {
  const startOf = new Map(rows.map(({ pid, startTicks }) => [pid, startTicks]));
  const holders = sockets.holders.map((holder) => ({ ...holder, startTicks: startOf.get(holder.pid) ?? 0 }));
  return { ...sockets, holders };
}

function useOf({ cpuPercent, cpuMs }: CpuUse): CpuUse {
  return { cpuPercent, cpuMs };
}

function sum(rows: readonly ProcessRow[], of: (row: ProcessRow) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}
