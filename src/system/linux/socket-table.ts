// The kernel's own list of TCP sockets: /proc/net/tcp and tcp6, and which process holds which by /proc/PID/fd.
// Needs no ss, lsof, netstat or ps. Who owns a port, and what that means, is decided elsewhere.
// Trap: a row names a socket, not a process; one socket may be open in many processes (pre-fork workers),
// and in none that we may see (another user, another container).

import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { SocketAddress } from 'node:net';
import { endianness } from 'node:os';

export interface SocketRow {
  /** As a person writes it: `127.0.0.1`, `::1`, `::`, and `::ffff:127.0.0.1` for IPv4 through an IPv6 socket. */
  readonly address: string;
  readonly port: number;
  readonly inode: number;
  /** Of the process that created the socket. */
  readonly uid: number;
  readonly family: 4 | 6;
}

const ESTABLISHED = '01';
const LISTEN = '0A';

/** Every listening TCP socket of our network namespace. Empty when the kernel shows no table. */
export function readListeners(): SocketRow[] {
  return readTables(LISTEN);
}

/** Every open TCP connection of our network namespace, each end that is on this machine, by its local address. */
export function readConnections(): SocketRow[] {
  return readTables(ESTABLISHED);
}

/** Inodes of the sockets that a process has open; undefined when it is gone or hidden from us. */
export function socketInodes(pid: number): ReadonlySet<number> | undefined {
  const folder = `/proc/${pid}/fd`;
  let descriptors: string[];
  try {
    descriptors = readdirSync(folder);
  } catch {
    return undefined;
  }
  const inodes = new Set<number>();
  for (const descriptor of descriptors) {
    const inode = socketInode(`${folder}/${descriptor}`);
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

/** The rows of one table that are in `state` (two hex digits, as in include/net/tcp_states.h). */
export function parseSocketTable(text: string, family: 4 | 6, state: string): SocketRow[] {
  const rows: SocketRow[] = [];
  for (const line of text.split('\n')) {
    const [, local, , rowState, , , , uid, , inode] = line.trimStart().split(/ +/, 10);
    if (rowState !== state || local === undefined) continue;
    const [hexAddress = '', hexPort = ''] = local.split(':');
    rows.push({
      address: readAddress(hexAddress, family),
      port: Number.parseInt(hexPort, 16),
      inode: Number(inode),
      uid: Number(uid),
      family,
    });
  }
  return rows;
}

function readTables(state: string): SocketRow[] {
  return [...parseSocketTable(read('/proc/net/tcp'), 4, state), ...parseSocketTable(read('/proc/net/tcp6'), 6, state)];
}

/** Empty when there is no such table, as with IPv6 switched off. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** The kernel prints each 32-bit word of an address in the byte order of the machine. */
function readAddress(hex: string, family: 4 | 6): string {
  const bytes = Buffer.from(hex, 'hex');
  if (endianness() === 'LE') bytes.swap32();
  if (family === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

function socketInode(link: string): number | undefined {
  try {
    const target = readlinkSync(link);
    return target.startsWith('socket:[') ? Number(target.slice(8, -1)) : undefined;
  } catch {
    return undefined;
  }
}
