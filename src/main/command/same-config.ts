// Whoever names a config means that one: a session that was opened with another is not joined by mistake.

import { realpathSync } from 'node:fs';
import { DevError, EXIT } from '../../errors.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import { readSessionRecord } from '../../system/state/state-files.ts';

/** @throws DevError `session_busy`, exit code 5, when the running session was opened with another config */
export function requireSameConfig(configFile: string, { sessionFile }: RuntimePaths): void {
  const running = readSessionRecord(sessionFile)?.configFile;
  if (running === undefined || realPath(running) === realPath(configFile)) return;
  throw new DevError({
    code: 'session_busy',
    exitCode: EXIT.conflict,
    message: `A session with another config runs here: ${running}.`,
    hint: 'leave out --config to use it, or end it first: ./dev stop',
  });
}

/** A config that has been removed since is known by its name. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
