// What `check` and `init` ask of this machine, for the context of the commands.

import { existsSync } from 'node:fs';
import type { Machine, SessionTraces } from '../../cli/context/context.ts';
import { createFiles } from '../../system/files/files.ts';
import { readSourceTree } from '../../system/files/source-tree.ts';
import { lookUpCommand } from '../../system/process/command-lookup.ts';
import { isAlive } from '../../system/process/process-tree.ts';
import { createShortCommands } from '../../system/process/short-commands.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import { isSessionLocked } from '../../system/state/session-lock.ts';
import { readRunRecords, readSessionRecord } from '../../system/state/state-files.ts';
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
  const { processes, currentBoot } = createPlatform();
  const runs = readRunRecords(paths.runsFile);
  const record = readSessionRecord(paths.sessionFile);
  return {
    root: paths.root,
    stateDir: paths.stateDir,
    isRunning: isSessionLocked(paths.lock),
    pid: record?.pid,
    survivors: runs?.bootId === currentBoot() ? runs.runs.filter((run) => isAlive(processes, run)) : [],
    isStale: record !== undefined || existsSync(paths.socket),
  };
}
