// The file of a recording: JSON, one object a line. The first line holds the start of the session. Each other line is
// an input of the core, an event, a measurement, or lines of output, with its time.

import type { Input } from '../../core/messages/inputs.ts';
import type { SessionFact } from '../../core/session/events.ts';
import type { ServiceName, ServiceSpec } from '../../core/model/project.ts';
import type { ServiceState } from '../../core/model/service.ts';
import type { LogLine } from '../../core/session/log-query.ts';
import type { InsightView, SessionSnapshot } from '../../core/session/snapshot.ts';
import type { Alert } from '../../core/view/alerts.ts';
import type { TreeFacts } from '../../core/view/view.ts';

/** Raised when older recordings can no longer be shown. */
export const RECORDING_FORMAT = 2;

export interface RecordedBeginning {
  readonly recording: number;
  /** Of devdeck. */
  readonly version: string;
  readonly project: SessionSnapshot['project'];
  /** A monotonic time of the recording plus this is milliseconds since the epoch. */
  readonly wallOffsetMs: number;
  readonly services: readonly ServiceSpec[];
}

export interface RecordedStep {
  /** Monotonic, like all entries. */
  readonly atMs: number;
  readonly input: Input;
  /** Services with a changed state; null for a service that has left the session. */
  readonly states: Readonly<Record<ServiceName, ServiceState['status'] | null>>;
}

/** What views show beside the state. Each part is valid until the next entry that has it. */
export interface Seen {
  readonly trees?: readonly (readonly [ServiceName, TreeFacts])[];
  readonly alerts?: readonly (readonly [ServiceName, readonly Alert[]])[];
  readonly insights?: readonly (readonly [ServiceName, readonly InsightView[]])[];
  readonly session?: SessionSnapshot['session'];
  readonly logFiles?: Readonly<Record<ServiceName, string>>;
}

export interface RecordedLines {
  readonly atMs: number;
  readonly service: ServiceName;
  readonly lines: readonly LogLine[];
  /** The number of lines before these that were too many to record. */
  readonly left: number;
}

export type RecordedEntry =
  | RecordedStep
  | { readonly atMs: number; readonly fact: SessionFact }
  | { readonly atMs: number; readonly seen: Seen }
  | RecordedLines;
