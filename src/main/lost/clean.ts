// What `clean` does behind its words: takes the session's lock, so that none can start meanwhile, and clears the state away.

import type { CleanReport } from '../../cli/context/context.ts';
import { DevError, EXIT } from '../../errors.ts';
import { ownGroup } from '../../system/linux/group-places.ts';
import type { Platform } from '../../system/platform.ts';
import { cleanState } from '../../system/state/clean-state.ts';
import { createProcesses } from '../../system/process/processes.ts';
import { recordedSupervisor } from '../../system/state/recorded-session.ts';
import { makePrivate, type RuntimePaths } from '../../system/state/runtime-dir.ts';
import { acquireSessionLock } from '../../system/state/session-lock.ts';
import { findLostTrees, membersOf } from './lost-session.ts';
import { createPlatform } from '../platform/platform.ts';

/** @throws DevError `refused` while a session runs, or is starting or ending */
export function clean(paths: RuntimePaths, { dryRun }: { readonly dryRun: boolean }): CleanReport {
  const platform = createPlatform();
  makePrivate(paths.socketDir);
  const lock = acquireSessionLock(paths.lock);
  if (lock === undefined) throw inUse();
  try {
    // A removed lock can be taken although its supervisor still runs.
    if (recordedSupervisor(paths, platform) !== undefined) throw inUse();
    const survivors = survivorsOf(paths, platform);
    return { removed: cleanState(paths, { dryRun, keepRuns: survivors.length > 0 }), survivors };
  } finally {
    lock.release();
  }
}

function survivorsOf(paths: RuntimePaths, platform: Platform): CleanReport['survivors'] {
  return membersOf(findLostTrees({ paths, platform, home: ownGroup() }), createProcesses(platform));
}

function inUse(): DevError {
  return new DevError({
    code: 'refused',
    exitCode: EXIT.conflict,
    message: 'A session of this project is running: its logs and state are in use.',
    hint: 'end it first: ./dev stop',
  });
}
