// The process that answers on a port: the service itself, or another one whose answer says nothing about the service.
// A look at the kernel's table costs milliseconds, so it is shared for a moment, and skipped altogether while the
// socket that was found last is still open in the process that was found last: a listening socket never stops
// listening before it is closed.

import { readdirSync, readlinkSync } from 'node:fs';

import { monotonicMs } from '../clock.ts';
import { answererInside } from './container-listeners.ts';
import type { Answerer } from '../platform.ts';
import { printable } from '../printable.ts';
import type { ProbeTarget } from '../system.ts';
import { programName, readEnviron, readProcessTable, readStat } from './proc.ts';
import { type SocketRow, readDatagramSockets, readListeners } from './socket-table.ts';

/** A process with a descriptor on a socket. */
interface Holder {
  readonly pid: number;
  readonly descriptor: string;
  readonly inode: number;
}

/** How old the list of listeners may be; a starting service is asked four times a second. */
const SHARED_FOR_MS = 50;
const TOKEN_KEYS = ['DEV_SESSION', 'DEV_SERVICE'];
/** Longer parent chains are loops of a table that changed while it was read. */
const MOST_PARENTS = 64;

export function createListenerCheck(): (target: ProbeTarget, port: number) => Answerer {
  const listeners = createListenerList();
  /** The proof of the last look, by port. */
  const proven = new Map<number, { readonly holder: Holder; readonly addresses: readonly string[] }>();
  const strangers = new Map<number, Holder | undefined>();

  function holderOf(row: SocketRow, target: ProbeTarget): Holder | undefined {
    const own = findHolder(row.inode, target.pids);
    if (own) return own;
    const known = strangers.get(row.inode);
    if (strangers.has(row.inode) && (known === undefined || isHeld(known))) return known;
    const holder = findHolder(
      row.inode,
      readProcessTable().map(({ pid }) => pid),
    );
    strangers.set(row.inode, holder);
    return holder;
  }

  return (target, port) => {
    if (target.container !== undefined) return answererInside(target.container);
    const proof = proven.get(port);
    if (proof && target.pids.has(proof.holder.pid) && isHeld(proof.holder)) {
      return { kind: 'service', addresses: proof.addresses };
    }
    proven.delete(port);
    const rows = listeners().filter((row) => row.port === port);
    if (rows.length === 0) return takesDatagrams(target, port) ? { kind: 'by UDP' } : { kind: 'nobody' };

    const held = rows.map((row) => ({ row, holder: holderOf(row, target) }));
    for (const inode of strangers.keys()) if (!listeners().some((row) => row.inode === inode)) strangers.delete(inode);
    const own = held.filter(({ holder }) => holder && belongs(holder.pid, target));
    const holder = own[0]?.holder;
    if (holder) {
      const addresses = own.map(({ row }) => row.address);
      proven.set(port, { holder, addresses });
      return { kind: 'service', addresses };
    }
    const stranger = held.find((entry) => entry.holder)?.holder;
    if (stranger) return { kind: 'stranger', message: `answered by ${describeProcess(stranger.pid)}` };
    if ([...target.pids].some(isHidden)) return { kind: 'unknown' };
    return { kind: 'stranger', message: `answered by a process of another user (uid ${rows[0]?.uid})` };
  };
}

function takesDatagrams({ pids }: ProbeTarget, port: number): boolean {
  const sockets = readDatagramSockets().filter((row) => row.port === port);
  return sockets.some(({ inode }) => findHolder(inode, pids) !== undefined);
}

function createListenerList(): () => readonly SocketRow[] {
  let rows: readonly SocketRow[] = [];
  let readAtMs = -Infinity;
  return () => {
    if (monotonicMs() - readAtMs > SHARED_FOR_MS) {
      rows = readListeners();
      readAtMs = monotonicMs();
    }
    return rows;
  };
}

/** A member, a descendant of one that was born since, or a daemon of the service by its token. */
function belongs(pid: number, target: ProbeTarget): boolean {
  let ancestor: number | undefined = pid;
  for (let step = 0; ancestor !== undefined && ancestor > 1 && step < MOST_PARENTS; step += 1) {
    if (target.pids.has(ancestor)) return true;
    ancestor = readStat(ancestor)?.ppid;
  }
  const environ = `\0${readEnviron(pid) ?? ''}\0`;
  return TOKEN_KEYS.every((key) => {
    const value = target.env[key];
    return value !== undefined && environ.includes(`\0${key}=${value}\0`);
  });
}

function findHolder(inode: number, pids: Iterable<number>): Holder | undefined {
  for (const pid of pids) {
    for (const descriptor of descriptorsOf(pid) ?? []) {
      const holder = { pid, descriptor, inode };
      if (isHeld(holder)) return holder;
    }
  }
  return undefined;
}

function isHeld({ pid, descriptor, inode }: Holder): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/${descriptor}`) === `socket:[${inode}]`;
  } catch {
    return false;
  }
}

/** Alive, but with descriptors that only root or its user may see. */
function isHidden(pid: number): boolean {
  return descriptorsOf(pid) === undefined && readStat(pid) !== undefined;
}

function descriptorsOf(pid: number): readonly string[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch {
    return undefined;
  }
}

function describeProcess(pid: number): string {
  const row = readStat(pid);
  return row === undefined ? `pid ${pid}` : `pid ${pid} (${printable(programName(row))})`;
}
