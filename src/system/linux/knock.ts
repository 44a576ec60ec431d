// A connection that sends nothing: does a process take it, or does it stay with the kernel?
// Trap: once a socket listens, the kernel completes connections by itself. A connection that no process has taken has a
// row in its table without an inode.

import { connect } from 'node:net';
import type { Knock } from '../system.ts';
import { readPortSockets } from './socket-table.ts';

/** @param address where somebody listens; one that stands for all addresses is reached by the loopback */
export function knock(port: number, address: string): Knock {
  const socket = connect({ port, host: reachable(address) });
  let ending: 'taken' | 'refused' | undefined;
  // A process that takes it may close it at once.
  socket.once('end', () => (ending ??= 'taken'));
  socket.on('error', () => (ending ??= 'refused'));
  socket.resume();
  socket.unref();
  return {
    state: () => {
      if (ending !== undefined || socket.connecting) return ending ?? 'waiting';
      const farEnd = readPortSockets(port).find(({ remote }) => remote.port === socket.localPort);
      if (farEnd === undefined) return 'refused';
      return farEnd.inode === 0 ? 'waiting' : 'taken';
    },
    end: () => void socket.destroy(),
  };
}

function reachable(address: string): string {
  if (address === '::') return '::1';
  const ipv4 = address.replace(/^::ffff:/i, '');
  return ipv4 === '0.0.0.0' ? '127.0.0.1' : ipv4;
}
