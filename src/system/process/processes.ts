// Everything about the processes of services: starting, watching, signalling.

import { lookUpCommand } from './command-lookup.ts';
import { HELPERS, type SessionGroup } from './session-group.ts';
import { hasRoomForService, tooManyOpenFiles } from './open-files.ts';
import type { Platform } from '../platform.ts';
import { createProcessTree } from './process-tree.ts';
import { spawnPipe, type StartedProcess } from './spawn-pipe.ts';
import { spawnPty } from './spawn-pty.ts';
import type { ProcessIdentity, Processes } from '../system.ts';
import { createTreeUsage } from './tree-usage.ts';

/** This very process, as others will recognise it. */
export function ownIdentity({ processes }: Platform): ProcessIdentity {
  return { pid: process.pid, startTicks: processes.readOne(process.pid)?.startTicks ?? 0 };
}

/** @param session its control group; without it, no process gets one of its own */
export function createProcesses(platform: Platform, session?: SessionGroup): Processes {
  const tree = createProcessTree(platform.processes);
  const usage = createTreeUsage(platform, tree);
  return {
    isAlive: (identity) => tree.isAlive(identity),
    members: (root, options) => tree.members(root, options),
    isGone: (root) => tree.isGone(root),
    signal: (root, signal) => tree.signal(root, signal),
    signalNewcomers: (root) => tree.signalNewcomers(root),
    sample: (roots) => usage.sample(roots),
    inspect: (root) => usage.inspect(root),
    describe: async (root) => {
      const members = tree.members(root, { sweep: false });
      const details = await Promise.all(members.map(({ pid }) => platform.processes.details(pid)));
      return details.flatMap((found) => (found === undefined ? [] : [{ argv: found.argv, cwd: found.cwd }]));
    },
    spawn: (request, handlers) => {
      const invocation = lookUpCommand(request);
      if (!hasRoomForService()) throw tooManyOpenFiles();
      const start = (): StartedProcess =>
        (request.tty ? spawnPty(invocation, request, handlers) : undefined) ?? spawnPipe(invocation, request, handlers);
      const { started: child, group } = session?.startIn(request.group ?? HELPERS, start) ?? { started: start() };
      return {
        identity: tree.identify(child.pid),
        group: request.group === undefined ? undefined : group,
        write: (bytes) => child.write(bytes),
        resize: (columns, rows) => child.resize(columns, rows),
      };
    },
  };
}
