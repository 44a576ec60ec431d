// Everything that can happen to a session: commands from people, observations from the system, timers.

import type { ComposeFacts } from '../model/compose-facts.ts';
import type { ListenerVerdict } from '../ports/drift.ts';
import type { PortUse } from '../model/port-facts.ts';
import type { PortQuestion } from '../ports/port-question.ts';
import type { Prompt } from '../output/prompt.ts';
import type { ProgramStatus } from '../terminal/program-status.ts';
import type { Project, ServiceName } from '../model/project.ts';
import type { RememberedChoice } from '../ports/remembered-choice.ts';
import type { ExitFact, ExternalOwner, ProcessIdentity, RunContainer } from '../model/run.ts';
import type { HealthFact, Leftover } from '../model/service.ts';
import type { ConflictDecision, StartOptions } from '../session/session.ts';
import type { TimerKind } from './effects.ts';

/** A service that ended said that it could not have a port. */
export interface ExitFinding {
  /** Another process had it, or it was not allowed. */
  readonly trouble: 'taken' | 'not permitted';
  /** The program that said it: `PostgreSQL`, `Node.js`; `the service` when that is not known. */
  readonly program: string;
  /** That port as the kernel has it now; undefined when neither the output nor the config says which one. */
  readonly use: PortUse | undefined;
  /** What was decided about such a conflict before. */
  readonly remembered?: RememberedChoice | undefined;
}

export type Command =
  | { readonly type: 'start'; readonly names: readonly ServiceName[]; readonly options: StartOptions }
  | { readonly type: 'stop'; readonly names: readonly ServiceName[]; readonly isForced: boolean; readonly by?: string }
  | {
      readonly type: 'restart';
      readonly names: readonly ServiceName[];
      /** Ports that replace those of the config. */
      readonly ports?: Readonly<Record<ServiceName, number>>;
      readonly by?: string;
    }
  | { readonly type: 'resolveConflict'; readonly service: ServiceName; readonly decision: ConflictDecision }
  /** Its services replace the services of the session. */
  | { readonly type: 'applyConfig'; readonly project: Project; readonly by?: string }
  | { readonly type: 'shutdown'; readonly isForced: boolean; readonly by?: string };

