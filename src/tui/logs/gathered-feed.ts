// The lines of several services by time, or the lines of one service that pass a filter. It searches each service's
// log from a boundary upward and downward, only a little further than the pane shows. Trap: a line may appear only
// when no other service can still have a line before it. So each strand says up to which time it is known. The strand
// with the least known time is searched next.

import { messageOf } from '../../errors.ts';
import { leastKnown, takeOrdered, type Strand } from '../../core/logs/time-order.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { LogFindings, LogLine, LogFilter } from '../../core/session/log-query.ts';
import { boundaryIn, type LogSource, type LogStart } from './log-boundary.ts';
import { FOLLOWING, type FeedLine, type LogFeed, type LogPosition } from './log-feed.ts';

/** The number of items kept. Lines further away are searched again when the person returns. */
const MAX_ITEMS = 4_000;
const MAX_FOUND = 500;
/** A following pane that falls further behind starts again from the end: nobody reads so fast. */
const MAX_BEHIND = { sifted: 50_000, whole: 500 };
/** The pause between two reads of a log that grows faster than the search. */
const CATCH_UP_MS = 25;

/** What is known of one service in one direction. */
interface Edge extends Strand<FeedLine> {
  /** The next line to search. */
  seq: number;
  at: string;
  isDone: boolean;
}

interface ServiceEdges {
  readonly service: ServiceName;
  readonly older: Edge;
  readonly newer: Edge;
  /** Lines that had no end yet. They come again. */
  open: readonly FeedLine[];
  first: number;
  next: number;
}

type Direction = 'older' | 'newer';

