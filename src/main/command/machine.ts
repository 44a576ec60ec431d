// What `check` and `init` ask of this machine, for the context of the commands.

import { existsSync } from 'node:fs';
import type { Machine, SessionTraces } from '../../cli/context/context.ts';
import { createFiles } from '../../system/files/files.ts';
import { readSourceTree } from '../../system/files/source-tree.ts';
import { lookUpCommand } from '../../system/process/command-lookup.ts';
import { isAlive } from '../../system/process/process-tree.ts';
import { createShortCommands } from '../../system/process/short-commands.ts';
import { pathProblem, privacyProblem } from '../../system/state/private-folder.ts';
import { leftRuns, recordedSupervisor } from '../../system/state/recorded-session.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import { isSessionLocked } from '../../system/state/session-lock.ts';
import { createPlatform } from '../session/platform.ts';

/** @param pathsOf called once somebody asks about the session */
export function createMachine(pathsOf: () => RuntimePaths): Machine {
  return {
    files: createFiles(),
    shortCommands: createShortCommands(),
    lookUpCommand,
    readSourceTree,
    sessionTraces: () => readTraces(pathsOf()),
  };
}

function readTraces(paths: RuntimePaths): SessionTraces {
  const platform = createPlatform();
  const supervisor = recordedSupervisor(paths, platform);
  const left = leftRuns(paths, platform)?.runs ?? [];
  return {
    root: paths.root,
    stateDir: paths.stateDir,
    isRunning: supervisor !== undefined || isSessionLocked(paths.lock),
    pid: supervisor?.pid,
    socketProblem: privacyProblem(paths.socketDir) ?? pathProblem(paths.socketDir),
    survivors: left.filter((run) => isAlive(platform.processes, run)),
    isStale: [paths.sessionFile, paths.socket].some((path) => existsSync(path)),
  };
}
