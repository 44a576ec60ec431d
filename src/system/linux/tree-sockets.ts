// Which TCP sockets a tree of processes has open: the kernel's table joined with the descriptors of the tree alone.

import type { Listening } from '../../core/snapshot.ts';
import { readConnections, readListeners, socketInodes } from './socket-table.ts';

export interface TreeSockets {
  readonly listening: readonly Listening[];
  readonly connections: number;
}

/** One answer per list of pids. A socket that several processes of a tree share counts once, for the first of them. */
export function readTreeSockets(trees: readonly (readonly number[])[]): readonly TreeSockets[] {
  const listeners = new Map(readListeners().map((row) => [row.inode, row]));
  const connected = new Set(readConnections().map((row) => row.inode));
  if (listeners.size === 0 && connected.size === 0) return trees.map(() => ({ listening: [], connections: 0 }));
  return trees.map((pids) => {
    const listening: Listening[] = [];
    let connections = 0;
    const counted = new Set<number>();
    for (const pid of pids) {
      for (const inode of socketInodes(pid) ?? []) {
        if (counted.has(inode)) continue;
        counted.add(inode);
        const listener = listeners.get(inode);
        if (listener) listening.push({ address: listener.address, port: listener.port, pid });
        if (connected.has(inode)) connections += 1;
      }
    }
    return { listening, connections };
  });
}
