// The events of a session as plain facts: for `events`, and for the news of a returning screen.

import type { ServiceName } from '../model/project.ts';
import type { ConflictChoiceName, Severity } from '../model/vocabulary.ts';
import type { AlertKind, StateName } from './snapshot.ts';
import type { CriticalStep, PhaseTimes, StartTimes } from './startup.ts';

/** Every way in which a port conflict can end. */
export const CONFLICT_OUTCOMES = ['killed', 'rerouted', 'reused', 'retried', 'skipped', 'failed'] as const;
export type ConflictOutcome = (typeof CONFLICT_OUTCOMES)[number];

export type EventFact =
  | {
      readonly type: 'session';
      readonly state: 'started' | 'ending' | 'ended';
      readonly pid?: number;
      readonly version?: string;
    }
  /** It listens elsewhere now, because the folder of its socket was removed or is no longer private. */
  | { readonly type: 'session'; readonly state: 'moved'; readonly socket: string; readonly why: string }
  /** Records of another folder's session came with the project. They are not used. */
  | { readonly type: 'session'; readonly state: 'put aside'; readonly message: string }
  | {
      readonly type: 'state';
      readonly service: ServiceName;
      readonly state: StateName;
      readonly previous: StateName;
      readonly run: number;
      readonly why: string;
      /** The actor that asked for it, as people read it; absent when nobody did. The same in all facts. */
      readonly actor?: string;
    }
  | {
      readonly type: 'exit';
      readonly service: ServiceName;
      readonly run: number;
      readonly code: number | null;
      readonly signal: string | null;
      readonly actor?: string;
    }
  /** A new run takes the place of one that died, or of one that had to make room: `cause` continues after "restarted: ". */
  | {
      readonly type: 'restart';
      readonly service: ServiceName;
      /** Restarts of this session without a request. */
      readonly restarts: number;
      readonly cause: string;
      readonly actor?: string;
    }
  /** A run is ready for the first time. */
  | ({
      readonly type: 'start';
      readonly service: ServiceName;
      readonly run: number;
      readonly actor?: string;
    } & StartTimes)
  /** It ended, or could not begin, against the wish; `error` is the line that says why. */
  | {
      readonly type: 'crash';
      readonly service: ServiceName;
      readonly run: number;
      readonly code: number | null;
      readonly signal: string | null;
      readonly uptimeMs: number;
      readonly error: string;
    }
  /** Lines of level error that a service wrote since the last such fact, a minute ago at most; `line` is the last one. */
  | { readonly type: 'errors'; readonly service: ServiceName; readonly count: number; readonly line: string }
  | {
      readonly type: 'conflict';
      readonly service: ServiceName;
      readonly port: number;
      readonly owners: readonly { readonly name: string; readonly pid: number }[];
    }
  /** How it ended. */
  | {
      readonly type: 'conflictEnded';
      readonly service: ServiceName;
      readonly port: number;
      readonly outcome: ConflictOutcome;
    }
  | {
      readonly type: 'health';
      readonly service: ServiceName;
      readonly status: 'pass' | 'fail';
      readonly latencyMs: number;
      readonly message: string;
    }
  /** A way out of a conflict was chosen. */
  | {
      readonly type: 'decision';
      readonly service: ServiceName;
      readonly choice: ConflictChoiceName;
      readonly actor: string;
    }
  /** An agent asked for what needs a person's yes, and how that ended; `by` is the person. */
  | {
      readonly type: 'consent';
      readonly state: 'asked' | 'granted' | 'refused' | 'expired';
      readonly actor: string;
      readonly what: string;
      readonly by?: string;
    }
  /** A client asked for something that it may not do. Nothing was done. */
  | { readonly type: 'refused'; readonly actor: string; readonly what: string; readonly why: string }
  | {
      readonly type: 'lease';
      readonly state: 'locked' | 'unlocked' | 'ended';
      readonly service: ServiceName;
      readonly actor: string;
      readonly why: string;
    }
  /** A run of an action of the config, numbered from 1 within the session. */
  | {
      readonly type: 'action';
      readonly state: 'began';
      readonly service: ServiceName;
      readonly action: string;
      readonly run: number;
      readonly params: Readonly<Record<string, string>>;
      readonly actor: string;
    }
  | {
      readonly type: 'action';
      readonly state: 'ended';
      readonly service: ServiceName;
      readonly action: string;
      readonly run: number;
      readonly ok: boolean;
      readonly exitCode: number | null;
      readonly message: string;
      readonly durationMs: number;
      readonly actor: string;
    }
  /** An edited config was applied, with its changes; or it is invalid, with position and reason. */
  | { readonly type: 'config'; readonly state: 'applied'; readonly changes: readonly string[] }
  | { readonly type: 'config'; readonly state: 'unusable'; readonly problem: string }
  /** A rule of `alerts` was broken, or no longer is; `value` is in the unit of the limit, and was not known for null. */
  | {
      readonly type: 'alert';
      readonly service: ServiceName;
      readonly rule: AlertKind;
      readonly severity: Severity;
      readonly state: 'raised' | 'cleared';
      readonly value: number | null;
      readonly limit: number | null;
      readonly message: string;
    }
  /** Another commit is checked out, or the first that was seen. */
  | { readonly type: 'commit'; readonly commit: string; readonly branch: string | null }
  /** What becomes of the history when it cannot be kept as it should. */
  | { readonly type: 'history'; readonly state: 'put aside' | 'lost'; readonly message: string }
  /** Metrics are served there, or cannot be. */
  | { readonly type: 'metrics'; readonly url: string | null; readonly problem: string | null }
  /** One of the project's own checks failed beside a start, or passed again at a later one. */
  | { readonly type: 'check'; readonly name: string; readonly status: 'fail'; readonly message: string }
  | { readonly type: 'check'; readonly name: string; readonly status: 'pass' }
  | {
      readonly type: 'port';
      readonly service: ServiceName;
      readonly port: number | null;
      readonly previous: number | null;
    }
  /** Services came up together: all of them were ready after `readyMs`, or it is null because one was not. */
  | {
      readonly type: 'startup';
      readonly readyMs: number | null;
      readonly services: readonly ({ readonly service: ServiceName } & PhaseTimes)[];
      readonly criticalPath: readonly CriticalStep[];
    }
  /** The first screen has connected, or the last one has left. */
  | { readonly type: 'screen'; readonly state: 'came' | 'left' };

/** A fact, and when it happened (RFC 3339 UTC). */
export type SessionFact = { readonly time: string } & EventFact;

/** The newest facts, each with its number in the session, counted from 0. */
export interface FactWindow {
  readonly facts: readonly (SessionFact & { readonly seq: number })[];
  /** One past the newest fact. */
  readonly next: number;
}
