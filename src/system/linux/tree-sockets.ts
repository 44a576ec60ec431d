// Which sockets process trees have open: the kernel's table joined with the trees' descriptors. Searching the table is
// most of the cost (milliseconds, with any content), following each descriptor the rest. So while no tree opens or
// closes anything, this is done only now and then. Trap: a socket may be open for seconds before it listens (uvicorn
// binds, then loads the app), so a tree counts as quiet only after a good while.

import { readdirSync } from 'node:fs';

import { monotonicMs } from '../clock.ts';
import type { Listening } from '../../core/session/snapshot.ts';
import type { TreeSocketReader, TreeSockets } from '../platform.ts';
import { type SocketRow, readDatagramSockets, readSockets, socketInodes } from './socket-table.ts';

/** After so long without a new or closed descriptor the trees count as quiet. */
const QUIET_AFTER_MS = 30_000;
/** How long a reading is believed while they are: two looks of a session that nobody looks at are 10 s apart. */
const BELIEVED_FOR_MS = 19_000;

interface Reading {
  readonly atMs: number;
  readonly listeners: ReadonlyMap<number, SocketRow>;
  readonly datagrams: ReadonlyMap<number, SocketRow>;
  readonly connected: ReadonlySet<number>;
  readonly inodesOf: ReadonlyMap<number, ReadonlySet<number>>;
}

export function createTreeSockets(): TreeSocketReader {
  let reading: Reading | undefined;
  let descriptors = '';
  let changedAtMs = 0;
  return {
    read: (trees) => {
      const pids = trees.flat();
      const nowMs = monotonicMs();
      const descriptorsNow = pids.map((pid) => `${pid}:${listDescriptors(pid)}`).join(';');
      if (descriptorsNow !== descriptors) changedAtMs = nowMs;
      descriptors = descriptorsNow;
      const isQuiet = nowMs - changedAtMs > QUIET_AFTER_MS;
      if (!reading || !isQuiet || nowMs - reading.atMs > BELIEVED_FOR_MS) reading = readAll(pids, nowMs);
      const latest = reading;
      return trees.map((tree) => joinTree(tree, latest));
    },
  };
}

function readAll(pids: readonly number[], atMs: number): Reading {
  const inodesOf = new Map(pids.map((pid) => [pid, socketInodes(pid) ?? new Set<number>()]));
  const hasSockets = [...inodesOf.values()].some(({ size }) => size > 0);
  const { listeners, connections } = hasSockets ? readSockets() : { listeners: [], connections: [] };
  const datagrams = hasSockets ? readDatagramSockets() : [];
  return {
    atMs,
    listeners: new Map(listeners.map((row) => [row.inode, row])),
    datagrams: new Map(datagrams.map((row) => [row.inode, row])),
    connected: new Set(connections.map((row) => row.inode)),
    inodesOf,
  };
}

function listDescriptors(pid: number): string {
  try {
    return readdirSync(`/proc/${pid}/fd`).join(',');
  } catch {
    return ''; // ended or hidden
  }
}

function joinTree(pids: readonly number[], { inodesOf, listeners, datagrams, connected }: Reading): TreeSockets {
  const listening: Listening[] = [];
  const holders: { readonly port: number; readonly pid: number }[] = [];
  const counted = new Set<number>();
  let connections = 0;
  for (const pid of pids) {
    for (const inode of inodesOf.get(pid) ?? []) {
      const listener = listeners.get(inode);
      if (listener) holders.push({ port: listener.port, pid });
      if (counted.has(inode)) continue;
      counted.add(inode);
      if (listener) listening.push({ address: listener.address, port: listener.port, pid });
      const datagram = datagrams.get(inode);
      if (datagram) listening.push({ address: datagram.address, port: datagram.port, pid, protocol: 'udp' });
      if (connected.has(inode)) connections += 1;
    }
  }
  const ports = new Set(listening.filter(({ protocol }) => protocol === undefined).map(({ port }) => port));
  const others = [...listeners.values()].filter(({ inode, port }) => ports.has(port) && !counted.has(inode));
  return { listening, connections, holders, strangers: others.map(({ address, port }) => ({ address, port })) };
}
