// The log of devdeck itself: one JSON object a line in `.devdeck/supervisor.log`, which is the supervisor's standard
// error. Bounded, because trouble that comes back every second may do so for days.

import { writeSync } from 'node:fs';
import { Masker } from '../../core/secrets/masker.ts';

/** Of this process's session. It knows the caller's secrets from the start: what fails before a session is there is logged too. */
export const sessionMasker = new Masker();
sessionMasker.learn(process.env);

export type SessionLog = (event: string, details?: Readonly<Record<string, unknown>>) => void;

/** Of one session. The file of an earlier one is put aside when it is larger (ipc/start-supervisor). */
const MAX_LENGTH = 1024 * 1024;
/** The same line is not written again before this. */
const REPEAT_AFTER_MS = 60_000;
/** How many different lines are remembered. */
const MOST_REMEMBERED = 200;

export function createSessionLog(options: {
  readonly write: (line: string) => void;
  readonly wallMs: () => number;
  readonly masker: Masker;
}): SessionLog {
  const writtenAt = new Map<string, number>();
  let length = 0;
  return (event, open = {}) => {
    const details = options.masker.maskDeep(open);
    const nowMs = options.wallMs();
    const key = JSON.stringify({ event, ...details });
    if (nowMs - (writtenAt.get(key) ?? -Infinity) < REPEAT_AFTER_MS || length > MAX_LENGTH) return;
    if (writtenAt.size >= MOST_REMEMBERED) writtenAt.clear();
    writtenAt.set(key, nowMs);
    length += key.length;
    const time = new Date(nowMs).toISOString();
    options.write(`${JSON.stringify({ time, event, ...details })}\n`);
    if (length > MAX_LENGTH) options.write(`${JSON.stringify({ time, event: 'logFull' })}\n`);
  };
}

export const sessionLog: SessionLog = createSessionLog({
  write: (line) => {
    try {
      writeSync(2, line);
    } catch {
      // A full disk: the line is lost, and the session continues.
    }
  },
  wallMs: () => Date.now(),
  masker: sessionMasker,
});
