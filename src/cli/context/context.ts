// What a command gets from outside: where to write, what to ask, whom to talk to. src/main fills it in with
// the real things, tests with scripted ones. Everything heavy is behind a function and loaded when it is called.

import type { ScreenLook } from '../../core/model/user-config.ts';
import type { LogSieve } from '../../core/output/log-sieve.ts';
import type { Identity } from '../../core/actors/identify.ts';
import type { SessionRole } from '../../core/model/vocabulary.ts';
import type { Environment } from '../../core/env/environment.ts';
import type { RememberedChoice } from '../../core/ports/remembered-choice.ts';
import type { PortKey } from '../../core/session/service-ports.ts';
import type { Project, ServiceName } from '../../core/model/project.ts';
import type { UserConfig } from '../../core/model/user-config.ts';
import type { ConfigIssue } from '../../config/text/issue.ts';
import type { Replay } from '../../core/session/replay.ts';
import type { ScreenEnd, Session, ShutdownReport, StartOptions } from '../../core/session/session.ts';
import type { CleanedFile } from '../../system/state/clean-state.ts';
import type { FolderProblem } from '../../system/state/private-folder.ts';
import type { HistoryReader } from '../../system/history/history-reader.ts';
import type { EventReader } from '../../system/state/event-file.ts';
import type { PortLedger } from '../../system/ledger/port-ledger.ts';
import type { SourceTree } from '../../system/files/source-tree.ts';
import type { Files, OwnerContext, Ports, ProcessIdentity, ShortCommands, SpawnRequest } from '../../system/system.ts';
import type { Output } from './output.ts';
import type { CommandName } from '../arguments/commands-table.ts';
import type { CommandOptions, GlobalOptions } from '../arguments/request.ts';

export interface Terminal {
  /** Whether a person can type. */
  readonly hasInput: boolean;
  /** Whether stdout is seen by a person at once. */
  readonly hasOutput: boolean;
  /** Of stdout, now; undefined when it is no terminal. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
}

export interface CliClock {
  /** Monotonic. */
  nowMs(): number;
  /** Since the epoch, for display only. */
  wallMs(): number;
  /** Returns how to call it off. */
  after(delayMs: number, callback: () => void): () => void;
}

export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface StartRequest {
  /** None means every service that starts by itself. */
  readonly names: readonly ServiceName[];
  readonly options: StartOptions;
}

export interface OpenedSession {
  readonly session: Session;
  /** False when it ran already. */
  readonly isNew: boolean;
  /** What a person should know about the start, as one sentence. */
  readonly notice?: string;
}

export interface ScreenOptions {
  /** The first frame does not wait for it. */
  readonly session: Promise<Session>;
  /** Whether the session was there before this screen. */
  readonly isJoined: Promise<boolean>;
  readonly projectName: string;
  /** The session is a recording. */
  readonly replay?: Replay;
  /** For the first frame; empty when they are not known. */
  readonly serviceNames: readonly ServiceName[];
}

type RunScreen = (options: ScreenOptions) => Promise<ScreenEnd>;

type RunServiceTerminal = (options: {
  readonly session: Session;
  readonly service: ServiceName;
}) => Promise<{ readonly reason: 'left' | 'ended' | 'hangup' }>;

export interface LostSessionReport extends ShutdownReport {
  readonly stopped: readonly { readonly service: ServiceName; readonly count: number }[];
  readonly stoppedContainers?: readonly { readonly service: ServiceName; readonly name: string }[];
}

export interface CleanReport {
  readonly removed: readonly CleanedFile[];
  /** Processes of an earlier session that still live. */
  readonly survivors: readonly { readonly service: ServiceName; readonly pid: number }[];
}

export interface PortAccess {
  readonly ports: Ports;
  /** Processes that an earlier session of this project recorded. */
  readonly recorded: readonly ProcessIdentity[];
  /** Of the project, or the working directory where there is none. */
  readonly root: OwnerContext['root'];
}

