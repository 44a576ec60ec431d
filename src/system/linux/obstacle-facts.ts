// What Linux says about a port on which no process that we see listens: its sockets in every state, and the settings
// under /proc/sys/net that decide who may have it. See ip(7) and the kernel's networking/ip-sysctl.

import { readFileSync, readdirSync } from 'node:fs';
import type { ObstacleFacts } from '../platform.ts';
import { printable } from '../printable.ts';
import { programName, readStat } from './proc.ts';
import { readPortSockets, socketInodes, type PortSocket } from './socket-table.ts';

/** Bit of CAP_NET_BIND_SERVICE, see capabilities(7). */
const CAP_NET_BIND_SERVICE = 10n;

export function readObstacleFacts(port: number): ObstacleFacts {
  const sockets = readPortSockets(port);
  const holderOf = findHolders(sockets);
  const waits = sockets.filter(({ state }) => state === 'waiting').map(({ remainingMs }) => remainingMs ?? 0);
  return {
    hiddenUids: sockets
      .filter(({ state, inode }) => state === 'listening' && !holderOf.has(inode))
      .map(({ uid }) => uid),
    ourUid: process.getuid?.() ?? 0,
    connections: sockets
      .filter(({ state }) => state === 'connected')
      .map(({ inode, remote }) => ({ remote: endpoint(remote), program: describe(holderOf.get(inode)) })),
    timeWaitMs: waits.length === 0 ? undefined : Math.max(...waits),
    unprivilegedFrom: unprivilegedFrom(),
    isPrivileged: mayChildrenBindAnyPort(),
    isReserved: inList(port, readSetting('ip_local_reserved_ports')),
    ephemeral: ephemeralRange(),
  };
}

/** The lowest port that needs no privilege. */
export function unprivilegedFrom(): number {
  return Number(readSetting('ip_unprivileged_port_start') || 1024);
}

/** The lowest pid that has each socket open, by inode. */
function findHolders(sockets: readonly PortSocket[]): ReadonlyMap<number, number> {
  const wanted = new Set(sockets.map(({ inode }) => inode).filter((inode) => inode !== 0));
  const holderOf = new Map<number, number>();
  if (wanted.size === 0) return holderOf;
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  for (const pid of pids.sort((a, b) => b - a)) {
    for (const inode of socketInodes(pid) ?? []) if (wanted.has(inode)) holderOf.set(inode, pid);
  }
  return holderOf;
}

function describe(pid: number | undefined): { readonly pid: number; readonly name: string } | undefined {
  const row = pid === undefined ? undefined : readStat(pid);
  return row && { pid: row.pid, name: printable(programName(row)) || '?' };
}

function endpoint({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What counts is what a service inherits: root's child has all of root's, another user's only the ambient ones. */
export function mayChildrenBindAnyPort(): boolean {
  const kind = process.getuid?.() === 0 ? 'CapEff' : 'CapAmb';
  const hex = new RegExp(`^${kind}:\\s*([0-9a-f]+)`, 'm').exec(readText('/proc/self/status'))?.[1] ?? '0';
  return ((BigInt(`0x${hex}`) >> CAP_NET_BIND_SERVICE) & 1n) === 1n;
}

/** `8080,9000-9010` */
function inList(port: number, list: string): boolean {
  return list.split(',').some((part) => {
    const [from = '', to = from] = part.split('-');
    return from !== '' && port >= Number(from) && port <= Number(to);
  });
}

function ephemeralRange(): ObstacleFacts['ephemeral'] {
  const [from = 32_768, to = 60_999] = readSetting('ip_local_port_range').split(/\s+/).filter(Boolean).map(Number);
  return { from, to };
}

function readSetting(name: string): string {
  return readText(`/proc/sys/net/ipv4/${name}`).trim();
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
