// The nouns of a project as its config describes it, after validation and with defaults filled in.
// Strings that may hold references (`${service.port}`) are kept as written; core/references expands them.

import type { ActorKind, AgentRights } from './actor.ts';
import type { AlertRuleName, ConflictPolicy, DependencyCondition, RestartPolicyName, Severity } from './vocabulary.ts';

export type ServiceName = string;

/** A string runs in `sh -c`; a list is an argv without a shell. */
export type Command =
  | { readonly kind: 'shell'; readonly line: string }
  | { readonly kind: 'argv'; readonly argv: readonly string[] };

export interface PortSpec {
  /** The wanted TCP port, 1–65535. */
  readonly wanted: number;
  /** Where a reroute looks for a free port, both ends included. */
  readonly range: { readonly from: number; readonly to: number };
  /** The host in the service's URL and address, and the first one that probes try. */
  readonly host: string;
  /** The environment variable that carries the port to the service. */
  readonly env: string;
  /** Of a container: the port inside of it. Undefined: the one that its image exposes, else `wanted`. */
  readonly inside?: number;
  /** Under `ports:`. Undefined: that of `port:`. */
  readonly name?: string;
}

/** One of `ports:` beside the first port of the service. */
export interface NamedPort extends PortSpec {
  readonly name: string;
}

/** A container that runs in place of a command of this machine. */
export type ContainerSpec = ImageSpec | ComposeSpec;

/** One that devdeck makes, of an image. */
export interface ImageSpec {
  readonly kind: 'image';
  /** As the engine takes it: `postgres:18`. */
  readonly image: string;
  /** Words after the image. Undefined: what the image runs by itself. May hold references. */
  readonly args?: readonly string[];
  /** `NAME:/path`, or a folder of this machine by its absolute path, each with options after a colon. */
  readonly volumes: readonly string[];
  readonly user?: string;
  readonly platform?: string;
  readonly pull: 'missing' | 'always' | 'never';
  /** Undefined: made of the names of the project and the service. */
  readonly name?: string;
}

/** One that Docker Compose makes, of a service of its file. */
export interface ComposeSpec {
  readonly kind: 'compose';
  /** The service in the file. */
  readonly service: string;
  /** Absolute. Empty: those that Compose itself finds in the service's folder, or above. */
  readonly files: readonly string[];
  readonly profiles: readonly string[];
  /** Of Compose; known once the file was read. */
  readonly project?: string;
  /** The config says how long a stop may take, whatever the file says. */
  readonly hasOwnGrace?: true;
}

export interface Dependency {
  readonly service: ServiceName;
  readonly condition: DependencyCondition;
  /** A new run of the dependency restarts this service too. */
  readonly restart?: boolean;
}

export type ProbeCheck =
  /** `url` is absolute, or a path on the service's own host and port. May hold references. */
  | { readonly kind: 'http'; readonly url: string }
  /** `target` is absent for the service's own port, or `host:port`. May hold references. With `orUdp`, datagrams will do. */
  | { readonly kind: 'tcp'; readonly target?: string; readonly orUdp?: boolean }
  | { readonly kind: 'command'; readonly command: Command }
  /** Ready once a line of output matches. Says nothing later on. */
  | { readonly kind: 'log'; readonly pattern: string }
  /** The HEALTHCHECK of the container, which its engine runs. */
  | { readonly kind: 'healthcheck' };

export interface Probe {
  readonly check: ProbeCheck;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Failures in a row that make a ready service unhealthy. */
  readonly retries: number;
  /** How long failures are expected after a start. */
  readonly startPeriodMs: number;
  /** A good answer that takes longer is marked. */
  readonly slowMs?: number;
  /** Turning unhealthy ends a run that was ready before; the restart policy decides what follows. */
  readonly restart?: boolean;
}

export interface RestartPolicy {
  readonly when: RestartPolicyName;
  /** Restarts without a healthy minute between, after which the service cools down and then fails. */
  readonly max: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** A run that stays up this long starts the count over. */
  readonly resetAfterMs: number;
  /** How long the service rests once `max` is reached, before one last try. */
  readonly coolDownMs: number;
}

/** A command around the start of a service, with its folder, environment and references. */
export interface Hook {
  readonly command: Command;
  /** How often it is tried again when it fails. */
  readonly retries: number;
  /** The pause before it is tried again. */
  readonly delayMs: number;
  /** Undefined: it may take no limit. */
  readonly timeoutMs: number | undefined;
}

export interface StopSpec {
  /** Undefined: SIGTERM, or what the image of a container says. */
  readonly signal?: NodeJS.Signals;
  readonly graceMs: number;
  /** Runs instead of the signal; remaining processes still get the signal. */
  readonly command?: Command;
}

/** When a value of a service is worth a warning. */
export interface AlertRule {
  /** Percent of one core, bytes, bytes an hour, percent of the lines, milliseconds, or a count, by the rule. */
  readonly above: number;
  /** How long it must stay above; and below, for the alert to be over. */
  readonly forMs: number;
  readonly severity: Severity;
}

/** A missing rule raises no alert. */
export type AlertSpec = { readonly [Rule in AlertRuleName]?: AlertRule };

export interface LogSpec {
  readonly maxSizeBytes: number;
  /** How many files are kept, the current one counted. */
  readonly keep: number;
}