/** What sessions of the project have left behind, and where. */
export interface SessionTraces {
  readonly root: string;
  readonly stateDir: string;
  readonly isRunning: boolean;
  /** Of the supervisor, if that is proven to live. */
  readonly pid: number | undefined;
  /** Why nobody can connect to a session here. */
  readonly socketProblem: FolderProblem | undefined;
  /** Processes of services that an earlier session left running. */
  readonly survivors: readonly { readonly service: ServiceName; readonly pid: number }[];
  /** A record or a socket is there. */
  readonly isStale: boolean;
}

/** What `check` and `init` ask of this machine. */
export interface Machine {
  readonly files: Files;
  readonly shortCommands: ShortCommands;
  /** Finds the program of a command. Starts nothing. @throws DevError with what is missing */
  readonly lookUpCommand: (request: Pick<SpawnRequest, 'command' | 'cwd' | 'env'>) => { readonly file: string };
  /** Which globs of `watch` match no file now. */
  unmatchedGlobs(root: string, globs: readonly string[]): readonly string[];
  readSourceTree(root: string): SourceTree;
  /** Its name. @throws DevError `engine_unavailable` */
  containerEngine(): Promise<string>;
  /** @throws DevError when the project cannot be found */
  sessionTraces(): SessionTraces;
}

export interface PortMemories {
  readonly choices: readonly RememberedChoice[];
  /** Services that were moved to another port, and get it again. */
  readonly ports: readonly { readonly service: ServiceName; readonly port: number }[];
}

/** What a project remembers about ports from one session to the next. */
export interface PortMemory {
  /** Why the last call could not look at the ports, as one sentence; undefined when it could. */
  readonly problem: string | undefined;
  list(): Promise<PortMemories>;
  /** Of one service or of all; returns what was forgotten. */
  forget(service: ServiceName | undefined): Promise<PortMemories>;
}

/** What a person likes on every project, and where they said so. */
export interface ExplainedUserConfig {
  /** Where it is or would be; undefined when the environment does not say. */
  readonly path: string | undefined;
  readonly config: UserConfig;
  readonly issues: readonly ConfigIssue[];
  /** Of what the file says: "theme", "theme.ok", "keys.restart" → its line. */
  readonly lines: ReadonlyMap<string, number>;
  /** All that can be remapped, with the keys in use. */
  readonly actions: readonly { readonly action: string; readonly keys: readonly string[]; readonly help: string }[];
}

