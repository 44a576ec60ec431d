// What outlives a session: the events of all sessions, and the usage of services by the minute.

import type { ServiceName } from '../model/project.ts';
import type { EventFact } from './events.ts';

/** One fact of the past: its time (RFC 3339 UTC), and the actor that asked for it; null when nobody did. */
export type HistoryItem = { readonly at: string; readonly actor: string | null } & Omitted<EventFact, 'actor'>;

/** Of each of the kinds on its own. */
type Omitted<Fact, Key extends string> = Fact extends unknown ? Omit<Fact, Key> : never;

/** What a service used in one stretch of time; older stretches are longer. */
export interface MinuteRow {
  readonly service: ServiceName;
  /** When it began: minutes since the epoch. */
  readonly minute: number;
  /** Of one core, on average; null when it was not known. */
  readonly cpuPercent: number | null;
  readonly leastRssBytes: number;
  readonly mostRssBytes: number;
  readonly errors: number;
  readonly lines: number;
  /** Of its health checks, on average; null without any. */
  readonly latencyMs: number | null;
}

/** A service, or for null the session, was in this state from then on. Read without the rest of its fact: there are many. */
export interface StateChange {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly service: ServiceName | null;
  readonly state: string;
}

export interface HistoryQuery {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** All types unless given. */
  readonly types?: readonly EventFact['type'][];
  /** All services, and what concerns none, unless given. */
  readonly services?: readonly ServiceName[];
  /** No more than so many, the newest. All unless given. */
  readonly newest?: number;
}
