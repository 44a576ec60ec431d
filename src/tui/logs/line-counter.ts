// Counts the log lines that pass a filter: once from the oldest to the newest, and then only new lines. Counting stops
// beyond a thousand.

import type { ServiceName } from '../../core/model/project.ts';
import type { LogFilter } from '../../core/session/log-query.ts';
import type { LogSource } from './log-boundary.ts';
import type { FeedLine } from './log-feed.ts';

export interface LineTally {
  /** The number of lines that pass; with `isMore` there are more. */
  readonly passing: number;
  readonly isMore: boolean;
  /** The number of all lines that are kept and not hidden. */
  readonly all: number;
  /** From 1, by time; undefined for a line that does not pass, or was not counted. */
  placeOf(line: FeedLine): number | undefined;
}

export interface LineCounter {
  /** Resolves to undefined if cancelled. */
  count(isCancelled: () => boolean): Promise<LineTally | undefined>;
}

const MOST_COUNTED = 1_000;
const AT_ONCE = 250;

interface Passing {
  readonly key: string;
  readonly time: string;
}

export function createLineCounter(options: {
  readonly source: LogSource;
  readonly services: readonly ServiceName[];
  readonly filter: LogFilter;
  /** Older lines are hidden. */
  readonly floorOf: (service: ServiceName) => number;
}): LineCounter {
  const { source, services, filter, floorOf } = options;
  const found: Passing[] = [];
  const reached = new Map<ServiceName, number>();

  /** Returns how many lines of the service there are. */
  async function look(service: ServiceName, isCancelled: () => boolean): Promise<number> {
    const { first, next } = await source.readLogs({ service, from: 0, count: 0 });
    const start = Math.max(first, floorOf(service));
    let from = Math.max(start, reached.get(service) ?? start);
    while (from < next && found.length <= MOST_COUNTED && !isCancelled()) {
      const answer = await source.searchLogs({ service, filter, from, direction: 'newer', limit: AT_ONCE });
      for (const { seq, time } of answer.lines) found.push({ key: `${service} ${seq}`, time });
      if (answer.reached <= from) break;
      from = answer.reached;
      reached.set(service, from);
    }
    return Math.max(0, next - start);
  }

  return {
    async count(isCancelled) {
      let all = 0;
      for (const service of services) all += await look(service, isCancelled);
      if (isCancelled()) return undefined;
      const keys = found.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)).map(({ key }) => key);
      return {
        passing: Math.min(MOST_COUNTED, keys.length),
        isMore: keys.length > MOST_COUNTED,
        all,
        placeOf({ service, line }) {
          const place = keys.indexOf(`${service} ${line.seq}`);
          return place === -1 ? undefined : place + 1;
        },
      };
    },
  };
}

/** "31", or "more than 1,000". */
export function passingWords({ passing, isMore }: Pick<LineTally, 'passing' | 'isMore'>): string {
  const count = passing.toLocaleString('en');
  return isMore ? `more than ${count}` : count;
}
