// Finds the first line after a time in the log of a service. Looks back from the end, so that the size of
// the log does not matter, only how far back the answer lies.
// Trap: numbers may have holes, and a request for older lines than exist gets lines from the oldest one on.

import type { ServiceName } from '../model/project.ts';
import type { LogFolds } from '../session/log-query.ts';
import type { Session } from '../session/session.ts';

/** A running session, or the files of ended ones. */
export type LogReader = Pick<Session, 'readLogs'>;

/**
 * Without the lines of our own probes, and without the frames of what was redrawn in place.
 * @param folds undefined for every line on disk
 */
export function foldedSource(source: LogReader, folds: LogFolds | undefined): LogReader {
  return folds === undefined ? source : { readLogs: (query) => source.readLogs({ ...query, folds }) };
}

/** Read at once. */
export const WINDOW_LINES = 1000;
/** A supervisor that is asked counts the lines on the way there, and others wait meanwhile: a few hundredths of a second. */
const LONGEST_STRIDE_LINES = 256 * WINDOW_LINES;

/** The number of the first line that is not older than `atMs`; one past the newest when all are older. */
export async function firstAt(reader: LogReader, service: ServiceName, atMs: number): Promise<number> {
  const { next } = await reader.readLogs({ service, from: 0, count: 0 });
  for (let to = await nearlyFirstAt(reader, service, { atMs, next }); ;) {
    const from = to - WINDOW_LINES;
    const { lines, first } = await reader.readLogs({ service, from, count: WINDOW_LINES });
    const earlier = lines.findLast(({ seq, time }) => seq < to && Date.parse(time) < atMs);
    if (earlier !== undefined) return earlier.seq + 1;
    if (first > from) return Math.min(first, to);
    to = from;
  }
}

/**
 * A line that is not older than this and lies less than a window behind the first such line, or one past the newest:
 * looks at single lines, in strides that double going back and halve coming near.
 */
async function nearlyFirstAt(
  reader: LogReader,
  service: ServiceName,
  { atMs, next }: { readonly atMs: number; readonly next: number },
): Promise<number> {
  const isOlder = async (from: number): Promise<boolean> => {
    const { lines, first } = await reader.readLogs({ service, from, count: 1 });
    const line = lines[0];
    return line === undefined || first > from || Date.parse(line.time) < atMs;
  };
  let late = next;
  let stride = WINDOW_LINES;
  while (!(await isOlder(late - stride))) {
    late -= stride;
    stride = Math.min(2 * stride, LONGEST_STRIDE_LINES);
  }
  while (stride > WINDOW_LINES) {
    stride /= 2;
    if (!(await isOlder(late - stride))) late -= stride;
  }
  return late;
}
