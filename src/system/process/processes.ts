// Everything about the processes of services: starting, watching, signalling. The platform decides how it is read.

import { lookUpCommand } from './command-lookup.ts';
import { createLinuxProcesses } from '../linux/process-tree.ts';
import { createPortableProcesses } from '../portable/process-tree.ts';
import { hasRoomForService, tooManyOpenFiles } from './open-files.ts';
import type { PlatformProcesses } from './process-tree.ts';
import { spawnPipe } from './spawn-pipe.ts';
import { spawnPty } from './spawn-pty.ts';
import type { ProcessIdentity, Processes } from '../system.ts';

/** This very process, as others will recognise it. */
export function ownIdentity(): ProcessIdentity {
  return createPlatform().identify(process.pid);
}

function createPlatform(): PlatformProcesses {
  return process.platform === 'linux' ? createLinuxProcesses() : createPortableProcesses();
}

export function createProcesses(): Processes {
  const platform = createPlatform();
  return {
    isAlive: (identity) => platform.isAlive(identity),
    members: (root, options) => platform.members(root, options),
    signal: (root, signal) => platform.signal(root, signal),
    sample: (roots) => platform.sample(roots),
    inspect: (root) => platform.inspect(root),
    spawn: (request, handlers) => {
      const invocation = lookUpCommand(request);
      if (!hasRoomForService()) throw tooManyOpenFiles();
      const onTerminal = request.tty ? spawnPty(invocation, request, handlers) : undefined;
      const child = onTerminal ?? spawnPipe(invocation, request, handlers);
      return {
        identity: platform.identify(child.pid),
        write: (bytes) => child.write(bytes),
        resize: (columns, rows) => child.resize(columns, rows),
      };
    },
  };
}
