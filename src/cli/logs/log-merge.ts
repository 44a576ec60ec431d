// Reads the output of several services in the order in which it was written: each service is an ordered
// sequence of its own, and the times of the lines put them in one order. No line is lost or told twice.
// Trap: while one service is many windows behind, lines of the others that are later must wait for it.

import type { ServiceName } from '../../core/model/project.ts';
import type { LogLine, Session } from '../../core/model/session.ts';
import type { LostLines } from '../text/log-lines.ts';

export interface MergedLine extends LogLine {
  readonly service: ServiceName;
}

export function isLost(item: MergedLine | LostLines): item is LostLines {
  return 'lost' in item;
}

interface Cursor {
  readonly service: ServiceName;
  readonly until: number;
  /** The next line to ask for. */
  from: number;
  /** How far this round goes: what was there when it began. A service that never pauses must not hold it up for ever. */
  goal: number | undefined;
  readonly buffered: LogLine[];
  isDrained: boolean;
}

const WINDOW_LINES = 1000;

export interface LogMerge {
  /** Reads this service from a line on, and with `until` up to the line before it. */
  begin(service: ServiceName, range: { readonly from: number; readonly until?: number }): void;
  /** Reads what there is now, and gives it out piece by piece. */
  read(emit: (items: readonly (MergedLine | LostLines)[]) => void | Promise<void>): Promise<void>;
}

export function createLogMerge(session: Pick<Session, 'readLogs'>, { raw }: { readonly raw: boolean }): LogMerge {
  const cursors = new Map<ServiceName, Cursor>();

  return {
    begin: (service, { from, until = Infinity }) => {
      cursors.set(service, { service, from, until, goal: undefined, buffered: [], isDrained: false });
    },
    read: async (emit) => {
      const all = [...cursors.values()];
      for (const cursor of all) {
        cursor.goal = undefined;
        cursor.isDrained = cursor.from >= cursor.until;
      }
      while (all.some((cursor) => !cursor.isDrained || cursor.buffered.length > 0)) {
        const hungry = all.filter((cursor) => !cursor.isDrained && cursor.buffered.length === 0);
        const lost = await Promise.all(hungry.map((cursor) => fill(cursor, session, { raw })));
        const items = [...lost.filter((item) => item !== undefined), ...takeOrdered(all)];
        if (items.length > 0) await emit(items);
      }
    },
  };
}

async function fill(
  cursor: Cursor,
  session: Pick<Session, 'readLogs'>,
  { raw }: { readonly raw: boolean },
): Promise<LostLines | undefined> {
  const { service, from, until } = cursor;
  const { lines, first, next } = await session.readLogs({
    service,
    from,
    count: Math.min(WINDOW_LINES, until - from),
    raw,
  });
  // Who reads on waits for the end of a line; who reads up to now takes what there is of it.
  const whole = lines.filter((line) => line.seq < until && (until !== Infinity || line.partial !== true));
  cursor.goal ??= Math.min(next, until);
  cursor.buffered.push(...whole);
  cursor.from = (whole.at(-1)?.seq ?? Math.max(from, Math.min(first, next)) - 1) + 1;
  cursor.isDrained = whole.length === 0 || whole.length < lines.length || cursor.from >= cursor.goal;
  const lost = Math.min(first, next) - from;
  return lost > 0 ? { service, lost } : undefined;
}

/** Everything up to the moment that all services have been read to. */
function takeOrdered(cursors: readonly Cursor[]): MergedLine[] {
  const ends = cursors.filter((cursor) => !cursor.isDrained).map((cursor) => cursor.buffered.at(-1)?.time ?? '');
  const limit = ends.reduce<string | undefined>(
    (least, end) => (least === undefined || end < least ? end : least),
    undefined,
  );
  const taken = cursors.flatMap(({ service, buffered }) => {
    const later = limit === undefined ? -1 : buffered.findIndex(({ time }) => time > limit);
    const ready = buffered.splice(0, later === -1 ? buffered.length : later);
    return ready.map((line) => ({ ...line, service }));
  });
  // RFC 3339 UTC with a fixed number of digits: text order is time order; the sort is stable.
  return taken.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}
