// The counters of a session. No counter ever decreases while the session runs.

import type { ServiceName } from '../model/project.ts';
import type { ConflictOutcome } from './events.ts';

/** How often a value was at most each bound and above the one before; the last count is of those above all bounds. */
export interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}

export interface ServiceTallies {
  /** Without a request. */
  readonly restarts: number;
  /** Of all its processes. */
  readonly cpuSeconds: number;
  readonly logLines: number;
  /** Of level error or worse. */
  readonly errorLines: number;
  /** Of each start: from the moment when nothing held it up any more until it was ready. */
  readonly startSeconds: Histogram;
  /** Of each start: from the wish until it was ready. */
  readonly readySeconds: Histogram;
  /** Of each answer of its health check. */
  readonly probeSeconds: Histogram;
  /** The rules of its alerts. */
  readonly rules: readonly { readonly rule: string; readonly severity: string }[];
}

export interface SessionTallies {
  readonly services: Readonly<Record<ServiceName, ServiceTallies>>;
  /** Port conflicts, by how they ended. */
  readonly conflicts: Readonly<Record<ConflictOutcome, number>>;
}
