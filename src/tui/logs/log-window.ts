// The unfiltered log of one service: a window on its numbered lines, at any place. It requests only the visible lines
// and a few around them. Of several requests only the newest matters.

import { messageOf } from '../../errors.ts';
import type { LogLine, LogQuery, LogWindow as LogAnswer } from '../../core/session/log-query.ts';
import { FOLLOWING, type LogFeed, type LogPosition } from './log-feed.ts';

export function createLogWindow(options: {
  readonly service: string;
  readonly read: (query: LogQuery) => Promise<LogAnswer>;
  /** Older lines are hidden. */
  readonly floor: number;
  /** The visible lines may have changed. */
  readonly onChange: () => void;
}): LogFeed {
  const { service } = options;
  let height = 0;
  let isClosed = false;
  let position: LogPosition = FOLLOWING;
  let lines: readonly LogLine[] = [];
  let bounds: { readonly first: number; readonly next: number } | undefined;
  let seenNext = 0;
  let problem: string | undefined;
  let isAsking = false;
  /** The newest line had no end yet, and has changed. */
  let isTailStale = false;

  /** The lines that must be loaded, and the lines to request if they are not. */
  function wanted(): { readonly from: number; readonly to: number; readonly ask: LogQuery } | undefined {
    if (height === 0) return undefined;
    if (bounds === undefined) return { from: 0, to: 1, ask: query(0, height) };
    if (position.isFollowing) {
      const from = Math.max(bounds.first, Math.min(0, bounds.next), bounds.next - height);
      return { from, to: bounds.next, ask: query(from, bounds.next - from) };
    }
    const from = Math.max(bounds.first, position.top - height);
    const to = Math.min(bounds.next, position.top + 2 * height);
    const visible = { from: Math.max(bounds.first, position.top), to: Math.min(bounds.next, position.top + height) };
    return { ...visible, ask: query(from, to - from) };
  }

  function query(from: number, count: number): LogQuery {
    return { service, from, count: Math.max(1, count) };
  }

  function isAtHand(from: number, to: number): boolean {
    if (bounds === undefined || isTailStale) return false;
    if (from >= to) return true;
    const first = lines[0]?.seq;
    return first !== undefined && first <= from && first + lines.length >= to;
  }

  function fetch(): void {
    const want = wanted();
    if (isAsking || want === undefined || isAtHand(want.from, want.to)) return;
    isAsking = true;
    isTailStale = false;
    options.read(want.ask).then(
      (answer) => {
        isAsking = false;
        if (isClosed) return;
        problem = undefined;
        const first = Math.min(Math.max(answer.first, options.floor), answer.next);
        const isNews =
          first !== bounds?.first || answer.lines[0]?.seq !== lines[0]?.seq || answer.lines.length !== lines.length;
        if (bounds === undefined) seenNext = answer.next;
        // The session reports lines that arrived since the request. Requesting them at once would read a service that
        // writes without a pause as fast as the session can answer.
        // writes without a pause would be read as fast as the session can answer.
        bounds = { first, next: bounds?.next ?? answer.next };
        if (position.isFollowing) seenNext = bounds.next;
        if (answer.lines.length > 0) lines = answer.lines;
        options.onChange();
        // The same request would get the same answer: wait for news of the session.
        if (isNews) fetch();
      },
      (error: unknown) => {
        isAsking = false;
        problem = messageOf(error);
        options.onChange();
      },
    );
  }

  function moveTo(next: LogPosition): void {
    position = next;
    if (next.isFollowing && bounds) seenNext = bounds.next;
    options.onChange();
    fetch();
  }

  const endOf = (): number => {
    const last = lines.at(-1);
    return last === undefined ? 0 : last.seq + 1;
  };
  const lineAt = (seq: number): LogLine | undefined => lines[seq - (lines[0]?.seq ?? 0)];

  return {
    get position() {
      return position;
    },
    get bounds() {
      return bounds;
    },
    get end() {
      return endOf();
    },
    get unseen() {
      return position.isFollowing || bounds === undefined ? 0 : bounds.next - seenNext;
    },
    get problem() {
      return problem;
    },
    isLooking: false,
    at(place) {
      const line = place < (bounds?.first ?? 0) ? undefined : lineAt(place);
      return line === undefined ? undefined : { service, line };
    },
    placeOf: (name, seq) => (name === service && bounds && seq >= bounds.first && seq < bounds.next ? seq : undefined),
    setHeight(rows) {
      height = rows;
      fetch();
    },
    advance(news) {
      const next = news[service];
      if (next === undefined || bounds === undefined) return;
      // Lines that the program redraws in place change, and may become fewer.
      isTailStale ||= lines.at(-1)?.partial === true || next <= bounds.next;
      if (next !== bounds.next) {
        bounds = { ...bounds, next };
        if (!position.isFollowing) options.onChange();
      }
      fetch();
    },
    moveTo,
    follow: () => moveTo(FOLLOWING),
    toOldest() {
      if (bounds) moveTo({ isFollowing: false, top: bounds.first, topRow: 0 });
    },
    goTo({ line }) {
      const top = Math.max(bounds?.first ?? line.seq, line.seq - Math.floor(height / 2));
      moveTo({ isFollowing: false, top, topRow: 0 });
    },
    close() {
      isClosed = true;
    },
  };
}
