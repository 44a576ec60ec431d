// What the world sees of a session: plain JSON, the same for the screen, `status --json` and status.json.
// Times are RFC 3339 UTC; durations and sizes carry their unit in the name.

import type { ProgramStatus } from '../terminal/program-status.ts';
import type { ComponentHealth } from '../model/run.ts';
import type { ContainerCard, Obstacle, OwnerCard } from '../model/port-owner.ts';
import type { AlertRuleName, ConflictChoiceName, Severity } from '../model/vocabulary.ts';
import type { ActorKind, AgentRights } from '../model/actor.ts';
import type { ActionParam, ServiceName } from '../model/project.ts';

export const SCHEMA_VERSION = 1;

/** Every state there is, for who goes through all of them. */
export const STATE_NAMES = [
  'stopped',
  'waiting',
  'conflict',
  'starting',
  'running',
  'ready',
  'unhealthy',
  'backoff',
  'stopping',
  'exited',
  'failed',
] as const;

export type StateName = (typeof STATE_NAMES)[number];

export interface Listening {
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  /** Absent for TCP. */
  readonly protocol?: 'udp';
}

export interface HealthView {
  /**
   * `failing`: the last answers were bad, but not yet as many as `failureThreshold`. `probing`: it has not answered
   * well yet, and its start period is not over. `unknown`: not asked yet, or it does not run.
   */
  readonly status: 'pass' | 'failing' | 'fail' | 'probing' | 'unknown';
  /** Bad answers since the last good one. */
  readonly consecutiveFailures: number;
  /** So many in a row make the service unhealthy. */
  readonly failureThreshold: number;
  readonly checkedAt: string | null;
  readonly latencyMs: number | null;
  /** The last answer was good, and took longer than this. Absent otherwise. */
  readonly slowAboveMs?: number;
  readonly message: string;
  readonly components: readonly ComponentHealth[];
}

interface ExitView {
  readonly code: number | null;
  readonly signal: string | null;
  readonly at: string;
}

export interface ConflictChoice {
  readonly name: ConflictChoiceName;
  /** Null when the choice can be taken; else why it cannot. */
  readonly unavailable: string | null;
}

export interface ConflictView {
  readonly port: number;
  readonly since: string;
  /** Empty when the port is in use but its owner is hidden from us. */
  readonly owners: readonly OwnerCard[];
  /** The container behind the port, when one was found. */
  readonly container: ContainerCard | null;
  /** What keeps the port from us where no owner is seen. */
  readonly obstacles: readonly Obstacle[];
  readonly choices: readonly ConflictChoice[];
  /** What a reroute would take. */
  readonly suggestedPort: number | null;
  /** Services that a reroute would restart, the conflicting one left out. */
  readonly rewires: readonly ServiceName[];
  /** What is going on: "waiting for pid 812 to stop, 7 s left". */
  readonly progress: string | null;
  /** How the last choice went wrong. */
  readonly problem: string | null;
}

/** A rule of the config; or what is told whatever the config says: files that cannot be watched, a log not written. */
export type AlertKind = AlertRuleName | 'watch' | 'log';

/** Something that a person should look at, though the service may run well. */
export interface AlertView {
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly message: string;
  readonly since: string;
  /** As it was when the alert was raised, and the limit of the rule, both in its unit; null without a rule. */
  readonly value: number | null;
  readonly limit: number | null;
}

/** What a person should know of the service out of its past: a start that became slower, a crash that comes again, a leak. */
export interface InsightView {
  readonly kind: 'slow start' | 'same crash' | 'memory growth';
  /** One clause, such as follows the name of the service: "4.1 s to ready, usually 1.9 s, since commit 3f2c0ab". */
  readonly text: string;
}

interface ProbeView {
  readonly ok: boolean;
  readonly at: string;
  readonly latencyMs: number;
}

export interface ServiceView {
  readonly name: ServiceName;
  readonly state: StateName;
  readonly ready: boolean;
  readonly wanted: boolean;
  /** True while a server that devdeck did not start stands in for it; that is watched and never stopped. */
  readonly external: boolean;
  /** The pid of the process that devdeck started; null for a container. */
  readonly pid: number | null;
  /** The container that runs as the service. */
  readonly container: {
    /** 64 hex digits. */
    readonly id: string;
    readonly name: string;
    readonly image: string;
    /** Of its engine: `Docker`. */
    readonly engine: string;
  } | null;
  /** The whole tree. */
  readonly pids: readonly number[];
  /** The port in use: given to the service, or where it really listens. */
  readonly port: number | null;
  /** The port of the config or of `--port`. */
  readonly wantedPort: number | null;
  /** Those of `ports:` by name, as in use and as the config has them. */
  readonly ports: readonly { readonly name: string; readonly port: number; readonly wantedPort: number }[];
  readonly listening: readonly Listening[];
  /** Somebody else who listens on the service's port too, where the same clients may arrive. */
  readonly secondListener: {
    readonly address: string;
    readonly port: number;
    readonly pid: number | null;
    readonly command: string;
  } | null;
  /** Null also for a service that does not speak HTTP, as far as its probe tells. */
  readonly url: string | null;
  /** "localhost:5432": where it is reached, whatever it speaks. */
  readonly address: string | null;
  readonly cpuPercent: number | null;
  readonly rssBytes: number | null;
  readonly threads: number | null;
  readonly connections: number | null;
  readonly health: HealthView | null;
  /** The last answers of the health probe in this run, oldest first; at most 20. */
  readonly probes: readonly ProbeView[];
  /** What it waits to be typed, as it stands at the end of its output. */
  readonly question: { readonly text: string; readonly isSecret: boolean } | null;
  /** What its program tells of itself (OSC 7501); absent when it tells nothing. */
  readonly told?: ProgramStatus;
  readonly alerts: readonly AlertView[];
  readonly insights: readonly InsightView[];
  readonly restarts: number;
  readonly startedAt: string | null;
  readonly readyAt: string | null;
  readonly exit: ExitView | null;
  /** What it wrote last before it failed, oldest first; empty unless it failed. */
  readonly lastLines: readonly string[];
  readonly logFile: string;
  /** It waits for what failed or ended: it cannot start until somebody changes that. */
  readonly isStuck: boolean;
  /** Never empty unless the service is ready. */
  readonly why: string;
  /** How often the service was started in this session. */
  readonly run: number;
  /** When the next thing happens by itself: the end of a back-off or of a grace period. */
  readonly dueAt: string | null;
  readonly conflict: ConflictView | null;
  readonly dependsOn: readonly ServiceName[];
  readonly command: string;
  readonly cwd: string;
  readonly tty: boolean;
}

