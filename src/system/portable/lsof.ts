// What lsof and netstat print about TCP sockets. lsof names the owners but, unless we are root, shows our own processes
// alone; netstat shows everybody's sockets without owners.

import type { Listening } from '../../core/session/snapshot.ts';
import type { Listener } from '../platform.ts';

/** One field a line: p pid, f descriptor, t type, n name, T state and queues. */
const FIELDS = ['-F', 'pntT'];

/** The listeners on one port, or on all. */
export const lsofListeners = (port?: number) => [
  '-nP',
  port === undefined ? '-iTCP' : `-iTCP:${port}`,
  '-sTCP:LISTEN',
  ...FIELDS,
];
export const lsofSocketsOf = (pids: readonly number[]) => ['-nP', '-iTCP', '-a', '-p', pids.join(','), ...FIELDS];
export const lsofWorkingDirectory = (pid: number) => ['-a', '-p', String(pid), '-d', 'cwd', '-F', 'n'];

/** All TCP sockets, as BSD and macOS spell it. */
export const NETSTAT_TCP = ['-an', '-p', 'tcp'];

/** A TCP socket, seen in one of the processes that hold it. */
export interface HeldSocket extends Listening {
  readonly state: 'listening' | 'connected' | 'other';
}

/** The sockets of `lsofListeners` and `lsofSocketsOf`. A pid is taken from its own field, never from free text. */
export function parseLsof(text: string): HeldSocket[] {
  const sockets: HeldSocket[] = [];
  let pid = 0;
  let type = '';
  let name = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    else if (line.startsWith('t')) type = value;
    else if (line.startsWith('n')) name = value;
    else if (line.startsWith('TST=') && pid > 0) sockets.push({ ...parseName(name, type), pid, state: stateOf(line) });
  }
  return sockets;
}

function stateOf(line: string): HeldSocket['state'] {
  if (line === 'TST=LISTEN') return 'listening';
  return line === 'TST=ESTABLISHED' ? 'connected' : 'other';
}

/** `127.0.0.1:8000`, `[::1]:8000` or `*:8000`, and `->` with the other end of a connection. */
function parseName(name: string, type: string): { readonly address: string; readonly port: number } {
  const [near = ''] = name.split('->');
  const colon = near.lastIndexOf(':');
  return { address: wildcard(near.slice(0, colon), { isIpv6: type === 'IPv6' }), port: Number(near.slice(colon + 1)) };
}

/** One listener per address and port, with all who hold it. */
export function toListeners(sockets: readonly HeldSocket[]): Listener[] {
  const listening = sockets.filter(({ state }) => state === 'listening');
  return [...Map.groupBy(listening, ({ address, port }) => `${address} ${port}`).values()].map((held) => {
    const { address, port } = held[0]!;
    return { address, port, pids: [...new Set(held.map(({ pid }) => pid))] };
  });
}

/** The `n` field of `lsofWorkingDirectory`. */
export function parseWorkingDirectory(text: string): string | undefined {
  return /^n(\/.*)$/m.exec(text)?.[1];
}

/** Listeners of `netstat -an -p tcp`, where the port follows the address after a dot. Owners are unknown. */
export function parseNetstat(text: string): Listener[] {
  const listeners: Listener[] = [];
  for (const line of text.split('\n')) {
    const [, family = '', host, port] = /^tcp(4|6|46)\s+\d+\s+\d+\s+(\S+)\.(\d+)\s+\S+\s+LISTEN\b/.exec(line) ?? [];
    if (host === undefined) continue;
    listeners.push({ address: wildcard(host, { isIpv6: family !== '4' }), port: Number(port), pids: [] });
  }
  return listeners;
}

function wildcard(host: string, { isIpv6 }: { readonly isIpv6: boolean }): string {
  if (host === '*') return isIpv6 ? '::' : '0.0.0.0';
  return host.replace(/^\[|\]$/g, '');
}
