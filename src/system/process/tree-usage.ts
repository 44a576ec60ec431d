// What trees of processes use: processor, memory, threads, sockets.

import { printable } from '../printable.ts';
import type { Platform, ProcessRow } from '../platform.ts';
import { createCpuMeter, type CpuUse } from './cpu-meter.ts';
import type { ProcessTree } from './process-tree.ts';
import type { Processes, ProcessUsage, TreeUsage } from '../system.ts';

/** A table that was read a moment ago serves a sample as well. */
const SAMPLE_AGE_MS = 5;
const LONGEST_COMMAND = 300;

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
        ...(socketsOf[index] ?? { listening: [], connections: 0, strangers: [] }),
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

function useOf({ cpuPercent, cpuMs }: CpuUse): CpuUse {
  return { cpuPercent, cpuMs };
}

function sum(rows: readonly ProcessRow[], of: (row: ProcessRow) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}
