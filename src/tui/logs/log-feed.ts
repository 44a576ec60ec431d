// The lines of a log pane in order, each with a numbered place, and the pane's position in them. One service without a
// filter is a window on its numbered lines (log-window). Everything else is gathered (gathered-feed).

import type { ServiceName } from '../../core/model/project.ts';
import type { LogLine } from '../../core/session/log-query.ts';

export interface FeedLine {
  readonly service: ServiceName;
  readonly line: LogLine;
}

export interface LogPosition {
  /** The newest lines stay visible. */
  readonly isFollowing: boolean;
  /** The place of the first visible line if not following … */
  readonly top: number;
  /** … and how many of its wrapped rows are above the edge. */
  readonly topRow: number;
}

export const FOLLOWING: LogPosition = { isFollowing: true, top: 0, topRow: 0 };

export interface LogFeed {
  readonly position: LogPosition;
  /** The oldest place, and one past the newest; undefined until the session answers. */
  readonly bounds: { readonly first: number; readonly next: number } | undefined;
  /** One past the newest loaded line. */
  readonly end: number;
  /** Lines that came since following ended. */
  readonly unseen: number;
  /** Why the last request to the session failed. */
  readonly problem: string | undefined;
  /** The search for lines still runs. */
  readonly isLooking: boolean;
  /** Undefined for a line that is not loaded. */
  at(place: number): FeedLine | undefined;
  placeOf(service: ServiceName, seq: number): number | undefined;
  /** The number of visible rows; 0 requests nothing. */
  setHeight(rows: number): void;
  /** The session has lines up to here, by service. */
  advance(next: Readonly<Record<ServiceName, number>>): void;
  moveTo(position: LogPosition): void;
  follow(): void;
  toOldest(): void;
  /** Moves to a line, and puts it in the middle. */
  goTo(target: FeedLine): void;
  close(): void;
}
