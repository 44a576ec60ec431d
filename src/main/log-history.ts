// The logs of sessions that are over, as the commands read them.

import type { LogHistory } from '../cli/context.ts';
import { cleanLine } from '../core/log-line.ts';
import { readLogSince, readLogTail } from '../system/log-history.ts';

export function createLogHistory(dir: string): LogHistory {
  return {
    read: (service, range, { raw }) => {
      const lines =
        'sinceMs' in range
          ? readLogSince({ dir, service, sinceMs: range.sinceMs })
          : readLogTail({ dir, service, lines: range.lastLines });
      return Array.from(lines, ({ seq, timeMs, bytes }) => ({
        seq,
        time: new Date(timeMs).toISOString(),
        text: raw ? bytes.toString('utf8') : cleanLine(bytes),
      }));
    },
  };
}
