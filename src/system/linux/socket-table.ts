// The kernel's own lists of sockets: /proc/net/tcp and tcp6, udp and udp6, and which process holds which by /proc/PID/fd.
// Needs no ss, lsof, netstat or ps. The owner of a port and its verdict are decided elsewhere.
// Trap: a row names a socket, not a process; one socket may be open in many processes (pre-fork workers),
// and in none that we may see (another user, another container).

import { closeSync, openSync, readSync, readdirSync, readlinkSync } from 'node:fs';
import { SocketAddress } from 'node:net';
import { endianness } from 'node:os';

import { ticksPerSecond } from './proc.ts';

export interface SocketRow {
  /** As a person writes it: `127.0.0.1`, `::1`, `::`, and `::ffff:127.0.0.1` for IPv4 through an IPv6 socket. */
  readonly address: string;
  readonly port: number;
  readonly inode: number;
  /** Of the process that created the socket. */
  readonly uid: number;
  readonly family: 4 | 6;
}

/** Two hex digits, as in include/net/tcp_states.h. */
type TcpState = '01' | '0A';
const ESTABLISHED: TcpState = '01';
const LISTEN: TcpState = '0A';
/** Of a UDP socket that takes datagrams from anybody: it has a port and no peer. */
const UNCONNECTED = '07';

// While a read has room, the kernel searches its whole hash of connections (1–4 ms). Listeners come first, so small
// reads let a caller that has found its port stop before that search.
const CHUNK_BYTES = 1024;

/** Every listening TCP socket of our network namespace. Empty when the kernel shows no table. */
export function readListeners(): SocketRow[] {
  return [...rows([LISTEN])].map(({ row }) => row);
}

/** Every listening TCP socket of the network that the process is in. Empty when the kernel shows no table. */
export function readListenersOf(pid: number): SocketRow[] {
  const files = [
    [`/proc/${pid}/net/tcp`, 4],
    [`/proc/${pid}/net/tcp6`, 6],
  ] as const;
  return files.flatMap(([file, family]) => [...tableRows(file, family, [LISTEN])].map(({ row }) => row));
}

/** Every UDP socket that takes datagrams from anybody, of our network namespace. */
export function readDatagramSockets(): SocketRow[] {
  const files = [
    ['/proc/net/udp', 4],
    ['/proc/net/udp6', 6],
  ] as const;
  return files.flatMap(([file, family]) => [...tableRows(file, family, [UNCONNECTED])].map(({ row }) => row));
}

/** Every open TCP connection of our network namespace, each end that is on this machine, by its local address. */
export function readConnections(): SocketRow[] {
  return [...rows([ESTABLISHED])].map(({ row }) => row);
}

/** Listeners and connections for the price of one of them: nearly all of it is the kernel's search, 2 ms a table. */
export function readSockets(): { readonly listeners: SocketRow[]; readonly connections: SocketRow[] } {
  const listeners: SocketRow[] = [];
  const connections: SocketRow[] = [];
  for (const { state, row } of rows([LISTEN, ESTABLISHED])) (state === LISTEN ? listeners : connections).push(row);
  return { listeners, connections };
}

/** Whether anything listens on the port, on any address. Quickest when the answer is yes. */
export function hasListener(port: number): boolean {
  for (const { row } of rows([LISTEN])) if (row.port === port) return true;
  return false;
}

/** A socket whose local end is a certain port, in any state. */
export interface PortSocket extends SocketRow {
  /** `waiting`: the kernel alone still has it, as in TIME_WAIT. */
  readonly state: 'listening' | 'connected' | 'waiting';
  readonly remote: { readonly address: string; readonly port: number };
  /** Until its timer ends; undefined when none runs. */
  readonly remainingMs: number | undefined;
}

