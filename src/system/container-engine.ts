// What the supervisor needs of a container engine, whichever it is.
// Every call rejects with a DevError: `engine_unavailable` without an answer, else `spawn_failed` with its message.

import type { ComposeFacts } from '../core/model/compose-facts.ts';

export interface ContainerEngine {
  /** As people write it: `Docker`. */
  readonly name: string;
  /** Its command: `docker`. */
  readonly command: string;
  /** By this name a container reaches servers on this machine. They must listen beyond the loopback if the engine runs in its network. */
  readonly nameOfHost: string;
  /** Undefined if the engine has no such image. */
  findImage(image: string): Promise<ImageFacts | undefined>;
  /** Resolves once the image is there. `onProgress` gets the fetched share, from 0 to 1, once it is known. */
  pull(
    image: string,
    options: {
      readonly platform: string | undefined;
      readonly onProgress: (share: number | undefined) => void;
      readonly signal: AbortSignal;
    },
  ): Promise<void>;
  /** Running or not, with all of these labels. */
  list(labels: Readonly<Record<string, string>>): Promise<readonly ContainerFacts[]>;
  /** Whether there is a volume with all of these labels. */
  hasVolume(labels: Readonly<Record<string, string>>): Promise<boolean>;
  /** By its id or name; undefined if there is none. */
  inspect(container: string): Promise<ContainerFacts | undefined>;
  /** Makes the network if it does not exist. */
  ensureNetwork(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** With all of these labels, as far as no container uses them. */
  removeNetworks(labels: Readonly<Record<string, string>>): Promise<void>;
  /** The id of the new container. @throws DevError `name_taken` when another one has its name */
  create(request: ContainerRequest): Promise<string>;
  start(id: string): Promise<void>;
  /** To its first process. Does nothing if it does not run. */
  signal(id: string, signal: string): Promise<void>;
  /** With its image's stop signal, then by force after so many seconds. Resolves once it has ended and will not restart. */
  stop(id: string, graceS: number): Promise<void>;
  unpause(id: string): Promise<void>;
  /** Also while it runs. Volumes stay. Resolves once it is removed. */
  remove(id: string): Promise<void>;
  /** Runs a command inside, to its end. */
  execute(
    id: string,
    argv: readonly string[],
    options: { readonly timeoutMs: number; readonly user?: string },
  ): Promise<{ readonly code: number; readonly output: string }>;
  /** That of its first process, or of a command inside. */
  openTerminal(id: string, request: TerminalRequest): Promise<ContainerTerminal>;
  usage(id: string): Promise<ContainerUsage | undefined>;
  /** Its output from `since` on, and as it comes. */
  followLogs(id: string, options: FollowOptions): Follower;
  /** Docker Compose, for this engine. */
  compose(): Promise<Compose>;
  /** Events of containers from now on, until it is closed. */
  watch(listeners: {
    readonly onEvent: (event: ContainerEvent) => void;
    /** The engine sends no more; why, as a clause. */
    readonly onEnd: (reason: string) => void;
  }): Promise<() => void>;
}

export interface ImageFacts {
  readonly id: string;
  /** TCP ports. */
  readonly exposedPorts: readonly number[];
  /** Folders that the image keeps in volumes. */
  readonly volumes: readonly string[];
}

export interface PublishedPort {
  /** Of this machine; empty for every address. */
  readonly address: string;
  readonly port: number;
  readonly inside: number;
}

export interface ContainerFacts {
  /** 64 hex digits. */
  readonly id: string;
  /** Printable, as the image. */
  readonly name: string;
  readonly image: string;
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  /** Of its first process on the engine's machine; undefined when it does not run. */
  readonly pid: number | undefined;
  /** RFC 3339 with nanoseconds; undefined when it never ran, or never ended. */
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  /** The time of its last end. */
  readonly exitCode: number;
  readonly isOutOfMemory: boolean;
  readonly memoryLimitBytes: number | undefined;
  /** The result of the engine's own check; undefined without one. */
  readonly health: ContainerHealth | undefined;
  readonly hasTerminal: boolean;
  readonly stopSignal: string | undefined;
  /** The engine restarts it at its end, unless the engine itself was told to stop it. */
  readonly isRestartedByEngine: boolean;
  readonly published: readonly PublishedPort[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerHealth {
  readonly status: 'starting' | 'healthy' | 'unhealthy';
  /** What the check printed last; may be empty. */
  readonly output: string;
}

export interface ContainerRequest {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly published: readonly PublishedPort[];
  /** `NAME_OR_FOLDER:/path[:options]`. */
  readonly binds: readonly string[];
  readonly user: string | undefined;
  readonly platform: string | undefined;
  readonly hasTerminal: boolean;
  /** The engine's usual one when undefined. */
  readonly network: NetworkPlace | undefined;
}

export interface NetworkPlace {
  readonly name: string;
  /** The other containers of the network reach it by this name. */
  readonly alias: string;
}

export interface TerminalRequest {
  /** Undefined: the terminal of the first process, which the container must have. */
  readonly argv: readonly string[] | undefined;
  readonly size: { readonly columns: number; readonly rows: number };
  readonly onBytes: (bytes: Uint8Array) => void;
  /** The program has ended, or the connection has. */
  readonly onEnd: () => void;
}

export interface ContainerTerminal {
  write(bytes: Uint8Array): void;
  resize(size: TerminalRequest['size']): void;
  close(): void;
}

export interface ContainerUsage {
  /** Since the container started. */
  readonly cpuNs: number;
  readonly memoryBytes: number;
  readonly pids: number;
}

export interface FollowOptions {
  /** RFC 3339 with nanoseconds; undefined for all there is. */
  readonly since: string | undefined;
  /** One record as the container wrote it: a line with its end, or a part of a long one. */
  readonly onRecord: (record: LogRecord) => void;
}

export interface LogRecord {
  readonly bytes: Buffer;
  readonly stream: 'out' | 'err';
  /** Milliseconds since the epoch, as the engine tells. */
  readonly atMs: number;
}

export interface Follower {
  /** Resolves when the output has ended or was closed; never rejects. */
  readonly ended: Promise<void>;
  close(): void;
}

export interface ContainerEvent {
  readonly id: string;
  readonly action: 'start' | 'die' | 'oom' | 'kill' | 'pause' | 'unpause' | 'destroy' | 'health';
  /** Of `die`. */
  readonly exitCode: number | undefined;
  /** Of `kill`: a name or a number. */
  readonly signal: string | undefined;
}

/** Docker Compose by its command. Rejects with a DevError that holds Compose's message. */
export interface Compose {
  /** The file as Compose reads it for a start of this service. */
  read(source: ComposeSource, service: string): Promise<ComposeModel>;
  /** Makes and starts exactly these services. Calls for one project run one after the other. */
  up(request: {
    readonly model: ComposeModel;
    readonly services: readonly string[];
    readonly change: ComposeChange;
    /** Printable. */
    readonly onLine: (line: string) => void;
    readonly signal: AbortSignal;
  }): Promise<void>;
}

export interface ComposeSource {
  /** Where the command runs. */
  readonly folder: string;
  /** Absolute; empty if Compose finds them by itself. */
  readonly files: readonly string[];
  readonly profiles: readonly string[];
  /** Replaces the name from the file, the environment or the folder. */
  readonly project?: string | undefined;
}

/** A Compose file with everything filled in. */
export interface ComposeModel {
  /** With the name of the project, if it differs from the file's. */
  readonly source: ComposeSource;
  readonly project: string;
  /** Why it has that name; undefined if it is the file's. */
  readonly reasonOfName?: string | undefined;
  /** Of the project, as Compose writes it on its containers. */
  readonly folder: string;
  /** Profiles that were switched on. */
  readonly profiles: readonly string[];
  readonly services: ReadonlyMap<string, ComposeService>;
  /** As printed. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface ComposeService {
  readonly facts: ComposeFacts;
  /** Undefined if it is only built. */
  readonly image: string | undefined;
  readonly isBuilt: boolean;
  /** Without one of them, the service is left out. */
  readonly profiles: readonly string[];
  /** As in the file: `always`, `never` …; undefined for the usual. */
  readonly pullPolicy: string | undefined;
}

/** The settings of a service that differ from the file. */
export interface ComposeChange {
  readonly service: string;
  /** Ports of this machine for ports inside. */
  readonly published: readonly PublishedPort[];
  readonly env: Readonly<Record<string, string>>;
}
