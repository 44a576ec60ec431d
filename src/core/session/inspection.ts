// A session's answers with details: about a service, its processes and its past.

import type { HealthView } from './snapshot.ts';
import type { ServiceName } from '../model/project.ts';

export interface ProbeReport {
  readonly service: ServiceName;
  /** Null when the service has no probe or does not run. */
  readonly health: HealthView | null;
  readonly message: string;
}

/** One process of a service. */
export interface ProcessView {
  readonly pid: number;
  readonly ppid: number;
  readonly name: string;
  /** Its arguments as the system tells them; the name where it does not. */
  readonly command: string;
  /** Of one core, since the look before; null at the first. */
  readonly cpuPercent: number | null;
  readonly rssBytes: number;
  /** Null where the system does not tell. */
  readonly threads: number | null;
  /** How far below a process without a parent in this service it stands: 0 for that one itself. */
  readonly depth: number;
}

export interface PastExit {
  readonly run: number;
  readonly code: number | null;
  readonly signal: string | null;
  readonly at: string;
  readonly uptimeMs: number;
  /** "exited with code 1", "restarted: main.py changed". */
  readonly reason: string;
  /** Somebody wanted it to end, or to make room for a newer run. */
  readonly isAsked: boolean;
  /** The line of its output that says why, if it failed. */
  readonly errorLine: string | null;
}

export interface EnvironmentVariable {
  readonly name: string;
  /** Secrets are masked. */
  readonly value: string;
  /** Handed on as the session got it from whoever opened it. */
  readonly isInherited: boolean;
}

/** What only somebody who looks at one service wants to know. */
export interface ServiceInspection {
  readonly service: ServiceName;
  /** Parents before their children. */
  readonly processes: readonly ProcessView[];
  /** How its last runs ended, oldest first; at most 10. */
  readonly exits: readonly PastExit[];
  /** What it was last started with, by name; empty before its first start. */
  readonly environment: readonly EnvironmentVariable[];
}

/** One value for each stretch of time, oldest first, the newest for now; null while nothing ran, or nobody looked. */
export interface UsageValues {
  /** Of one core. */
  readonly cpuPercent: readonly (number | null)[];
  readonly rssBytes: readonly (number | null)[];
}

/** What all services together used lately, a value for each `everyMs`. */
export interface UsageHistory extends UsageValues {
  readonly everyMs: number;
  /** The same of each service that has run, where it was asked for. */
  readonly services?: Readonly<Record<ServiceName, UsageValues>>;
}

/** The port of a service that does not run any more, held by who began after its last start. */
export interface HeldPort {
  readonly service: ServiceName;
  readonly port: number;
  /** Empty when they are hidden from us. */
  readonly owners: readonly { readonly pid: number; readonly name: string }[];
}
