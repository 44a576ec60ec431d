// What the core knows of one service: the intent (`wanted`, `generation`) and the fact (`state`).
// A restart is `generation + 1`; reconcile drives the fact to the intent. Each state carries only what
// exists while it lasts, so a pid cannot be read from a service that has none.

import type { ExitFact, ExitRecord, HookTry, Run, ComponentHealth } from './run.ts';
import type { ComposeFacts } from './compose-facts.ts';
import type { ConflictPolicy } from './vocabulary.ts';
import type { PortUse } from './port-facts.ts';
import { wantedMorePorts, type ServiceName, type ServiceSpec } from './project.ts';

/** A question of the service about a taken port. */
interface AskedPort {
  readonly port: number;
  readonly question: string;
  /** It may take the port that it offers: whenever it asks again, the answer is yes. */
  readonly isAccepted: boolean;
}

export interface HealthFact {
  readonly ok: boolean;
  readonly checkedAtMs: number;
  readonly latencyMs: number;
  readonly message: string;
  readonly components: readonly ComponentHealth[];
}

type ProbeFact = Pick<HealthFact, 'ok' | 'checkedAtMs' | 'latencyMs'>;

export interface Leftover {
  readonly pid: number;
  readonly name: string;
}

/** What a conflict is busy with. */
export type ConflictWork =
  | { readonly kind: 'idle' }
  | { readonly kind: 'stopping'; readonly progress: string }
  | { readonly kind: 'rerouting' }
  | { readonly kind: 'reusing' };

/** What a service waits for before it may start. */
export interface Blocker {
  readonly text: string;
  /** Waiting does not help: it failed, or ended, or is not wanted. */
  readonly isForGood: boolean;
}

export type StopCause =
  | { readonly kind: 'asked' }
  | { readonly kind: 'exited' }
  | { readonly kind: 'at fault'; readonly reason: string }
  /** It waits for an answer about this port, which is taken. */
  | { readonly kind: 'asks'; readonly port: number }
  /** What comes next cannot be started at all. */
  | { readonly kind: 'hopeless'; readonly reason: string };

export type ServiceState =
  | { readonly status: 'stopped'; readonly note: string | undefined }
  | { readonly status: 'waiting'; readonly blockers: readonly Blocker[] }
  | {
      readonly status: 'conflict';
      readonly generation: number;
      readonly use: PortUse;
      readonly sinceMs: number;
      readonly work: ConflictWork;
      /** The next step when the present one does not help. */
      readonly orElse: readonly ConflictPolicy[];
      /** Why stopping the owner does not help: something starts it again. */
      readonly comesBack: string | undefined;
      readonly suggestedPort: number | undefined;
      readonly problem: string | undefined;
    }
  /** `ownPort` is the port in use when the look began; after a conflict elsewhere another port is looked at. */
  | {
      readonly status: 'checking';
      readonly port: number;
      readonly ownPort: number | undefined;
      /** Why the system itself keeps the port back for a while; it is looked at again and again until it does not. */
      readonly keptBack: string | undefined;
    }
  | {
      readonly status: 'spawning';
      readonly number: number;
      readonly generation: number;
      readonly hook: HookTry | undefined;
      /** The run as it was with the command before this one. */
      readonly before: Run | undefined;
      /** The progress of a slow start: "pulling postgres:18, 34 %". */
      readonly progress: string | undefined;
      /** It was asked to stop before it had begun. */
      readonly isAbandoned: boolean;
    }
  /** A command of `before` runs. */
  | { readonly status: 'preparing'; readonly run: Run; readonly hook: HookTry }
  /** A command of `before` failed, and is tried again soon. Background processes of earlier ones may still run. */
  | {
      readonly status: 'pausing';
      readonly run: Run;
      readonly hook: HookTry;
      readonly reason: string;
      readonly dueAtMs: number;
    }
  | { readonly status: 'starting'; readonly run: Run }
  | { readonly status: 'ready'; readonly run: Run }
  | { readonly status: 'unhealthy'; readonly run: Run; readonly reason: string }
  | {
      readonly status: 'stopping';
      readonly run: Run;
      /** Asked for; the clean-up after the leader ended by itself; or its own fault, as a timeout. */
      readonly cause: StopCause;
      readonly isForced: boolean;
      readonly deadlineMs: number;
    }
  /** It failed, and nothing of it is left: its last words may say why, or that a port was taken. */
  | { readonly status: 'inspecting'; readonly run: Run; readonly reason: string | undefined }
  | { readonly status: 'backoff'; readonly generation: number; readonly reason: string; readonly dueAtMs: number }
  | { readonly status: 'exited'; readonly generation: number }
  | {
      readonly status: 'failed';
      readonly reason: string;
      readonly generation: number;
      /** The taken port, when that is the reason. */
      readonly conflict: { readonly use: PortUse; readonly sinceMs: number } | undefined;
      /** It starts again as soon as the container engine answers. */
      readonly awaitsEngine?: boolean;
    };

/** How watching the service's files went. */
export interface WatchFact {
  /** Restarts by a change that came soon after a start, one after the other. */
  readonly inARow: number;
  /** Set while watching pauses. */
  readonly pausedAtMs: number | undefined;
  /** The one that changed last. */
  readonly file: string;
  /** Globs that match no file that exists. */
  readonly unmatched: { readonly globs: readonly string[]; readonly sinceMs: number } | undefined;
}

export const UNWATCHED: WatchFact = { inARow: 0, pausedAtMs: undefined, file: '', unmatched: undefined };

