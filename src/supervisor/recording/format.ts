// A recording as it lies in its file: JSON, one object a line. The first line says what the session began with. Each of the
// others is an input of the core, a fact, something that was measured, or lines of output, with its time.

import type { Input } from '../../core/messages/inputs.ts';
import type { SessionFact } from '../../core/session/events.ts';
import type { ServiceName, ServiceSpec } from '../../core/model/project.ts';
import type { ServiceState } from '../../core/model/service.ts';
import type { LogLine } from '../../core/session/log-query.ts';
import type { InsightView, SessionSnapshot } from '../../core/session/snapshot.ts';
import type { Alert } from '../../core/view/alerts.ts';
import type { TreeFacts } from '../../core/view/view.ts';

/** Raised when a recording of before can no longer be shown. */
export const RECORDING_FORMAT = 2;

export interface RecordedBeginning {
  readonly recording: number;
  /** Of devdeck. */
  readonly version: string;
  readonly project: SessionSnapshot['project'];
  /** A monotonic time of the recording and this are milliseconds since the epoch. */
  readonly wallOffsetMs: number;
  readonly services: readonly ServiceSpec[];
}

export interface RecordedStep {
  /** Monotonic; so in all entries. */
  readonly atMs: number;
  readonly input: Input;
  /** Services in another state than before; null for one that has left the session. */
  readonly states: Readonly<Record<ServiceName, ServiceState['status'] | null>>;
}

/** What views show beside the state; each part as it is until the next entry that has it. */
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
  /** So many before them were too many to record. */
  readonly left: number;
}

export type RecordedEntry =
  | RecordedStep
  | { readonly atMs: number; readonly fact: SessionFact }
  | { readonly atMs: number; readonly seen: Seen }
  | RecordedLines;
