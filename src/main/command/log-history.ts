// The logs of sessions that are over, as the commands read them.

import { cleanLine } from '../../core/output/log-line.ts';
import { formatLineTime } from '../../core/output/log-time.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Session } from '../../core/model/session.ts';
import { openPastLog, type PastLog } from '../../system/logs/log-history.ts';

export function createLogHistory(dir: string): Pick<Session, 'readLogs'> {
  const logs = new Map<ServiceName, PastLog>();
  return {
    readLogs: async ({ service, from, count, raw }) => {
      const log = logs.get(service) ?? openPastLog({ dir, service });
      logs.set(service, log);
      const lines = log.read(from, count).map(({ seq, timeMs, text }) => ({
        seq,
        time: formatLineTime(timeMs),
        text: raw === true ? text : cleanLine(text),
      }));
      return { service, lines, first: log.first(), next: 0 };
    },
  };
}
