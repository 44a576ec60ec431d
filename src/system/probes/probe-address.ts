// The address of a probe, and the text of a failed connection.
// "localhost" is two addresses; a server may listen on either alone (vite on ::1, uvicorn on 127.0.0.1), so both
// are tried, and what the kernel says about the service's own listeners decides the order.

import { isIP } from 'node:net';

import { printable } from '../printable.ts';

const LOOPBACK_NAMES = new Set(['', 'localhost', '127.0.0.1', '::1', '0.0.0.0', '::']);
const CONNECT_FAILURES = new Set(['ECONNREFUSED', 'EADDRNOTAVAIL', 'ENETUNREACH', 'EHOSTUNREACH', 'EAFNOSUPPORT']);

/** Whether a host means this machine itself. Square brackets of a URL are allowed. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_NAMES.has(bare(host)) || host.endsWith('.localhost');
}

/**
 * Addresses to try, best first.
 * @param listening where the service is known to listen; empty when that is not known
 */
export function probeAddresses(host: string, listening: readonly string[]): readonly string[] {
  if (!isLoopback(host)) return [bare(host)];
  const known = listening.flatMap(reachableAt);
  if (known.length > 0) return [...new Set(known)];
  return bare(host) === '::1' ? ['::1', '127.0.0.1'] : ['127.0.0.1', '::1'];
}

/** Nothing listens there, so another address of the same host is worth a try. */
export function isConnectFailure(error: unknown): boolean {
  return CONNECT_FAILURES.has(codeOf(error));
}

/** One line for a person: "connection refused on [::1]:8000". */
export function describeFailure(error: unknown, address: string, port: number): string {
  const code = codeOf(error);
  const place = `${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
  switch (code) {
    case 'ECONNREFUSED':
      return `connection refused on ${place}`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `${place} closed the connection without an answer`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `no address found for the host ${printable(address)}`;
    case 'EPROTO':
      return `${place} does not speak TLS`;
    default:
      if (code.startsWith('HPE_')) return `${place} does not answer in HTTP (${code})`;
      return `${place} cannot be reached (${printable(code || String(error))})`;
  }
}

function codeOf(error: unknown): string {
  return (error as { readonly code?: string } | null)?.code ?? '';
}

/** A wildcard is reached over loopback. `::` is usually both families, but need not be. */
function reachableAt(listening: string): readonly string[] {
  if (listening === '0.0.0.0') return ['127.0.0.1'];
  if (listening === '::') return ['::1', '127.0.0.1'];
  return [listening.replace(/^::ffff:(?=\d+\.)/, '')];
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
