// A client that names a config does not join a session with another one.

import { realpathSync } from 'node:fs';
import { DevError, EXIT } from '../../errors.ts';
import { recordedSession, type RecordPaths } from '../../system/state/recorded-session.ts';
import { createPlatform } from '../platform/platform.ts';

/** @throws DevError `session_busy`, exit code 5, when the running session was opened with another config */
export function requireSameConfig(configFile: string, paths: RecordPaths): void {
  const running = recordedSession(paths, createPlatform())?.configFile;
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