export interface CliContext {
  readonly output: Output;
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly clock: CliClock;
  readonly globals: GlobalOptions;
  readonly version: string;
  /** While a listener is set, these signals end nothing by themselves. Returns how to remove it. */
  onSignal(listener: (signal: EndSignal) => void): () => void;
  /** Asks on the terminal and returns the typed line, trimmed. Only when `terminal.hasInput`. */
  ask(question: string): Promise<string>;
  /**
   * Undefined when no session of this project runs; then the config has been read, so that its mistakes are told first.
   * For `end`, a session of another version will do too, as long as nothing but `shutdown` is asked of it.
   * To `look`, there need not even be a project.
   */
  findSession(role: SessionRole, purpose?: 'use' | 'end' | 'look'): Promise<Session | undefined>;
  /**
   * Joins the running session or opens one, and starts the services in it. `onUnderway` is called as soon as only
   * waiting is left: what takes this process a while belongs there.
   * @throws DevError of the config, of a name that is not a service, or of a session that cannot be opened or joined
   */
  openSession(role: SessionRole, start: StartRequest, onUnderway?: () => void): Promise<OpenedSession>;
  loadProject(): Promise<Project>;
  /** For who stays: the project is looked for and its config read again when it is next needed. */
  forgetProject(): void;
  /** Needs no project. A mistake in it is no error. */
  explainUserConfig(): Promise<ExplainedUserConfig>;
  /**
   * What sessions of the project that are over left on disk; lines are numbered up to -1. With `mayPass`, for who looks for
   * some lines, others may be missing.
   */
  logHistory(mayPass?: LogSieve): Promise<Pick<Session, 'readLogs'>>;
  /** What happened in the newest session, as lines of JSON. Undefined when no session ever ran. */
  sessionEvents(): Promise<EventReader | undefined>;
  /** What outlives sessions. Undefined when nothing was ever written. @throws the database's error */
  history(): Promise<HistoryReader | undefined>;
  /** A recorded session. @throws DevError when the file cannot be read, or is no recording */
  openRecording(path: string): Promise<{ readonly session: Session; readonly replay: Replay }>;
  portAccess(): Promise<PortAccess>;
  /** The code of a command, loaded when it is needed. */
  loadCommand(name: CommandName): Promise<(context: CliContext, request: CommandRequest) => Promise<number>>;
  /** From now on the session is told that an agent of this name asks, through MCP. */
  actAs(agent: { readonly name: string; readonly version?: string }): void;
  /** Called when stdin has ended. */
  onInputEnd(listener: () => void): void;
  /** The folder and the whole environment of a service, as its next run would have them. */
  environmentOf(
    service: ServiceName,
    ports: Readonly<Record<PortKey, number>>,
  ): Promise<{ readonly cwd: string; readonly env: Readonly<Record<string, string>> }>;
  /** Runs a command here, on this terminal; gives its exit code. @throws DevError `spawn_failed` */
  runOnTerminal(command: readonly string[], env: Environment): Promise<number>;
  /** Who runs this command: what its own process and those above it show. */
  caller(): Promise<Identity>;
  machine(): Promise<Machine>;
  /** What all sessions of this user know of each other. Needs no project. */
  /** Every living session of this user on this machine, by folder. @throws DevError when the ledger cannot tell */
  knownSessions(): Promise<readonly KnownSession[]>;
  /** The real path of a folder, as sessions know it; as written where it is gone. */
  realFolder(folder: string): Promise<{ readonly path: string; readonly isThere: boolean }>;
  portLedger(): Promise<Pick<PortLedger, 'sessions' | 'list' | 'problem'>>;
  /** On this terminal, in the service's folder and environment; gives the exit code. */
  runForService(
    service: ServiceName,
    request: {
      readonly command: readonly string[];
      readonly ports: Readonly<Record<ServiceName, number>>;
      /** What the running session says that the service has. */
      readonly environment: Readonly<Record<string, string>> | undefined;
    },
  ): Promise<number>;
  /** The same inside of a container that runs. */
  runInContainer(
    container: { readonly id: string; readonly engine: string },
    command: readonly string[],
  ): Promise<number>;
  /** Kills a supervisor that does not answer, and stops what it leaves. @throws DevError `refused` without proof */
  endHungSession(): Promise<ShutdownReport>;
  /** Stops what a killed session left, of these services or all. Undefined when nothing of one lives. */
  stopLostSession(options: {
    readonly names: readonly ServiceName[];
    readonly force: boolean;
  }): Promise<LostSessionReport | undefined>;
  /** @throws DevError `refused` while a session runs */
  clean(options: { readonly dryRun: boolean }): Promise<CleanReport>;
  portMemory(): Promise<PortMemory>;
  /** Without a look: the one that the person's own config names. */
  loadScreen(look?: ScreenLook): Promise<RunScreen>;
  /** Connects this terminal to a service's own until the person comes back or the session ends. */
  loadServiceTerminal(): Promise<RunServiceTerminal>;
}

export interface KnownSession {
  /** The project's name. */
  readonly project: string;
  /** Where it works now: the folder may have been moved. */
  readonly root: string;
  readonly pid: number;
  /** Undefined outside of a repository, and for a detached head. */
  readonly branch: string | undefined;
  /** False when the folder was removed, also when another one has its path now. */
  readonly isFolderThere: boolean;
  /** Undefined when nobody listens. @throws DevError when it cannot be asked */
  connect(): Promise<Session | undefined>;
}

export interface CommandRequest {
  readonly names: readonly string[];
  readonly options: CommandOptions;
  /** False when the command was left out, as in `./dev backend`. */
  readonly isExplicit: boolean;
}