/** Somebody keeps others from stopping and restarting a service. */
export interface LeaseView {
  /** As people read it: `anna (command, pid 812)`. */
  readonly holder: string;
  readonly why: string;
  readonly until: string;
}

/** An agent wants what needs a person's yes. */
export interface ConsentRequest {
  readonly id: number;
  readonly kind: ActorKind;
  /** `claude-code 2.1 (mcp, pid 812)`. */
  readonly actor: string;
  /** Completes "wants to …": `stop node server.js (pid 812), which has port 3000`. */
  readonly what: string;
  /** What it is for, as one sentence; empty where the rest says it. */
  readonly why: string;
  /** Refused by then, if nobody has answered. */
  readonly expiresAt: string;
}

/** One thing that another config would change. */
export interface ConfigChange {
  /** Null for what concerns the project as a whole. */
  readonly service: ServiceName | null;
  /** What happens to processes of the service. */
  readonly effect: 'start' | 'stop' | 'restart' | 'none';
  /** One sentence without its full stop: "api restarts: its env MODE changed". */
  readonly text: string;
}

/** The config on disk is not the one that the session runs by. */
export interface ConfigNews {
  /** Edited, and not applied yet; or it cannot be used, or is not there, and the last good one stays active. */
  readonly status: 'pending' | 'unusable' | 'missing';
  readonly file: string;
  /** Names a pending edit and no later one. */
  readonly version: number;
  /** Of a pending edit. */
  readonly changes: readonly ConfigChange[];
  /** Where and what is wrong, in one line; null for a pending edit. */
  readonly problem: string | null;
}

/** One of the project's own checks that failed beside the last start. It kept nothing from starting. */
export interface FailedCheckView {
  readonly name: string;
  readonly message: string;
  /** What to do about it, as the config says. */
  readonly hint: string | null;
}

export interface MetricsView {
  /** Null while the port cannot be had. */
  readonly url: string | null;
  /** One sentence without its full stop. */
  readonly problem: string | null;
}

/** As clients see it. */
export interface ActionView {
  readonly name: string;
  readonly service: ServiceName;
  /** For people: not to be executed. */
  readonly command: string;
  readonly params: readonly ActionParam[];
  readonly confirm: string | null;
  readonly interactive: boolean;
  readonly actors: readonly ActorKind[];
  /** The run that there is now; `since` is RFC 3339 UTC. */
  readonly running: { readonly run: number; readonly by: string; readonly since: string } | null;
}

export interface SessionSnapshot {
  readonly project: { readonly name: string; readonly root: string };
  readonly session: {
    readonly running: boolean;
    readonly pid: number;
    readonly startedAt: string;
    readonly version: string;
    /** Who opened it, as people read it. */
    readonly startedBy?: string;
    /** True from the moment the whole session is asked to end. */
    readonly ending: boolean;
    /** Absent while the active config is that of the file. */
    readonly config?: ConfigNews;
    /** True while the project's own checks run beside a start; absent otherwise. */
    readonly checking?: boolean;
    /** Where metrics are served, or why not; absent when the config asks for none. */
    readonly metrics?: MetricsView;
    /** Absent while none has failed. */
    readonly failedChecks?: readonly FailedCheckView[];
    /** Agents that are connected or were at work in the last minute, as people read them; absent while there are none. */
    readonly agents?: readonly string[];
    /** What an agent did last, for a minute: `claude-code 2.1: restart web`. */
    readonly agentAct?: string;
    /** What the active config lets agents do; absent for the safe defaults. */
    readonly rights?: AgentRights;
    /** Absent while no agent asks for anything. */
    readonly requests?: readonly ConsentRequest[];
    /** What the active config lets be run by name; absent without any. */
    readonly actions?: readonly ActionView[];
    /** By service; absent while nobody holds one. */
    readonly leases?: Readonly<Record<ServiceName, LeaseView>>;
  };
  readonly services: readonly ServiceView[];
}

/** What the snapshot shows of people, agents and what they run. */
export type ActorFacts = Pick<
  SessionSnapshot['session'],
  'startedBy' | 'agents' | 'agentAct' | 'rights' | 'requests' | 'leases' | 'actions'
>;
