// Where in the logs of several services one begins to read: at an end, at a line, or at the time of a line of another
// service.

import type { ServiceName } from '../../core/model/project.ts';
import type { Session } from '../../core/model/session.ts';
import type { FeedLine } from './log-feed.ts';

export type LogSource = Pick<Session, 'readLogs' | 'searchLogs'>;

export type LogStart = 'end' | 'oldest' | FeedLine;

interface Bounds {
  readonly first: number;
  readonly next: number;
}

/**
 * The first line of a service that comes after the boundary.
 * @param services in their order, which is the order of lines of the same time
 */
export async function boundaryIn(
  service: ServiceName,
  services: readonly ServiceName[],
  source: Pick<LogSource, 'readLogs'>,
  start: LogStart,
  bounds: Bounds,
): Promise<number> {
  if (start === 'end') return bounds.next;
  if (start === 'oldest') return bounds.first;
  if (start.service === service) return start.line.seq;
  const tiesAreOlder = services.indexOf(service) < services.indexOf(start.service);
  const { time } = start.line;
  return firstLine(service, source, bounds, (other) => (tiesAreOlder ? other > time : other >= time));
}

/** The first line of a late enough time: lines are in the order of their times. */
async function firstLine(
  service: ServiceName,
  source: Pick<LogSource, 'readLogs'>,
  { first, next }: Bounds,
  isLate: (time: string) => boolean,
): Promise<number> {
  let low = first;
  let high = next;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { lines } = await source.readLogs({ service, from: middle, count: 1 });
    if (isLate(lines[0]?.time ?? '')) high = middle;
    else low = middle + 1;
  }
  return low;
}