/** Every socket on the port. Searches both tables to their end. */
export function readPortSockets(port: number): PortSocket[] {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const ofPort = (file: string, family: 4 | 6) =>
    [...lines(file)].filter((line) => line.includes(local)).map((line) => parsePortSocket(line, family));
  return [...ofPort('/proc/net/tcp', 4), ...ofPort('/proc/net/tcp6', 6)].filter((socket) => socket.port === port);
}

/** Any line of a table but its heading. */
function parsePortSocket(line: string, family: 4 | 6): PortSocket {
  const [, local = '', remote = '', state = '', , timer = '', , uid, , inode] = line.trimStart().split(/ +/, 10);
  const [kind, ticks = ''] = timer.split(':');
  return {
    ...readEnd(local, family),
    inode: Number(inode),
    uid: Number(uid),
    family,
    state: state === LISTEN ? 'listening' : Number(inode) === 0 ? 'waiting' : 'connected',
    remote: readEnd(remote, family),
    remainingMs: kind === '00' ? undefined : (Number.parseInt(ticks, 16) * 1000) / ticksPerSecond,
  };
}

/** Inodes of the sockets that a process has open; undefined when it has ended or is hidden. */
export function socketInodes(pid: number): ReadonlySet<number> | undefined {
  const descriptors = socketDescriptors(pid);
  return descriptors && new Set(descriptors.keys());
}

/** The same, each with a descriptor of the process that it is. */
export function socketDescriptors(pid: number): ReadonlyMap<number, number> | undefined {
  const folder = `/proc/${pid}/fd`;
  const inodes = new Map<number, number>();
  try {
    for (const descriptor of readdirSync(folder)) {
      const target = readDescriptor(`${folder}/${descriptor}`);
      if (target?.startsWith('socket:[')) inodes.set(Number(target.slice(8, -1)), Number(descriptor));
    }
  } catch {
    return undefined;
  }
  return inodes;
}

interface StatedRow {
  readonly state: string;
  readonly row: SocketRow;
}

/** One line of a table; undefined for its heading and for other states. */
export function parseSocketLine(line: string, family: 4 | 6, states: readonly string[]): StatedRow | undefined {
  const [, local = '', , state = '', , , , uid, , inode] = line.trimStart().split(/ +/, 10);
  if (!states.includes(state)) return undefined;
  return { state, row: { ...readEnd(local, family), inode: Number(inode), uid: Number(uid), family } };
}

function* rows(states: readonly TcpState[]): Generator<StatedRow> {
  yield* tableRows('/proc/net/tcp', 4, states);
  yield* tableRows('/proc/net/tcp6', 6, states);
}

function* tableRows(file: string, family: 4 | 6, states: readonly string[]): Generator<StatedRow> {
  for (const line of lines(file)) {
    const row = parseSocketLine(line, family, states);
    if (row) yield row;
  }
}

/** The lines of a table, read as they are asked for. None when there is no such table, as with IPv6 switched off. */
function* lines(file: string): Generator<string> {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return;
  }
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let rest = '';
    let bytesRead: number;
    do {
      bytesRead = readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
      const complete = (rest + chunk.toString('latin1', 0, bytesRead)).split('\n');
      rest = complete.pop() ?? '';
      yield* complete;
    } while (bytesRead === CHUNK_BYTES); // a short read is the end; asking once more would cost another search
  } finally {
    closeSync(descriptor);
  }
}

function readEnd(text: string, family: 4 | 6): { readonly address: string; readonly port: number } {
  const [hexAddress = '', hexPort = ''] = text.split(':');
  return { address: readAddress(hexAddress, family), port: Number.parseInt(hexPort, 16) };
}

/** The kernel prints each 32-bit word of an address in the byte order of the machine. */
function readAddress(hex: string, family: 4 | 6): string {
  const bytes = Buffer.from(hex, 'hex');
  if (endianness() === 'LE') bytes.swap32();
  if (family === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

/** Undefined when it was closed meanwhile. Throws when the process hides its descriptors, which then holds for all. */
function readDescriptor(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