/** What is known of the Compose file of a service. */
interface ComposeReading {
  readonly status: 'reading' | 'read' | 'unreadable';
  /** The spec that it was read for. */
  readonly generation: number;
  /** The service as `.project.config` alone has it. */
  readonly base: ServiceSpec;
  /** As it was read last. */
  readonly facts: ComposeFacts | undefined;
  /** Why it is unreadable; the end of a sentence. */
  readonly problem: string;
}

export interface Service {
  /** With what is known of its Compose file, if it has one. */
  readonly spec: ServiceSpec;
  /** Undefined for other services, and before the file was first asked for. */
  readonly compose: ComposeReading | undefined;
  readonly wanted: boolean;
  readonly generation: number;
  /** Why the newest generation began, while an older one may still run. */
  readonly renewal: string;
  /** The actor that caused its present action, as people read it; undefined when nobody did. */
  readonly by: string | undefined;
  /** The port asked for by the config or by `--port`. */
  readonly wantedPort: number | undefined;
  /** The port in use; differs from the wanted one after a reroute. */
  readonly port: number | undefined;
  /** Those of `ports:` in use, by name, beside the first. */
  readonly morePorts: Readonly<Record<string, number>>;
  /** No longer in the config: it leaves once nothing of it is left. */
  readonly isRemoved: boolean;
  /** Started with `--no-deps`: dependencies that are not wanted do not delay it. */
  readonly ignoresDependencies: boolean;
  /** Grows with every change of state; a timer of an older epoch changes nothing. */
  readonly epoch: number;
  readonly runs: number;
  /** Restarts of this session without a request. */
  readonly restarts: number;
  /** Restarts in a row without a stable run between. */
  readonly attempts: number;
  readonly hasCooledDown: boolean;
  readonly asked: AskedPort | undefined;
  /** Its port was refused it for datagrams once. */
  readonly takesDatagrams?: boolean;
  readonly state: ServiceState;
  readonly health: HealthFact | undefined;
  /** The last answers of the health probe in this run, oldest first. */
  readonly probes: readonly ProbeFact[];
  readonly exit: ExitFact | undefined;
  /** The last of them, oldest first. */
  readonly exits: readonly ExitRecord[];
  readonly watch: WatchFact;
  /** What it wrote last before it failed, oldest first; empty unless it failed. */
  readonly lastLines: readonly string[];
  /** The line of its output that says why it failed. */
  readonly errorLine: string | undefined;
  /** Processes that outlived SIGKILL. */
  readonly leftovers: readonly Leftover[];
}

export interface SessionState {
  /** In the order of the config. */
  readonly services: ReadonlyMap<ServiceName, Service>;
  /** The whole session is on its way out; nothing starts any more. */
  readonly isEnding: boolean;
  /** A person looks on and can decide. */
  readonly isAttended: boolean;
  /** Replaces every service's own policy for this session. */
  readonly onConflict: ConflictPolicy | undefined;
  /** Services that a change of the config took away. */
  readonly departed: ReadonlyMap<ServiceName, Departed>;
}

/** The next number of a service that returns: an answer to its former life must not fit the new one. */
export type Departed = Pick<Service, 'epoch' | 'runs'>;

export function createService(spec: ServiceSpec, { epoch, runs }: Departed = { epoch: 0, runs: 0 }): Service {
  return {
    spec,
    compose: undefined,
    wanted: false,
    generation: 0,
    renewal: '',
    by: undefined,
    wantedPort: spec.port?.wanted,
    port: spec.port?.wanted,
    morePorts: wantedMorePorts(spec),
    isRemoved: false,
    ignoresDependencies: false,
    epoch,
    runs,
    restarts: 0,
    attempts: 0,
    hasCooledDown: false,
    asked: undefined,
    state: { status: 'stopped', note: undefined },
    health: undefined,
    probes: [],
    exit: undefined,
    exits: [],
    watch: UNWATCHED,
    lastLines: [],
    errorLine: undefined,
    leftovers: [],
  };
}

export function createSessionState(specs: readonly ServiceSpec[]): SessionState {
  return {
    services: new Map(specs.map((spec) => [spec.name, createService(spec)])),
    isEnding: false,
    isAttended: false,
    onConflict: undefined,
    departed: new Map(),
  };
}

/** The run whose processes may exist right now. */
export function currentRun(service: Service): Run | undefined {
  const { state } = service;
  switch (state.status) {
    case 'preparing':
    case 'pausing':
    case 'starting':
    case 'ready':
    case 'unhealthy':
    case 'stopping':
      return state.run;
    default:
      return undefined;
  }
}

/** True while processes of the service may exist. */
export function isLive(service: Service): boolean {
  return currentRun(service) !== undefined || service.state.status === 'spawning';
}

/** True when its program is to start without a new request. */
export function isAwaited(service: Service | undefined): boolean {
  return service?.wanted === true && service.state.status !== 'exited' && service.state.status !== 'failed';
}

/** True when a server that devdeck did not start is used in place of the service. */
export function isExternal(service: Service): boolean {
  return currentRun(service)?.external !== undefined;
}

/** True when only a container engine is missing for it to start. */
export function isAwaitingEngine({ wanted, state }: Service): boolean {
  return wanted && state.status === 'failed' && state.awaitsEngine === true;
}

const OVER: ReadonlySet<ServiceState['status']> = new Set(['failed', 'exited', 'inspecting', 'backoff', 'conflict']);

/** True when no process of it runs, and a request alone would not start it. */
export function isOver(service: Service): boolean {
  return OVER.has(service.state.status);
}

/** True when the service runs and is meant to continue. */
export function isUp(service: Service): boolean {
  const { status } = service.state;
  return status === 'starting' || status === 'ready' || status === 'unhealthy';
}
