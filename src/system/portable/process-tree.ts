// Trees of processes and what they use where there is no /proc (macOS, BSD), from ps and lsof.
// pidusage is not used: one `ps` already tells time and memory of everybody, and its figures for a tree are wrong
// (children left out, or their past counted again at each look).
// Start times have whole seconds here, so a pid reused within one second passes for the process before it.
// Not told by ps everywhere: threads (each process counts as one) and sessions.

import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';

import { createCpuMeter } from '../process/cpu-meter.ts';
import { ProcessTable, type TableRow, TokenReader } from '../process/process-table.ts';
import { type PlatformProcesses, createProcessTree } from '../process/process-tree.ts';
import { printable } from '../printable.ts';
import type { ProcessUsage, TreeUsage } from '../system.ts';
import { createTreeSockets } from './tree-sockets.ts';

export interface PsRow extends TableRow {
  readonly cpuMs: number;
  readonly rssBytes: number;
}

const TOOL_TIMEOUT_MS = 3000;
const COLUMNS = 'pid=,ppid=,pgid=,state=,lstart=,time=,rss=,comm=';
/** Environments follow the command; macOS shows only those of the user's own processes. */
const ENVIRONMENT_FLAGS = process.platform === 'darwin' ? ['-axEww'] : ['axeww'];
const NO_SESSION = 0;
const LONGEST_COMMAND = 300;

export function createPortableProcesses(): PlatformProcesses {
  const readOne = (pid: number) => parsePs(runPs(['-o', COLUMNS, '-p', String(pid)]))[0];
  const readTable = () => new ProcessTable(parsePs(runPs(['-axo', COLUMNS])), new TokenReader(environmentReader()));
  const tree = createProcessTree({ readTable, readOne, nameOf: (row) => row.name });
  const cpu = createCpuMeter();
  /** Of single processes, apart from that of trees: a leader stands for both. */
  const cpuOfEach = createCpuMeter();
  const sockets = createTreeSockets();

  return {
    isAlive: (identity) => tree.isAlive(identity),
    members: (root, options) => tree.members(root, options),
    signal: (root, signal) => tree.signal(root, signal),
    identify: (pid) => ({ pid, startTicks: readOne(pid)?.startTicks ?? 0 }),
    sample: (roots) => {
      const table = readTable();
      const now = { atMs: table.atMs, youngestTicks: table.youngestTicks() };
      const trees = roots.map((root) => tree.membersIn(table, root, { sweep: false }));
      sockets.refresh(trees.flat().map((row) => row.pid));
      return trees.map((rows, index): TreeUsage => {
        const pids = rows.map((row) => row.pid);
        return {
          pids,
          cpuPercent: cpu.measure(roots[index]!.leader, rows, now),
          rssBytes: rows.reduce((total, row) => total + row.rssBytes, 0),
          threads: rows.length,
          ...sockets.of(pids),
          strangers: [],
        };
      });
    },
    inspect: (root) => {
      const table = readTable();
      const now = { atMs: table.atMs, youngestTicks: table.youngestTicks() };
      const members = tree.membersIn(table, root, { sweep: false });
      const commands = readCommands(members.map(({ pid }) => pid));
      return members.map((row): ProcessUsage => {
        const { pid, startTicks, ppid, rssBytes } = row;
        const name = printable(row.name);
        const command = printable(commands.get(pid) ?? '', LONGEST_COMMAND) || name;
        const cpuPercent = cpuOfEach.measure(row, [row], now);
        return { pid, startTicks, ppid, name, command, cpuPercent, rssBytes, threads: undefined };
      });
    },
  };
}

/** Rows of `ps -o pid=,ppid=,pgid=,state=,lstart=,time=,rss=,comm=` with LC_ALL=C and TZ=UTC; other lines are left out. */
export function parsePs(text: string): PsRow[] {
  const rows: PsRow[] = [];
  for (const line of text.split('\n')) {
    const match = /^ *(\d+) +(\d+) +(\d+) +(\S+) +(\w+ +\w+ +\d+ +[\d:]+ +\d{4}) +([\d:.-]+) +(\d+) +(.*)$/.exec(line);
    if (!match) continue;
    const [, pid, ppid, pgid, state = '', started = '', time = '', rssKib, name = ''] = match;
    rows.push({
      pid: Number(pid),
      ppid: Number(ppid),
      pgid: Number(pgid),
      sid: NO_SESSION,
      state,
      startTicks: Date.parse(`${started} UTC`) / 1000,
      cpuMs: parseCpuTime(time),
      rssBytes: Number(rssKib) * 1024,
      name: basename(name.trim()),
    });
  }
  return rows;
}

/** `[dd-]hh:mm:ss` of procps, `mm:ss.cc` of macOS. */
function parseCpuTime(text: string): number {
  const [clock = '', days = '0'] = text.split('-').toReversed();
  const seconds = clock.split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1000);
}

function readCommands(pids: readonly number[]): Map<number, string> {
  if (pids.length === 0) return new Map();
  const lines = runPs(['-ww', '-o', 'pid=,command=', '-p', pids.join(',')]).split('\n');
  return new Map(
    lines.flatMap((line) => {
      const match = /^ *(\d+) (.*)$/.exec(line);
      return match ? [[Number(match[1]), match[2] ?? ''] as const] : [];
    }),
  );
}

/** Environments by pid, from lines of `ps … -o pid=,command=`: words, each between two NUL. */
export function parseEnvironments(text: string): Map<number, string> {
  const environments = new Map<number, string>();
  for (const line of text.split('\n')) {
    const match = /^ *(\d+) (.*)$/.exec(line);
    if (match) environments.set(Number(match[1]), (match[2] ?? '').replaceAll(' ', '\0'));
  }
  return environments;
}

/** Asks for all environments at once, when the first one is wanted. */
function environmentReader(): (pid: number) => string | undefined {
  let environments: Map<number, string> | undefined;
  return (pid) => {
    environments ??= parseEnvironments(runPs([...ENVIRONMENT_FLAGS, '-o', 'pid=,command=']));
    return environments.get(pid);
  };
}

/** Empty when ps has nothing to tell or cannot be run. */
function runPs(args: readonly string[]): string {
  try {
    return execFileSync('ps', args, {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: TOOL_TIMEOUT_MS,
    });
  } catch {
    return '';
  }
}
