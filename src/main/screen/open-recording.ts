// A file of a recorded session, as a session that can be looked at.

import { readFileSync } from 'node:fs';
import type { Replay } from '../../core/session/replay.ts';
import type { Session } from '../../core/session/session.ts';
import { DevError, EXIT } from '../../errors.ts';
import { createReplaySession } from '../../supervisor/session/replay-session.ts';
import { readRecording } from '../../supervisor/recording/recording.ts';
import { systemReason } from '../../system-error.ts';

/** @throws DevError when the file cannot be read, or is no recording */
export function openRecording(path: string): { readonly session: Session; readonly replay: Replay } {
  return createReplaySession(readRecording(read(path), path), { nowMs: () => performance.now() });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new DevError({
      code: 'usage',
      exitCode: EXIT.usage,
      message: `The recording ${path} cannot be read: ${systemReason(error)}.`,
      hint: 'record a session with DEVDECK_RECORD=session.jsonl ./dev',
    });
  }
}
