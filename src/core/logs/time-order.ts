// Merges the lines of several services by time. Each service is an ordered sequence, known up to some point. Trap: a
// line may be returned only if no other service can still have a line before it.

/** What is known of one service, in the direction in which it is read. */
export interface Strand<Line> {
  /** Known, and not yet given out; in order. */
  found: Line[];
  /** Everything is known up to this time, RFC 3339 UTC; empty when nothing is. */
  readonly at: string;
  /** Nothing more can come. */
  readonly isDone: boolean;
}

/**
 * Takes from the strands every line that no other can come before, in order; lines of one time in the order of the strands.
 * @param direction of reading: towards `older` lines, the newest come out first in time and still in rising order
 */
export function takeOrdered<Line>(
  strands: readonly Strand<Line>[],
  timeOf: (line: Line) => string,
  direction: 'older' | 'newer' = 'newer',
): Line[] {
  // RFC 3339 UTC with a fixed number of digits: text order is time order.
  const limits = strands.filter(({ isDone }) => !isDone).map(({ at }) => at);
  if (limits.includes('')) return [];
  const limit = limits.reduce<string | undefined>(
    (nearest, at) => (nearest === undefined || (direction === 'older' ? at > nearest : at < nearest) ? at : nearest),
    undefined,
  );
  const isReady = (line: Line): boolean =>
    limit === undefined || (direction === 'older' ? timeOf(line) >= limit : timeOf(line) <= limit);
  const taken = strands.flatMap((strand) => {
    const ready = strand.found.filter(isReady);
    if (ready.length > 0) strand.found = strand.found.filter((line) => !isReady(line));
    return ready;
  });
  // The sort is stable, so lines of one service keep their order.
  return taken.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
}

/** The strand that holds the others up: open, and known the least far. */
export function leastKnown<Known extends Pick<Strand<unknown>, 'at' | 'isDone'>>(
  strands: readonly Known[],
): Known | undefined {
  const open = strands.filter(({ isDone }) => !isDone);
  return open.reduce<Known | undefined>(
    (least, strand) => (least === undefined || strand.at < least.at ? strand : least),
    undefined,
  );
}
