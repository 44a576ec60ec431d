// The machine as the port desk sees it, on Linux: /proc and nothing else, so it works in the barest container.
// The methods are async for the interface's sake; each finishes in one turn of the event loop, so a process that was
// just proven to hold a port cannot be exchanged for another by our own waiting.

import { readdirSync, readlinkSync } from 'node:fs';
import type { Listener, Machine, ProcessDetails, ProcessFacts } from '../ports/machine.ts';
import { unprivilegedFrom } from './obstacle-facts.ts';
import {
  programName,
  readCommandLine,
  readCwd,
  readEnviron,
  readProcess,
  readProcessTable,
  readStat,
  startedAtMs,
  type ProcessRow,
} from './proc.ts';
import { hasListener, readListeners, readPortSockets, socketInodes } from './socket-table.ts';

export const linuxMachine: Machine = {
  isListening: hasListener,
  occupation: (port) => {
    const sockets = readPortSockets(port);
    if (sockets.some(({ state }) => state === 'listening')) return 'listening';
    return sockets.length > 0 || port < unprivilegedFrom() ? 'in doubt' : 'free';
  },
  listeningPorts: async () => new Set(readListeners().map((row) => row.port)),
  listeners: async () => listeners(),
  holders: async (port, among) => {
    const inodes = readListeners()
      .filter((row) => row.port === port)
      .map((row) => row.inode);
    return inodes.length === 0 ? [] : among.filter((pid) => holdsAny(pid, inodes));
  },
  find: async (pid) => {
    const row = readStat(pid);
    return row && facts(row);
  },
  table: async () => readProcessTable().map(facts),
  details: async (pid) => details(pid),
};

function listeners(): Listener[] {
  const rows = readListeners();
  const pidsByInode = new Map(rows.map((row): [number, number[]] => [row.inode, []]));
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    for (const inode of socketInodes(pid) ?? []) pidsByInode.get(inode)?.push(pid);
  }
  return rows.map(({ address, port, inode }) => ({ address, port, pids: pidsByInode.get(inode) ?? [] }));
}

function holdsAny(pid: number, inodes: readonly number[]): boolean {
  const held = socketInodes(pid);
  return held !== undefined && inodes.some((inode) => held.has(inode));
}

function facts({ pid, startTicks, ppid, name, state }: ProcessRow): ProcessFacts {
  return { pid, startTicks, ppid, name: programName({ pid, name }), alive: state !== 'Z' && state !== 'X' };
}

function details(pid: number): ProcessDetails | undefined {
  const row = readProcess(pid);
  if (row === undefined) return undefined;
  const namespace = pidNamespace(pid);
  return {
    uid: row.uid,
    argv: readCommandLine(pid) ?? [],
    cwd: readCwd(pid),
    devVariables: devVariables(readEnviron(pid) ?? ''),
    startedAtMs: startedAtMs(row.startTicks),
    inOtherContainer: namespace !== undefined && namespace !== pidNamespace('self'),
  };
}

function devVariables(environ: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const entry of environ.split('\0')) {
    const equals = entry.indexOf('=');
    if (entry.startsWith('DEV_') && equals > 0) variables.set(entry.slice(0, equals), entry.slice(equals + 1));
  }
  return variables;
}

function pidNamespace(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}
