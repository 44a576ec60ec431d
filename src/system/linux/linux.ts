// The platform on Linux: /proc and nothing else, so it works in the barest container. The methods are async only for
// the interface. Each finishes in one turn of the event loop, so waiting cannot swap a process just proven to own a
// port for another.

import { readdirSync, readlinkSync, statSync } from 'node:fs';
import type { Listener, Platform, ProcessDetails, ProcessReader, SocketReader } from '../platform.ts';
import { readGroup, removeGroup } from './control-group.ts';
import { createListenerCheck } from './listener-check.ts';
import { mayChildrenBindAnyPort, readObstacleFacts, unprivilegedFrom } from './obstacle-facts.ts';
import {
  bootId,
  programName,
  randomId,
  readCommandLine,
  readCwd,
  readEnviron,
  readProcessTable,
  readStat,
  readUid,
  startedAtMs,
} from './proc.ts';
import {
  type SocketRow,
  hasListener,
  readDatagramSockets,
  readListeners,
  readPortSockets,
  socketInodes,
} from './socket-table.ts';
import { createTableReader } from './table-reader.ts';
import { createTreeSockets } from './tree-sockets.ts';

export function createLinuxPlatform(): Platform {
  return {
    processes: createProcessReader(),
    sockets,
    createTreeSockets,
    createListenerCheck,
    currentBoot: bootId,
    randomId,
    mayWorkIn: worksIn,
  };
}

function worksIn(pid: number, folder: { readonly rootDevice: string; readonly rootInode: string }): boolean {
  try {
    const { dev, ino } = statSync(`/proc/${pid}/cwd`, { bigint: true });
    const isSameFolder = String(dev) === folder.rootDevice && String(ino) === folder.rootInode;
    return isSameFolder && statSync(`/proc/${pid}`).uid === process.getuid?.();
  } catch {
    return false;
  }
}

function createProcessReader(): ProcessReader {
  const table = createTableReader();
  return {
    readOne: readStat,
    readAll: (members) => (members === undefined ? readProcessTable() : table.read(members)),
    environments: () => readEnviron,
    areEnvironmentsCheap: true,
    nameOf: programName,
    commandsOf: (pids) => new Map(pids.map((pid) => [pid, readCommandLine(pid)?.join(' ') ?? ''])),
    details: async (pid) => details(pid),
    groups: { read: readGroup, remove: removeGroup },
  };
}

const sockets: SocketReader = {
  isListening: hasListener,
  occupation: (port) => {
    const found = readPortSockets(port);
    if (found.some(({ state }) => state === 'listening')) return 'listening';
    return found.length > 0 || port < unprivilegedFrom() ? 'in doubt' : 'free';
  },
  listeningPorts: async () => new Set(readListeners().map((row) => row.port)),
  mayListen: (port) => port >= unprivilegedFrom() || mayChildrenBindAnyPort(),
  listeners: async () => withHolders(readListeners()),
  datagramListeners: (port) => withHolders(readDatagramSockets().filter((row) => row.port === port)),
  holders: async (port, among) => {
    const inodes = readListeners()
      .filter((row) => row.port === port)
      .map((row) => row.inode);
    return inodes.length === 0 ? [] : among.filter((pid) => holdsAny(pid, inodes));
  },
  knock: async (port, address) => (await import('./knock.ts')).knock(port, address),
  obstacleFacts: readObstacleFacts,
};

function withHolders(rows: readonly SocketRow[]): Listener[] {
  if (rows.length === 0) return [];
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

function details(pid: number): ProcessDetails | undefined {
  const row = readStat(pid);
  if (row === undefined) return undefined;
  const namespace = pidNamespace(pid);
  return {
    uid: readUid(pid),
    argv: readCommandLine(pid) ?? [],
    cwd: readCwd(pid),
    environ: readEnviron(pid),
    startedAtMs: startedAtMs(row.startTicks),
    inOtherContainer: namespace !== undefined && namespace !== pidNamespace('self'),
  };
}

function pidNamespace(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}
