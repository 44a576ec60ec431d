// What `clean` does behind its words: takes the session's lock, so that none can start meanwhile, and clears the state away.

import { mkdirSync } from 'node:fs';
import type { CleanReport } from '../../cli/context/context.ts';
import { DevError, EXIT } from '../../errors.ts';
import { cleanState } from '../../system/state/clean-state.ts';
import { isAlive } from '../../system/process/process-tree.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import { acquireSessionLock } from '../../system/state/session-lock.ts';
import { readRunRecords } from '../../system/state/state-files.ts';
import { createPlatform } from '../session/platform.ts';

/** @throws DevError `refused` while a session runs, or is starting or ending */
export function clean(paths: RuntimePaths, { dryRun }: { readonly dryRun: boolean }): CleanReport {
  mkdirSync(paths.socketDir, { recursive: true, mode: 0o700 });
  const lock = acquireSessionLock(paths.lock);
  if (lock === undefined) {
    throw new DevError({
      code: 'refused',
      exitCode: EXIT.conflict,
      message: 'A session of this project is running: its logs and state are in use.',
      hint: 'end it first: ./dev stop',
    });
  }
  try {
    const survivors = survivorsOf(paths);
    return { removed: cleanState(paths, { dryRun, keepRuns: survivors.length > 0 }), survivors };
  } finally {
    lock.release();
  }
}

function survivorsOf({ runsFile }: RuntimePaths): CleanReport['survivors'] {
  const records = readRunRecords(runsFile);
  const { processes, currentBoot } = createPlatform();
  if (records === undefined || records.bootId !== currentBoot()) return [];
  return records.runs.filter((run) => isAlive(processes, run)).map(({ service, pid }) => ({ service, pid }));
}
