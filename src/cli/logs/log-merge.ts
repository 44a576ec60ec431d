// Reads the output of several services in the order in which it was written: each service is an ordered
// sequence of its own, and the times of the lines put them in one order. No line is lost or told twice.
// Trap: while one service is many windows behind, lines of the others that are later must wait for it.

import { takeOrdered, type Strand } from '../../core/logs/time-order.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { LogLine } from '../../core/session/log-query.ts';
import type { Session } from '../../core/session/session.ts';
import type { LostLines } from '../text/log-lines.ts';

export interface MergedLine extends LogLine {
  readonly service: ServiceName;
}

export function isLost(item: MergedLine | LostLines): item is LostLines {
  return 'lost' in item;
}

interface Cursor extends Strand<MergedLine> {
  readonly service: ServiceName;
  readonly until: number;
  /** The next line to ask for. */
  from: number;
  /** The end of this round: the lines at its start. A service that never pauses must not delay it forever. */
  goal: number | undefined;
  at: string;
  isDone: boolean;
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
      cursors.set(service, { service, from, until, goal: undefined, found: [], at: '', isDone: false });
    },
    read: async (emit) => {
      const all = [...cursors.values()];
      for (const cursor of all) {
        cursor.goal = undefined;
        cursor.isDone = cursor.from >= cursor.until;
      }
      while (all.some((cursor) => !cursor.isDone || cursor.found.length > 0)) {
        const hungry = all.filter((cursor) => !cursor.isDone && cursor.found.length === 0);
        const lost = await Promise.all(hungry.map((cursor) => fill(cursor, session, { raw })));
        const items = [...lost.filter((item) => item !== undefined), ...takeOrdered(all, ({ time }) => time)];
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
  const count = Math.min(WINDOW_LINES, until - from);
  const { lines, first, next } = await session.readLogs({ service, from, count, raw });
  // With --follow a line waits for its end; without, it is printed as far as it exists.
  const whole = lines.filter((line) => line.seq < until && (until !== Infinity || line.partial !== true));
  cursor.goal ??= Math.min(next, until);
  cursor.found.push(...whole.map((line) => ({ ...line, service })));
  cursor.at = whole.at(-1)?.time ?? cursor.at;
  const kept = Math.min(first, next);
  // A window without lines below the goal is a hole in the numbers.
  const beyond = from < kept ? kept : Math.min(from + count, cursor.goal);
  cursor.from = lines.length === 0 ? beyond : (whole.at(-1)?.seq ?? from - 1) + 1;
  cursor.isDone = whole.length < lines.length || cursor.from >= cursor.goal;
  const lost = kept - from;
  return lost > 0 ? { service, lost } : undefined;
}
