// A start-up: the starts of several services that belong together, phase by phase.
// Times are milliseconds since it began.

import type { ServiceName } from '../model/project.ts';

/**
 * What a service does on its way: it waits for others, or for a decision about its port; its `before` commands run; it was
 * started and is not ready yet; it crashed on the way and pauses.
 */
export type StartPhase = 'waiting' | 'conflict' | 'before' | 'starting' | 'backoff';

/** `ready` also for a task that has completed; `stopped` for what somebody stopped on the way. */
export type StartOutcome = 'coming' | 'ready' | 'failed' | 'stopped';

export interface PhaseSpan {
  readonly phase: StartPhase;
  readonly fromMs: number;
  /** Null while it lasts. */
  readonly toMs: number | null;
}

export interface ServiceStart {
  readonly service: ServiceName;
  readonly dependsOn: readonly ServiceName[];
  /** Sorted by time, without gaps. */
  readonly phases: readonly PhaseSpan[];
  readonly outcome: StartOutcome;
  /** When the outcome came; null while it is on its way. */
  readonly doneMs: number | null;
}

/** How long a start took, phase by phase. */
export interface StartTimes {
  /** For dependencies, a free port, a decision about a taken one. */
  readonly waitingMs: number;
  /** In the commands of `before`, with the pauses between their tries. */
  readonly beforeMs: number;
  /** From the spawn of the service itself until it was ready. */
  readonly startingMs: number;
  /** From the wish until it was ready. */
  readonly readyMs: number;
}

/** The same of a start that may not be over; `readyMs` counts from the start-up on, and is null for what did not get ready. */
export interface PhaseTimes extends Omit<StartTimes, 'readyMs'> {
  readonly readyMs: number | null;
}

/** One step of the way that took longest: this service, from the end of the step before it on. */
export interface CriticalStep {
  readonly service: ServiceName;
  readonly ms: number;
}

export interface Startup {
  /** RFC 3339 UTC, when the first service began. */
  readonly at: string;
  /** Until the last service was ready, or until now. */
  readonly elapsedMs: number;
  /** Null while it lasts, and when not all services became ready. */
  readonly readyMs: number | null;
  /** In the order of the config. */
  readonly services: readonly ServiceStart[];
  /** The first service first; the steps add up to `elapsedMs` of the service that was last. */
  readonly criticalPath: readonly CriticalStep[];
  /** The median of earlier starts of the same services, at most ten; null when there were none. */
  readonly usualMs: number | null;
  /** How many those were. */
  readonly comparedStarts: number;
}
