// A place in the logs of several services to read from: an end, a line, or the time of another service's line.

import { firstAt, type LogReader } from '../../core/logs/log-seek.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Session } from '../../core/session/session.ts';
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
  source: LogReader,
  start: LogStart,
  bounds: Bounds,
): Promise<number> {
  if (start === 'end') return bounds.next;
  if (start === 'oldest') return bounds.first;
  if (start.service === service) return start.line.seq;
  const tiesAreOlder = services.indexOf(service) < services.indexOf(start.service);
  const atMs = Date.parse(start.line.time) + (tiesAreOlder ? 1 : 0);
  return Math.max(bounds.first, await firstAt(source, service, atMs));
}