export type Observation =
  | { readonly type: 'attendanceChanged'; readonly isAttended: boolean }
  | {
      readonly type: 'portChecked';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly use: PortUse;
      /** What was decided about such a conflict before. */
      readonly remembered?: RememberedChoice | undefined;
      /** A container of this very service has it, which the start takes over or removes. */
      readonly isOwnContainer?: boolean;
    }
  | {
      readonly type: 'portFound';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly port: number;
      readonly purpose: 'suggest' | 'move';
    }
  | { readonly type: 'portRefused'; readonly service: ServiceName; readonly epoch: number; readonly message: string }
  | {
      readonly type: 'ownersStopping';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly progress: string;
    }
  | {
      readonly type: 'ownersStopped';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly isFree: boolean;
      readonly message: string;
      /** Why it does not help to stop the owner again: a clause. */
      readonly comesBack?: string;
    }
  | {
      readonly type: 'adopted';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly run: number;
      /** Never empty. */
      readonly owners: readonly ExternalOwner[];
      readonly health: Omit<HealthFact, 'checkedAtMs'> | undefined;
    }
  | { readonly type: 'reuseRefused'; readonly service: ServiceName; readonly epoch: number; readonly message: string }
  /** The reason is the end of a sentence. */
  | { readonly type: 'externalGone'; readonly service: ServiceName; readonly run: number; readonly reason: string }
  | { readonly type: 'spawned'; readonly service: ServiceName; readonly run: number; readonly leader: ProcessIdentity }
  | {
      readonly type: 'spawnFailed';
      readonly service: ServiceName;
      readonly run: number;
      readonly reason: string;
      /** The container engine is what is missing. */
      readonly awaitsEngine?: boolean;
    }
  /** The container runs. */
  | {
      readonly type: 'containerStarted';
      readonly service: ServiceName;
      readonly run: number;
      readonly container: RunContainer;
      /** The first one that is published, which the engine may have chosen. */
      readonly chosenPort?: { readonly port: number; readonly inside: number };
    }
  | { readonly type: 'composeRead'; readonly service: ServiceName; readonly facts: ComposeFacts }
  | {
      readonly type: 'composeUnreadable';
      readonly service: ServiceName;
      /** The end of a sentence. */
      readonly problem: string;
      readonly awaitsEngine?: boolean;
    }
  /** The command of the service has started this container; undefined: it has ended. */
  | {
      readonly type: 'containerProven';
      readonly service: ServiceName;
      readonly run: number;
      readonly container: RunContainer | undefined;
    }
  /** What a start that takes its time is busy with. */
  | { readonly type: 'startProgress'; readonly service: ServiceName; readonly run: number; readonly progress: string }
  /** The container cannot work, though it runs; or it can again. */
  | {
      readonly type: 'containerHindered';
      readonly service: ServiceName;
      readonly run: number;
      readonly hindrance: string | undefined;
    }
  /** The container engine answers again, or for the first time. */
  | { readonly type: 'engineFound' }
  | {
      readonly type: 'processExited';
      readonly service: ServiceName;
      readonly run: number;
      readonly exit: Omit<ExitFact, 'atMs'>;
    }
  /** The leader had ended by itself when the rest of its tree was signalled: this many. */
  | { readonly type: 'leftBehind'; readonly service: ServiceName; readonly run: number; readonly count: number }
  | { readonly type: 'stopCommandEnded'; readonly service: ServiceName; readonly run: number }
  | { readonly type: 'treeGone'; readonly service: ServiceName; readonly run: number }
  | {
      readonly type: 'exitInspected';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly finding: ExitFinding | undefined;
      /** What it wrote last, cleaned, oldest first; blank lines left out. */
      readonly lastLines: readonly string[];
      /** The line that says why. */
      readonly errorLine: string | undefined;
    }
  | {
      readonly type: 'treeSurvived';
      readonly service: ServiceName;
      readonly run: number;
      readonly leftovers: readonly Leftover[];
    }
  | {
      readonly type: 'listenersJudged';
      readonly service: ServiceName;
      readonly run: number;
      readonly verdict: ListenerVerdict;
      /** Command lines of the processes that listen elsewhere, or of the second listener. */
      readonly commands: readonly string[];
    }
  /** Watched files, relative to the root of the project; printable. */
  | { readonly type: 'filesChanged'; readonly service: ServiceName; readonly files: readonly string[] }
  /** The globs of `watch` that match no file now. */
  | { readonly type: 'globsUnmatched'; readonly service: ServiceName; readonly globs: readonly string[] }
  | {
      readonly type: 'portAsked';
      readonly service: ServiceName;
      readonly run: number;
      /** Undefined: it waits for no answer any more. */
      readonly question: PortQuestion | undefined;
      /** The port in question as the kernel has it now. */
      readonly use: PortUse | undefined;
    }
  | {
      readonly type: 'promptSeen';
      readonly service: ServiceName;
      readonly run: number;
      /** Undefined: it waits for no answer any more. */
      readonly prompt: Prompt | undefined;
    }
  | {
      readonly type: 'statusTold';
      readonly service: ServiceName;
      readonly run: number;
      /** Undefined: it takes back what it told. */
      readonly status: ProgramStatus | undefined;
    }
  | { readonly type: 'readyLineSeen'; readonly service: ServiceName; readonly run: number }
  | {
      readonly type: 'probed';
      readonly service: ServiceName;
      readonly run: number;
      readonly result: Omit<HealthFact, 'checkedAtMs'>;
    }
  | { readonly type: 'timerFired'; readonly service: ServiceName; readonly epoch: number; readonly kind: TimerKind };

export type Input = Command | Observation;
