// The logs of sessions that are over, as the commands read them. Lines of their probes are folded as they were then; frames
// of what was redrawn are not known any more.

import { EarlierFolds } from '../../core/logs/earlier-folds.ts';
import { cleanLine } from '../../core/output/log-line.ts';
import type { LogSieve } from '../../core/output/log-sieve.ts';
import { formatLineTime } from '../../core/output/log-time.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Session } from '../../core/session/session.ts';
import { openPastLog, type PastLog } from '../../system/logs/log-history.ts';

interface History {
  readonly log: PastLog;
  readonly folds: EarlierFolds | undefined;
}

type Line = ReturnType<PastLog['read']>[number];

const STRIDE_LINES = 2_000;

/** @param mayPass for who looks for some lines: others may be missing, as if they had been lost */
export function createLogHistory(dir: string, mayPass?: LogSieve): Pick<Session, 'readLogs'> {
  const logs = new Map<ServiceName, History>();
  const historyOf = (service: ServiceName): History => {
    const log = openPastLog({ dir, service, mayPass });
    const memory = log.foldedBefore();
    return { log, folds: memory && new EarlierFolds(memory, (from, count) => log.read(from, count)) };
  };
  return {
    readLogs: async ({ service, from, count, raw, folds }) => {
      const history = logs.get(service) ?? historyOf(service);
      logs.set(service, history);
      const { log } = history;
      const isFolded = folds === 'all' && history.folds !== undefined;
      const found = isFolded ? readFolded(log, history.folds, { from, count }) : log.read(from, count);
      const lines = found.map(({ seq, timeMs, text }) => ({
        seq,
        time: formatLineTime(timeMs),
        text: raw === true ? text : cleanLine(text),
      }));
      return { service, lines, first: isFolded ? history.folds.shownOf(log.first()) : log.first(), next: 0 };
    },
  };
}

/** By the numbers of the lines in sight. */
function readFolded(
  log: PastLog,
  folds: EarlierFolds,
  { from, count }: { readonly from: number; readonly count: number },
): readonly Line[] {
  log.read(folds.seqOf(Math.min(from, 0)), 0);
  const start = Math.max(from, folds.shownOf(log.first()));
  const end = Math.min(0, start + count);
  const lines: Line[] = [];
  for (let seq = folds.seqOf(Math.min(start, 0)); seq < 0 && lines.length < end - start;) {
    const window = log.read(seq, STRIDE_LINES);
    lines.push(...window.filter((line) => !folds.has(line.seq)));
    seq = (window.at(-1)?.seq ?? -1) + 1;
  }
  return lines.slice(0, Math.max(0, end - start)).map((line) => ({ ...line, seq: folds.shownOf(line.seq) }));
}
