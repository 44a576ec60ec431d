// Reads what lsof and netstat print about listening TCP sockets. lsof names the owners but, unless we are root, shows
// our own processes alone; netstat shows everybody's sockets without owners.

import type { Listener } from '../ports/machine.ts';

/** Arguments for the listeners on one port, one field a line: p pid, t type, n name. */
export const lsofListeners = (port: number) => ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-F', 'ptn'];

export const lsofWorkingDirectory = (pid: number) => ['-a', '-p', String(pid), '-d', 'cwd', '-F', 'n'];

/** All TCP sockets, as BSD and macOS spell it. */
export const NETSTAT_TCP = ['-an', '-p', 'tcp'];

/** A process id is taken from its own field, never searched for in free text. */
export function parseLsof(text: string): Listener[] {
  const pidsByAddress = new Map<string, Set<number>>();
  let pid = 0;
  let type = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    else if (line.startsWith('t')) type = value;
    else if (line.startsWith('n') && pid > 0) {
      const key = `${wildcard(value.replace(/:\d+$/, ''), { isIpv6: type === 'IPv6' })} ${/\d+$/.exec(value)?.[0]}`;
      pidsByAddress.set(key, (pidsByAddress.get(key) ?? new Set()).add(pid));
    }
  }
  return [...pidsByAddress].map(([key, pids]) => {
    const [address = '', port] = key.split(' ');
    return { address, port: Number(port), pids: [...pids] };
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
