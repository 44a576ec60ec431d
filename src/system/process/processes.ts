// Everything about the processes of services: starting, watching, signalling.

import { lookUpCommand } from './command-lookup.ts';
import { hasRoomForService, tooManyOpenFiles } from './open-files.ts';
import type { Platform } from '../platform.ts';
import { createProcessTree } from './process-tree.ts';
import { spawnPipe } from './spawn-pipe.ts';
import { spawnPty } from './spawn-pty.ts';
import type { ProcessIdentity, Processes } from '../system.ts';
import { createTreeUsage } from './tree-usage.ts';

/** This very process, as others will recognise it. */
export function ownIdentity({ processes }: Platform): ProcessIdentity {
  return { pid: process.pid, startTicks: processes.readOne(process.pid)?.startTicks ?? 0 };
}

export function createProcesses(platform: Platform): Processes {
  const tree = createProcessTree(platform.processes);
  const usage = createTreeUsage(platform, tree);
  return {
    isAlive: (identity) => tree.isAlive(identity),
    members: (root, options) => tree.members(root, options),
    signal: (root, signal) => tree.signal(root, signal),
    sample: (roots) => usage.sample(roots),
    inspect: (root) => usage.inspect(root),
    spawn: (request, handlers) => {
      const invocation = lookUpCommand(request);
      if (!hasRoomForService()) throw tooManyOpenFiles();
      const onTerminal = request.tty ? spawnPty(invocation, request, handlers) : undefined;
      const child = onTerminal ?? spawnPipe(invocation, request, handlers);
      return {
        identity: tree.identify(child.pid),
        write: (bytes) => child.write(bytes),
        resize: (columns, rows) => child.resize(columns, rows),
      };
    },
  };
}
