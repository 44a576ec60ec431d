// What a log pane shows: lines in order, each with a place that is counted on upward, and where in them one stands.
// One service unfiltered is a window on its numbered lines (log-window); everything else is gathered (gathered-feed).

import type { ServiceName } from '../../core/model/project.ts';
import type { LogLine } from '../../core/session/log-query.ts';

export interface FeedLine {
  readonly service: ServiceName;
  readonly line: LogLine;
}

export interface LogPosition {
  /** The newest lines stay in sight as they come. */
  readonly isFollowing: boolean;
  /** The place of the first line in sight when not following … */
  readonly top: number;
  /** … and how many of its wrapped rows are above the edge. */
  readonly topRow: number;
}

export const FOLLOWING: LogPosition = { isFollowing: true, top: 0, topRow: 0 };

export interface LogFeed {
  readonly position: LogPosition;
  /** The oldest place there is, and one past the newest; undefined until the session told. */
  readonly bounds: { readonly first: number; readonly next: number } | undefined;
  /** One past the newest line that is at hand. */
  readonly end: number;
  /** Lines that came since following ended. */
  readonly unseen: number;
  /** How the last question to the session went wrong. */
  readonly problem: string | undefined;
  /** Lines are still being looked for. */
  readonly isLooking: boolean;
  /** Undefined for a line that is not at hand. */
  at(place: number): FeedLine | undefined;
  placeOf(service: ServiceName, seq: number): number | undefined;
  /** How many rows are in sight; 0 asks for nothing. */
  setHeight(rows: number): void;
  /** The session has lines up to here, by service. */
  advance(next: Readonly<Record<ServiceName, number>>): void;
  moveTo(position: LogPosition): void;
  follow(): void;
  toOldest(): void;
  /** Brings a line into the middle. */
  goTo(target: FeedLine): void;
  close(): void;
}
