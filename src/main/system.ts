// Puts the concrete parts of the system together.

import { createClock } from '../system/clock.ts';
import { createFiles } from '../system/files.ts';
import { createLogFiles } from '../system/log-files.ts';
import { createPorts } from '../system/ports.ts';
import { createProbes } from '../system/probes.ts';
import { createProcesses } from '../system/processes.ts';
import { createShortCommands } from '../system/short-commands.ts';
import type { System } from '../system/system.ts';

export function createSystem(options: { readonly logsDir: string }): System {
  const clock = createClock();
  const processes = createProcesses();
  return {
    clock,
    processes,
    ports: createPorts(),
    probes: createProbes(processes),
    logFiles: createLogFiles({ dir: options.logsDir, clock }),
    files: createFiles(),
    shortCommands: createShortCommands(),
  };
}
