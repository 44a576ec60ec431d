// What the core asks the system to do. Effects are plain data; the supervisor performs them and
// reports back with observations. A timer is never cancelled: it carries the epoch that asked for it.

import type { Command as ShellCommand, Probe, ServiceName } from '../model/project.ts';
import type { RememberedChoice } from '../ports/remembered-choice.ts';
import type { ProcessIdentity } from '../model/run.ts';
import type { ContainerCard } from '../model/port-owner.ts';

export type TimerKind =
  | 'probe'
  | 'settle'
  | 'grace'
  | 'survivors'
  | 'backoff'
  | 'hookTimeout'
  | 'hookRetry'
  | 'portRetry';

export type Effect =
  | {
      readonly type: 'checkPort';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly port: number;
      /** Its datagrams count as well. */
      readonly isUdp?: boolean;
    }
  /** `exact` asks for that port or a refusal; without it, the next free one. */
  | {
      readonly type: 'findPort';
      readonly service: ServiceName;
      readonly epoch: number;
      /** Of the one under `ports:` that is meant; undefined for the first. */
      readonly name: string | undefined;
      readonly purpose: 'suggest' | 'move';
      readonly exact: number | undefined;
    }
  | {
      readonly type: 'stopOwners';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly port: number;
      /** They have the port for datagrams. */
      readonly isUdp?: boolean;
      readonly owners: readonly ProcessIdentity[];
      readonly graceMs: number;
    }
  /** Do the same without a question the next time. */
  | { readonly type: 'remember'; readonly service: ServiceName; readonly choice: RememberedChoice }
  /** Prove that the server on the port can replace the service, and watch it. */
  | {
      readonly type: 'adopt';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly run: number;
      readonly port: number;
      readonly owners: readonly ProcessIdentity[];
      readonly probe: Probe | undefined;
    }
  /** Watch the server that stood in for the service no more. It is not signalled. */
  | { readonly type: 'letGo'; readonly service: ServiceName; readonly run: number }
  | {
      readonly type: 'stopContainer';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly port: number;
      readonly container: ContainerCard;
    }
  | {
      readonly type: 'spawn';
      readonly service: ServiceName;
      readonly run: number;
      /** Start this command of `before` in place of the service, counted from 0. */
      readonly hook: number | undefined;
      readonly ports: Readonly<Record<ServiceName, number>>;
    }
  /** Have Compose say what its file has for the service: `composeRead` or `composeUnreadable`. */
  | { readonly type: 'readCompose'; readonly service: ServiceName }
  /** The start of a container is wanted no more; `spawned` and `spawnFailed` come all the same. */
  | { readonly type: 'abandonStart'; readonly service: ServiceName; readonly run: number }
  /** The run is ready for the first time: run the commands of `after`. */
  | { readonly type: 'runAfterHooks'; readonly service: ServiceName; readonly run: number }
  | { readonly type: 'watchReadyLine'; readonly service: ServiceName; readonly run: number; readonly pattern: string }
  | { readonly type: 'probe'; readonly service: ServiceName; readonly run: number; readonly probe: Probe }
  | {
      readonly type: 'runStopCommand';
      readonly service: ServiceName;
      readonly run: number;
      readonly command: ShellCommand;
      readonly timeoutMs: number;
    }
  | {
      readonly type: 'signalTree';
      readonly service: ServiceName;
      readonly run: number;
      /** Undefined: the one that asks it to end, as the image of a container says. */
      readonly signal: NodeJS.Signals | undefined;
    }
  /** Keys into the service's terminal. */
  | { readonly type: 'typeInto'; readonly service: ServiceName; readonly run: number; readonly text: string }
  /** Look at the tree until nothing of it is left, then say `treeGone`. */
  | { readonly type: 'watchTree'; readonly service: ServiceName; readonly run: number }
  /** Read what the run wrote last, and look in it for a port that could not be had. `port` is meant when it names none. */
  | {
      readonly type: 'inspectExit';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly port: number | undefined;
    }
  /** Name what is still there, as `treeSurvived`. */
  | { readonly type: 'listSurvivors'; readonly service: ServiceName; readonly run: number }
  | {
      readonly type: 'startTimer';
      readonly service: ServiceName;
      readonly epoch: number;
      readonly kind: TimerKind;
      readonly delayMs: number;
    }
  /** A line of our own in the service's log. */
  | { readonly type: 'note'; readonly service: ServiceName; readonly text: string };

export type EffectOf<T extends Effect['type']> = Extract<Effect, { type: T }>;
