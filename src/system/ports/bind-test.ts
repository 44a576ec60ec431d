// Tries whether the system would give us a port, for what no table shows: a socket that is bound but does not listen,
// a port lent to an outgoing connection, a privileged or reserved one.
// Trap: while it lasts the test itself takes the port, so it is made last, once, and ended at once.

import { createServer } from 'node:net';

export type BindResult = 'free' | 'taken' | 'not permitted';

const WILDCARDS = ['0.0.0.0', '::'];

/**
 * Binds the addresses one after the other, by default the wildcard of both families. An address or a family that this
 * machine lacks does not count.
 */
export async function tryBind(port: number, hosts: readonly string[] = WILDCARDS): Promise<BindResult> {
  for (const host of hosts) {
    const code = await bindError(port, host);
    if (code === 'EADDRINUSE') return 'taken';
    if (code === 'EACCES' || code === 'EPERM') return 'not permitted';
  }
  return 'free';
}

function bindError(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen({ port, host, ipv6Only: host === '::' }, () => {
      server.close(() => resolve(undefined));
    });
  });
}
