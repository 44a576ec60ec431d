// Reads the output of several services in the order in which it was written: each service is an ordered
// sequence of its own, and the times of the lines put them in one order. No line is lost or told twice.
// Trap: while one service is many windows behind, lines of the others that are later must wait for it.

import type { ServiceName } from '../core/project.ts';
import type { LogLine, LogWindow, Session } from '../core/session.ts';

export interface MergedLine extends LogLine {
  readonly service: ServiceName;
}

/** Lines of a service that its log no longer held when they were to be read. */
export interface LostLines {
  readonly service: ServiceName;
  readonly lost: number;
}

interface Cursor {
  readonly service: ServiceName;
  /** The next line to ask for. */
  from: number;
  readonly until: number;
  readonly buffered: LogLine[];
  /** True once a read came to the newest line. */
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

  async function fill(cursor: Cursor): Promise<LostLines | undefined> {
    const count = Math.min(WINDOW_LINES, cursor.until - cursor.from);
    const window = await session.readLogs({ service: cursor.service, from: cursor.from, count, raw });
    const lost = Math.max(0, Math.min(window.first, window.next) - cursor.from);
    cursor.buffered.push(...window.lines);
    cursor.from = nextOf(window, cursor.from);
    cursor.isDrained = cursor.from >= Math.min(window.next, cursor.until);
    return lost > 0 ? { service: cursor.service, lost } : undefined;
  }

  return {
    begin: (service, { from, until = Infinity }) => {
      cursors.set(service, { service, from, until, buffered: [], isDrained: from >= until });
    },
    read: async (emit) => {
      for (const cursor of cursors.values()) cursor.isDrained = cursor.from >= cursor.until;
      for (;;) {
        const hungry = [...cursors.values()].filter((cursor) => !cursor.isDrained && cursor.buffered.length === 0);
        const lost = await Promise.all(hungry.map(fill));
        const lines = takeOrdered([...cursors.values()]);
        const items = [...lost.filter((item) => item !== undefined), ...lines];
        if (items.length > 0) await emit(items);
        if ([...cursors.values()].every((cursor) => cursor.isDrained && cursor.buffered.length === 0)) return;
      }
    },
  };
}

function nextOf(window: LogWindow, from: number): number {
  const last = window.lines.at(-1);
  return last === undefined ? Math.max(from, Math.min(window.first, window.next)) : last.seq + 1;
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