export interface ServiceSpec {
  readonly name: ServiceName;
  /** Which copy it is of the service that the config names, counted from 1. */
  readonly replica?: { readonly of: ServiceName; readonly index: number };
  /** Without words for a container. */
  readonly command: Command;
  /** Runs in place of the command. */
  readonly container?: ContainerSpec;
  /** Absolute. */
  readonly cwd: string;
  /** The first one: its readiness is the service's. */
  readonly port?: PortSpec;
  readonly morePorts?: readonly NamedPort[];
  /** Values may hold references and `${VAR:-default}`. */
  readonly env: Readonly<Record<string, string>>;
  /** Which variables of `env` stand under `defaults:` alone: what an env file says of them is stronger. */
  readonly defaultEnv?: readonly string[];
  /** Absolute paths, read again at every start. */
  readonly envFiles: readonly string[];
  readonly dependsOn: readonly Dependency[];
  /** Others wait until it has completed: it is never ready, it runs and then ends. */
  readonly isOneShot?: boolean;
  /** Each to completion before every start; a failure fails the start. */
  readonly before: readonly Hook[];
  /** One after the other once a run is ready; a failure is reported in the log. */
  readonly after: readonly Hook[];
  /** Turns `starting` into `ready`; `health` does so when this is absent. */
  readonly ready?: Probe;
  /** Watches the service as long as it runs. */
  readonly health?: Probe;
  readonly restart: RestartPolicy;
  readonly stop: StopSpec;
  readonly onConflict: ConflictPolicy;
  /** Further policies, tried in turn when the first cannot work or does not help. */
  readonly onConflictElse?: readonly ConflictPolicy[];
  readonly tty: boolean;
  readonly log: LogSpec;
  readonly alerts?: AlertSpec;
  /** Globs from the root of the project; a change of a file restarts the service. */
  readonly watch: readonly string[];
  /** Whether a bare `./dev` starts it. */
  readonly autostart: boolean;
}

/** What the project wants to be true on every machine: that its libraries fit together, that a tool is there. */
export interface CheckSpec {
  readonly name: string;
  readonly command: Command;
  readonly timeoutMs: number;
  /** A regular expression that its output must match, besides exit code 0. */
  readonly expect?: string;
  /** What to do when it fails. */
  readonly hint?: string;
  /** A failure keeps everything from starting. */
  readonly isRequired?: boolean;
  /** It asks the running services, and is run only where they run. */
  readonly isForRunning?: boolean;
}

export const ACTION_PARAM_TYPES = ['number', 'choice', 'text', 'flag'] as const;

/** What the config lets be run by name. */
export type ActionParam = { readonly name: string } & (
  | { readonly type: 'number'; readonly min?: number; readonly max?: number; readonly default?: number }
  | { readonly type: 'choice'; readonly choices: readonly string[]; readonly default?: string }
  | { readonly type: 'text'; readonly default?: string }
  | { readonly type: 'flag'; readonly default?: boolean }
);

export interface ActionSpec {
  readonly name: string;
  readonly command: Command;
  /** Whose folder and environment it has. */
  readonly service: ServiceName;
  /** In the order of the config. */
  readonly params: readonly ActionParam[];
  /** What a person has to say yes to first. */
  readonly confirm?: string;
  /** It needs a terminal of its own to read from. */
  readonly isInteractive?: true;
  /** The actors that may run it; by default all. */
  readonly actors?: readonly ActorKind[];
}

export interface Project {
  readonly name: string;
  /** The real path of the folder that holds the config. */
  readonly root: string;
  readonly configFile: string;
  /** In the order of the config. */
  readonly services: readonly ServiceSpec[];
  readonly onHangup: 'stop' | 'keep';
  /** What happens when the config is edited while a session runs. */
  readonly reload: 'ask' | 'auto';
  /** Sets of services to start, by name. */
  readonly profiles: Readonly<Record<string, readonly ServiceName[]>>;
  /** Runs whenever an alert is raised or cleared. */
  readonly onAlert?: Command;
  /** Where the supervisor answers scrapers and probes; undefined: nowhere. */
  readonly metrics?: { readonly host: string; readonly port: number };
  /** Of the project itself; see `./dev check`. */
  readonly checks: readonly CheckSpec[];
  /** Names of environment variables whose values are masked, besides those that look secret. */
  readonly secrets: readonly string[];
  /** What coding agents may do; the safe defaults unless given. */
  readonly agents?: AgentRights;
  /** What may be run by name, in the order of the config. */
  readonly actions?: readonly ActionSpec[];
  /** The service whose URL is meant where none is named. */
  readonly main?: ServiceName;
}

/** Those of `ports:` beside the first, by name, as the config wants them. */
export function wantedMorePorts({ morePorts = [] }: Pick<ServiceSpec, 'morePorts'>): Readonly<Record<string, number>> {
  return Object.fromEntries(morePorts.map(({ name, wanted }) => [name, wanted]));
}

/** The program of the service, for people. */
export function sourceText({ command, container }: Pick<ServiceSpec, 'command' | 'container'>): string {
  if (container === undefined) return commandText(command);
  if (container.kind === 'compose') return `compose ${container.service}`;
  return ['container', container.image, ...(container.args ?? [])].join(' ');
}

/** For people: not to be executed. */
export function commandText(command: Command): string {
  return command.kind === 'shell' ? command.line : command.argv.join(' ');
}

export const ACTION_LOG = { maxSizeBytes: 10 * 1024 ** 2, keep: 2 } as const;

/** The name of its log. No service can have it. */
export function actionLog(action: string): string {
  return `do:${action}`;
}

export function isActionLog(name: string): boolean {
  return name.startsWith('do:');
}
