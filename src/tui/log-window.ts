// The part of one service's log that is in sight: where it begins, whether it follows the end, and which lines are at
// hand. Asks the session only for what is shown and a little around it; of several questions only the newest matters.

import type { LogLine, LogQuery, LogWindow as LogAnswer } from '../core/session.ts';

interface LogPosition {
  /** The newest lines stay in sight as they come. */
  readonly isFollowing: boolean;
  /** The first line in sight when not following … */
  readonly top: number;
  /** … and how many of its wrapped rows are above the edge. */
  readonly topRow: number;
}

const FOLLOWING: LogPosition = { isFollowing: true, top: 0, topRow: 0 };

export interface LogWindow {
  readonly position: LogPosition;
  /** Lines at hand, without gaps. */
  readonly lines: readonly LogLine[];
  /** The oldest line there is, and one past the newest; undefined until the session told. */
  readonly bounds: { readonly first: number; readonly next: number } | undefined;
  /** Lines that came since following ended. */
  readonly unseen: number;
  /** How the last question to the session went wrong. */
  readonly problem: string | undefined;
  /** How many rows are in sight. */
  setHeight(rows: number): void;
  /** The session has lines up to here. */
  advance(next: number): void;
  moveTo(position: LogPosition): void;
  follow(): void;
  line(seq: number): LogLine | undefined;
}

export function createLogWindow(options: {
  readonly service: string;
  readonly read: (query: LogQuery) => Promise<LogAnswer>;
  /** The lines in sight may be others now. */
  readonly onChange: () => void;
}): LogWindow {
  let height = 0;
  let position = FOLLOWING;
  let lines: readonly LogLine[] = [];
  let bounds: { readonly first: number; readonly next: number } | undefined;
  let seenNext = 0;
  let problem: string | undefined;
  let isAsking = false;

  /** What must be at hand, and what to ask for if it is not. */
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
    return { service: options.service, from, count: Math.max(1, count) };
  }

  function isAtHand(from: number, to: number): boolean {
    if (bounds === undefined) return false;
    if (from >= to) return true;
    const first = lines[0]?.seq;
    return first !== undefined && first <= from && first + lines.length >= to;
  }

  function fetch(): void {
    const want = wanted();
    if (isAsking || want === undefined || isAtHand(want.from, want.to)) return;
    isAsking = true;
    options.read(want.ask).then(
      (answer) => {
        isAsking = false;
        problem = undefined;
        const isNews =
          answer.next !== bounds?.next ||
          answer.first !== bounds.first ||
          answer.lines[0]?.seq !== lines[0]?.seq ||
          answer.lines.length !== lines.length;
        bounds = { first: answer.first, next: Math.max(answer.next, bounds?.next ?? answer.next) };
        if (position.isFollowing) seenNext = bounds.next;
        if (answer.lines.length > 0) lines = answer.lines;
        options.onChange();
        // An answer with nothing new would be given again and again: wait for news of the session instead.
        if (isNews) fetch();
      },
      (error: unknown) => {
        isAsking = false;
        problem = error instanceof Error ? error.message : String(error);
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

  return {
    get position() {
      return position;
    },
    get lines() {
      return lines;
    },
    get bounds() {
      return bounds;
    },
    get unseen() {
      return position.isFollowing || bounds === undefined ? 0 : bounds.next - seenNext;
    },
    get problem() {
      return problem;
    },
    setHeight(rows) {
      height = rows;
      fetch();
    },
    advance(next) {
      if (bounds === undefined || next <= bounds.next) return;
      bounds = { ...bounds, next };
      if (!position.isFollowing) options.onChange();
      fetch();
    },
    moveTo,
    follow: () => moveTo(FOLLOWING),
    line: (seq) => lines[seq - (lines[0]?.seq ?? 0)],
  };
}
