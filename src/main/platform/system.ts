// Puts the concrete parts of the system together.

import { createChoices } from '../../system/state/choice-file.ts';
import { createClock } from '../../system/clock.ts';
import { watchFiles } from '../../system/files/file-watch.ts';
import { createFiles } from '../../system/files/files.ts';
import type { SessionGroup } from '../../system/process/session-group.ts';
import type { LedgerSession } from '../../system/ledger/ledger-tables.ts';
import { createLogFiles } from '../../system/logs/log-files.ts';
import { createPorts } from '../../system/ports/ports.ts';
import { createProbes } from '../../system/probes/probes.ts';
import { createProcesses } from '../../system/process/processes.ts';
import { createProjectLedger } from '../../system/ledger/project-ledger.ts';
import { createShortCommands } from '../../system/process/short-commands.ts';
import type { Platform } from '../../system/platform.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import type { System } from '../../system/system.ts';

interface SystemOptions {
  readonly platform: Platform;
  readonly paths: Pick<RuntimePaths, 'logsDir' | 'choicesFile' | 'rootInode' | 'socketDir'>;
  /** As other sessions see it. */
  readonly session: LedgerSession;
  /** The control group of the session. */
  readonly group: SessionGroup | undefined;
  readonly onLedgerProblem: (problem: string) => void;
}

export function createSystem(options: SystemOptions): System {
  const clock = createClock();
  const { platform, group, paths } = options;
  const processes = createProcesses(platform, group);
  return {
    clock,
    processes,
    ports: createPorts(platform),
    probes: createProbes(platform, processes),
    logFiles: createLogFiles({ dir: paths.logsDir, clock }),
    files: createFiles(),
    fileWatch: { watch: watchFiles },
    shortCommands: createShortCommands(group),
    choices: createChoices(paths.choicesFile, paths),
    containers: {
      connect: async () => {
        const { connectEngine } = await import('../../system/containers/connect.ts');
        return connectEngine(process.env, { lockDir: paths.socketDir });
      },
    },
    ledger: createProjectLedger({
      session: options.session,
      env: process.env,
      boot: platform.currentBoot(),
      isAlive: (identity) => processes.isAlive(identity),
      onProblem: options.onLedgerProblem,
    }),
  };
}