export function createGatheredFeed(options: {
  readonly services: readonly ServiceName[];
  readonly filter: LogFilter;
  readonly source: LogSource;
  /** Older lines are hidden. */
  readonly floorOf: (service: ServiceName) => number;
  readonly start: LogStart;
  readonly onChange: () => void;
}): LogFeed {
  const { services, filter, source } = options;
  const isSifted = filter.errorsOnly || filter.matching.length + filter.excluding.length > 0;
  let height = 0;
  let start: LogStart = options.start;
  let position: LogPosition = FOLLOWING;
  let strands: readonly ServiceEdges[] | undefined;
  let items: FeedLine[] = [];
  let firstPlace = 0;
  /** The items come from before a jump to the end. They go as soon as new ones arrive. */
  let isStale = false;
  let seenNext = 0;
  let problem: string | undefined;
  let isWorking = false;
  let isCentring = false;
  let ticket = 0;

  /** Lines that are not searched yet. With a filter, the number that will pass is unknown. */
  const unread = (): number =>
    isSifted ? 0 : (strands ?? []).reduce((sum, { next, newer }) => sum + Math.max(0, next - newer.seq), 0);
  const nextPlace = (): number => firstPlace + items.length;
  /** Comes after all others, once those are known. */
  const openLines = (): readonly FeedLine[] =>
    isStale || strands?.every(({ newer }) => newer.isDone) !== true ? [] : strands.flatMap(({ open }) => open);

  function restart(from: LogStart, { keepsSight } = { keepsSight: false }): void {
    ticket += 1;
    start = from;
    strands = undefined;
    isWorking = false;
    isStale = keepsSight;
    if (!keepsSight) {
      items = [];
      firstPlace = 0;
    }
    position = from === 'end' ? FOLLOWING : { isFollowing: false, top: 0, topRow: 0 };
    isCentring = typeof from === 'object';
    seenNext = nextPlace();
    options.onChange();
    work();
  }

  function work(): void {
    if (isWorking || height === 0) return;
    const mine = ticket;
    isWorking = true;
    const isCurrent = (): boolean => mine === ticket;
    gather(isCurrent)
      .catch((error: unknown) => {
        if (isCurrent()) problem = messageOf(error);
      })
      .finally(() => {
        if (!isCurrent()) return;
        isWorking = false;
        options.onChange();
      });
  }

  async function gather(isCurrent: () => boolean): Promise<void> {
    if (strands === undefined) {
      const begun = await Promise.all(services.map((service) => begin(service, services, source, start)));
      if (!isCurrent()) return;
      strands = begun;
    }
    problem = undefined;
    for (;;) {
      const task = wanted(strands);
      if (task === undefined) return;
      const { strand, direction } = task;
      const edge = strand[direction];
      const found = await source.searchLogs({
        service: strand.service,
        filter,
        from: edge.seq,
        direction,
        limit: Math.max(20, Math.min(MAX_FOUND, 2 * height)),
      });
      if (!isCurrent()) return;
      take(strand, direction, found);
      if (deliver(strands, direction)) options.onChange();
      const isBehind = direction === 'newer' && !edge.isDone && position.isFollowing;
      if (isBehind) await new Promise((resolve) => setTimeout(resolve, CATCH_UP_MS));
      if (!isCurrent()) return;
    }
  }

  /** The strand that delays the others, in the direction where lines are missing. */
  function wanted(
    all: readonly ServiceEdges[],
  ): { readonly strand: ServiceEdges; readonly direction: Direction } | undefined {
    const { isFollowing, top } = position;
    const isNear = isFollowing || top + 2 * height > nextPlace();
    const least = leastKnown(all.map((strand) => ({ ...strand.newer, strand })))?.strand;
    if (isNear && least !== undefined) return { strand: least, direction: 'newer' };
    const older = all.filter((strand) => !strand.older.isDone);
    const known = isStale ? 0 : isFollowing ? items.length : top - firstPlace;
    if (known >= height) return undefined;
    // A strand with nothing known counts as the least known.
    const strand =
      older.find(({ older }) => older.at === '') ?? older.toSorted((a, b) => (a.older.at > b.older.at ? -1 : 1))[0];
    return strand === undefined ? undefined : { strand, direction: 'older' };
  }

  function take(strand: ServiceEdges, direction: Direction, findings: LogFindings): void {
    const { service } = strand;
    const edge = strand[direction];
    strand.first = Math.max(findings.first, options.floorOf(service));
    strand.next = Math.max(strand.next, findings.next);
    const lines = findings.lines.filter(({ seq }) => seq >= strand.first).map((line: LogLine) => ({ service, line }));
    edge.found = direction === 'older' ? [...lines, ...edge.found] : [...edge.found, ...lines];
    if (direction === 'newer') takeOpen(strand, findings);
    edge.seq = findings.reached;
    if (findings.reachedAt !== '') edge.at = findings.reachedAt;
    edge.isDone = direction === 'older' ? edge.seq < strand.first : edge.seq >= findings.next;
  }

  /** Lines that the program redraws in place may have come before as separate lines. */
  function takeOpen(strand: ServiceEdges, { next, reached, open = [] }: LogFindings): void {
    const { service } = strand;
    const before = strand.open;
    strand.open = open.map((line) => ({ service, line }));
    if (reached < strand.newer.seq)
      items = items.filter(({ line, ...item }) => item.service !== service || line.seq < next);
    if (before.length > 0 || open.length > 0) options.onChange();
  }

  /** Moves lines from the strands to the items once their order is certain. */
  function deliver(all: readonly ServiceEdges[], direction: Direction): boolean {
    const edges = all.map((strand) => strand[direction]);
    if (edges.some(({ isDone, at }) => !isDone && at === '')) return false;
    const ready = takeOrdered(edges, ({ line }) => line.time, direction);
    if (ready.length === 0 && !isStale) return false;
    if (isStale) {
      items = [];
      firstPlace = 0;
      isStale = false;
    }
    if (direction === 'older') prepend(ready);
    else append(ready);
    return true;
  }

  function prepend(ready: readonly FeedLine[]): void {
    items = [...ready, ...items];
    firstPlace -= ready.length;
    if (isCentring) {
      position = { isFollowing: false, top: Math.max(firstPlace, -Math.floor(height / 2)), topRow: 0 };
      isCentring = position.top === firstPlace && -firstPlace < Math.floor(height / 2);
    }
    // Far below the visible lines.
    if (items.length <= MAX_ITEMS || position.isFollowing) return;
    for (const { service, line } of items.splice(MAX_ITEMS).toReversed()) reopen(service, 'newer', line.seq);
  }

  function append(ready: readonly FeedLine[]): void {
    items.push(...ready);
    if (position.isFollowing) seenNext = nextPlace();
    if (items.length <= MAX_ITEMS || !position.isFollowing) return;
    const dropped = items.splice(0, items.length - MAX_ITEMS);
    firstPlace += dropped.length;
    for (const { service, line } of dropped) reopen(service, 'older', line.seq);
  }

  /** A line at the edge was dropped and must be searched again. */
  function reopen(service: ServiceName, direction: Direction, seq: number): void {
    const edge = strands?.find((strand) => strand.service === service)?.[direction];
    if (edge) Object.assign(edge, { seq, at: '', isDone: false, found: [] });
  }

  function moveTo(next: LogPosition): void {
    isCentring = false;
    position = next;
    if (next.isFollowing) seenNext = nextPlace();
    options.onChange();
    work();
  }

  if (start !== 'end') restart(start);

  return {
    get position() {
      return position;
    },
    get bounds() {
      const next = nextPlace() + openLines().length;
      return strands === undefined && !isStale ? undefined : { first: firstPlace, next };
    },
    get end() {
      return nextPlace() + openLines().length;
    },
    get unseen() {
      return position.isFollowing ? 0 : nextPlace() - seenNext + unread();
    },
    get problem() {
      return problem;
    },
    get isLooking() {
      return isWorking && items.length < height;
    },
    at: (place) => items[place - firstPlace] ?? openLines()[place - nextPlace()],
    placeOf(service, seq) {
      const index = items.findIndex((item) => item.line.seq === seq && item.service === service);
      return index === -1 ? undefined : firstPlace + index;
    },
    setHeight(rows) {
      height = rows;
      work();
    },
    advance(news) {
      if (strands === undefined) return;
      let isBehind = false;
      for (const strand of strands) {
        const next = news[strand.service];
        // A line without an end keeps its number when the end comes.
        if (next === undefined) continue;
        strand.next = Math.max(strand.next, next);
        strand.newer.isDone = false;
        isBehind ||= next - strand.newer.seq > (isSifted ? MAX_BEHIND.sifted : Math.max(MAX_BEHIND.whole, 4 * height));
      }
      if (isBehind && position.isFollowing && height > 0) restart('end', { keepsSight: true });
      else work();
    },
    moveTo,
    follow() {
      const hasNewest = strands?.every(({ newer }) => newer.isDone) ?? false;
      if (hasNewest) moveTo(FOLLOWING);
      else restart('end', { keepsSight: true });
    },
    toOldest: () => restart('oldest'),
    goTo(target) {
      const index = items.findIndex(({ service, line }) => line.seq === target.line.seq && service === target.service);
      if (index === -1) restart(target);
      else
        moveTo({
          isFollowing: false,
          top: Math.max(firstPlace, firstPlace + index - Math.floor(height / 2)),
          topRow: 0,
        });
    },
    close() {
      ticket += 1;
      height = 0;
    },
  };
}

/** A service's log, cut in two where the gathering begins. */
async function begin(
  service: ServiceName,
  services: readonly ServiceName[],
  source: LogSource,
  start: LogStart,
): Promise<ServiceEdges> {
  const { first, next } = await source.readLogs({ service, from: 0, count: 0 });
  const boundary = await boundaryIn(service, services, source, start, { first, next });
  const edge = (seq: number): Edge => ({ seq, at: '', isDone: false, found: [] });
  const older = { ...edge(boundary - 1), isDone: boundary <= first };
  const newer = { ...edge(boundary), isDone: boundary >= next };
  return { service, older, newer, open: [], first, next };
}
