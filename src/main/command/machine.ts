// What `check` and `init` ask of this machine, for the context of the commands.

import { existsSync } from 'node:fs';
import type { Machine, SessionTraces } from '../../cli/context/context.ts';
import { createFiles } from '../../system/files/files.ts';
import { readSourceTree } from '../../system/files/source-tree.ts';
import { ownGroup } from '../../system/linux/group-places.ts';
import { lookUpCommand } from '../../system/process/command-lookup.ts';
import { createProcesses } from '../../system/process/processes.ts';
import { createShortCommands } from '../../system/process/short-commands.ts';
import { pathProblem, privacyProblem } from '../../system/state/private-folder.ts';
import { recordedSupervisor } from '../../system/state/recorded-session.ts';
import type { ShortCommands } from '../../system/system.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import { isSessionLocked } from '../../system/state/session-lock.ts';
import { findLostTrees, membersOf } from '../lost/lost-session.ts';
import { watchFiles } from '../../system/files/file-watch.ts';
import { createPlatform } from '../platform/platform.ts';

/** @param pathsOf called once somebody asks about the session */
export function createMachine(pathsOf: () => RuntimePaths): Machine {
  return {
    files: createFiles(),
    shortCommands: endingWithUs(createShortCommands()),
    lookUpCommand,
    unmatchedGlobs,
    readSourceTree,
    containerEngine: async () => {
      const { connectEngine } = await import('../../system/containers/connect.ts');
      const { name } = await connectEngine(process.env, { lockDir: pathsOf().socketDir });
      return name;
    },
    sessionTraces: () => readTraces(pathsOf()),
  };
}

/** As the session would find them: watched for a moment. */
function unmatchedGlobs(root: string, globs: readonly string[]): readonly string[] {
  let unmatched: readonly string[] = [];
  const stop = watchFiles({
    root,
    globs,
    onChange: () => {},
    onProblem: () => {},
    onUnmatched: (found) => {
      unmatched = found;
    },
  });
  stop();
  return unmatched;
}

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The commands have process groups of their own, which a signal to us does not reach: they are killed before we go. */
function endingWithUs(commands: ShortCommands): ShortCommands {
  const running = new Set<AbortController>();
  const onSignal = (signal: NodeJS.Signals): void => {
    for (const command of running) command.abort();
    for (const each of END_SIGNALS) process.off(each, onSignal);
    process.kill(process.pid, signal);
  };
  return {
    run: async (request) => {
      const command = new AbortController();
      if (running.size === 0) for (const signal of END_SIGNALS) process.on(signal, onSignal);
      running.add(command);
      try {
        const signals = [command.signal, ...(request.signal === undefined ? [] : [request.signal])];
        return await commands.run({ ...request, signal: AbortSignal.any(signals) });
      } finally {
        running.delete(command);
        if (running.size === 0) for (const signal of END_SIGNALS) process.off(signal, onSignal);
      }
    },
  };
}

function readTraces(paths: RuntimePaths): SessionTraces {
  const platform = createPlatform();
  const supervisor = recordedSupervisor(paths, platform);
  const isRunning = supervisor !== undefined || isSessionLocked(paths.lock);
  const lost = isRunning ? [] : findLostTrees({ paths, platform, home: ownGroup() });
  return {
    root: paths.root,
    stateDir: paths.stateDir,
    isRunning,
    pid: supervisor?.pid,
    socketProblem: privacyProblem(paths.socketDir) ?? pathProblem(paths.socketDir),
    survivors: membersOf(lost, createProcesses(platform)),
    isStale: [paths.sessionFile, paths.socket].some((path) => existsSync(path)),
  };
}
