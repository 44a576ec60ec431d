// Writes a whole log to a file as the pane shows it: without colour, with times, and with names if it is of several
// services.

import { leastKnown, takeOrdered, type Strand } from '../../core/logs/time-order.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { LogFilter } from '../../core/session/log-query.ts';
import type { LogSource } from './log-boundary.ts';
import type { FeedLine } from './log-feed.ts';
import { parseStyled, plainOf } from '../paint/styled-text.ts';

export interface LogSink {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** A service whose lines go into the file. */
interface ServiceStrand extends Strand<FeedLine> {
  readonly service: ServiceName;
  seq: number;
  at: string;
  isDone: boolean;
}

const PAGE_LINES = 1_000;

/** Returns the number of lines. It does not wait for new lines. */
export async function saveLog(options: {
  readonly source: LogSource;
  readonly services: readonly ServiceName[];
  readonly filter: LogFilter;
  readonly floorOf: (service: ServiceName) => number;
  readonly sink: LogSink;
}): Promise<number> {
  const { source, services, filter, sink } = options;
  const ends = new Map<ServiceName, number>();
  const strands = await Promise.all(
    services.map(async (service): Promise<ServiceStrand> => {
      const { first, next } = await source.readLogs({ service, from: 0, count: 0 });
      ends.set(service, next);
      const seq = Math.max(first, options.floorOf(service));
      return { service, seq, at: '', isDone: seq >= next, found: [] };
    }),
  );
  let count = 0;
  for (;;) {
    const strand = leastKnown(strands);
    if (strand !== undefined) await read(strand, ends.get(strand.service) ?? 0, source, filter);
    const lines = takeOrdered(strands, ({ line }) => line.time);
    count += lines.length;
    if (lines.length > 0) await sink.write(lines.map((item) => written(item, services.length > 1)).join(''));
    if (strand === undefined) return count;
  }
}

async function read(strand: ServiceStrand, end: number, source: LogSource, filter: LogFilter): Promise<void> {
  const { service, seq } = strand;
  const answer = await source.searchLogs({ service, filter, from: seq, direction: 'newer', limit: PAGE_LINES });
  strand.found = [...strand.found, ...answer.lines.map((line) => ({ service, line }))];
  strand.seq = answer.reached;
  strand.at = answer.reachedAt || strand.at;
  strand.isDone = answer.reached >= Math.min(end, answer.next);
}

function written({ service, line }: FeedLine, isNamed: boolean): string {
  const text = plainOf(parseStyled(line.text, { color: false }));
  return `${line.time} ${isNamed ? `${service} ` : ''}${text}\n`;
}
