// The one interface between the supervisor and its clients. LocalSession answers by direct calls, RemoteSession over
// the socket; both behave the same.

import type { HeldPort, ProbeReport, ServiceInspection, UsageHistory } from './inspection.ts';
import type { LogFindings, LogFolds, LogQuery, LogSearch, LogWindow } from './log-query.ts';
import type { Actor } from '../model/actor.ts';
import type { ConflictPolicy, SessionRole } from '../model/vocabulary.ts';
import type { Command, ServiceName } from '../model/project.ts';
import type { PortReport } from '../model/port-facts.ts';
import type { SessionTallies } from './tallies.ts';
import type { ConfigChange, LeaseView, ServiceView, SessionSnapshot } from './snapshot.ts';
import type { FactWindow } from './events.ts';
import type { Startup } from './startup.ts';

type Decision =
  /** Stops the named owners (all of them are checked again first) and starts the service. */
  | { readonly choice: 'kill'; readonly owners: readonly { readonly pid: number; readonly startTicks: number }[] }
  /** Without `port`: the next free one. */
  | { readonly choice: 'reroute'; readonly port?: number }
  /** Stops the container with that id and starts the service. */
  | { readonly choice: 'container'; readonly id: string }
  /** Uses the server that has the port in the service's place, if it answers the service's probe. */
  | { readonly choice: 'reuse' }
  | { readonly choice: 'retry' }
  | { readonly choice: 'skip' };

/** Who asks, as people read it. The session fills it in; from a client it is never taken. */
interface AskedBy {
  readonly by?: string;
}

export type ConflictDecision = Decision &
  AskedBy & {
    /** Do the same the next time, without a question. */
    readonly remember?: boolean;
  };

export interface KillReport {
  readonly port: number | null;
  readonly freed: boolean;
  readonly signalled: readonly { readonly pid: number; readonly name: string; readonly signal: string }[];
  /** One sentence for a person: what was done, or why not. */
  readonly message: string;
}

export interface ShutdownReport {
  /** Processes that are still there. Empty is success. */
  readonly leftovers: readonly { readonly service: ServiceName; readonly pid: number; readonly name: string }[];
  /** Absent when there are none. */
  readonly heldPorts?: readonly HeldPort[];
  /** Containers of the session that still run. Absent when there are none. */
  readonly containers?: readonly { readonly service: ServiceName; readonly name: string }[];
  /** Why nobody could look whether a container is left; absent when it was looked, or there never was one. */
  readonly containersUnseen?: string;
  /** The kernel says so: nothing of the session can have escaped the look. Absent where it keeps no record of that. */
  readonly isProven?: boolean;
}

export interface ReloadReport {
  /** What the config on disk says otherwise than the active one did. Empty when they are the same. */
  readonly changes: readonly ConfigChange[];
  readonly isApplied: boolean;
}

/** The same for those who read with folds; of services of which something is folded. */
export type FoldedNext = Readonly<Record<ServiceName, Readonly<Record<LogFolds, number>>>>;

export type SessionEvent =
  /** Services whose view changed, whole; and the session's own facts. At most 30 a second. */
  | {
      readonly type: 'services';
      readonly services: readonly ServiceView[];
      readonly session: SessionSnapshot['session'];
      /** All services in their order, when some came or went. */
      readonly names?: readonly ServiceName[];
    }
  /** Services that have more output: one past the newest line of each. At most 30 a second. */
  | { readonly type: 'logs'; readonly next: Readonly<Record<ServiceName, number>>; readonly folded?: FoldedNext }
  /** The session is over. Nothing follows. */
  | { readonly type: 'ended'; readonly report: ShutdownReport | null };

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What whoever is connected to a service's terminal hears. */
export type TerminalEvent =
  /** Once, before all else: what makes a terminal in its usual modes look like the service's, from the last lines on. */
  | { readonly type: 'opened'; readonly screen: string; readonly isRunning: boolean }
  /** As the service wrote it: a stranger's bytes, of which a terminal obeys every one. */
  | { readonly type: 'output'; readonly bytes: Uint8Array }
  /** So many bytes were left out here, because this client read too slowly. The log has them. */
  | { readonly type: 'skipped'; readonly bytes: number }
  /** The service was started: its new process writes to this terminal from now on. */
  | { readonly type: 'runBegan' }
  | { readonly type: 'runEnded' };

/** A connection to the terminal of a service, over all its runs. */
export interface ServiceTerminal {
  /** Types into the service. What it does not read is dropped beyond 1 MiB. */
  write(bytes: Uint8Array): void;
  /** The size of this client's terminal. The service sees the smallest of all that are connected. */
  resize(size: TerminalSize): void;
  /** Nothing is heard any more. */
  close(): void;
}

export interface StartOptions extends AskedBy {
  /** Also what they depend on. Default true. */
  readonly dependencies?: boolean;
  /** Ports that replace those of the config for this session. */
  readonly ports?: Readonly<Record<ServiceName, number>>;
  /** Replaces `on_conflict: ask` for this session. */
  readonly onConflict?: ConflictPolicy;
  /** Whether a named service that has ended with success runs again. Default true. */
  readonly repeatsCompleted?: boolean;
}

export interface StopOptions extends AskedBy {
  readonly force?: boolean;
}

export interface ShutdownOptions extends StopOptions {
  /** Of containers, also those of Compose. Volumes stay. */
  readonly remove?: boolean;
}

/** Who is connected to the session. */
export interface ClientView {
  readonly actor: Actor;
  readonly role: SessionRole;
  /** RFC 3339 UTC. */
  readonly since: string;
}

export interface RestartOptions extends AskedBy {
  /** Ports that replace those of the config for this session. */
  readonly ports?: Readonly<Record<ServiceName, number>>;
}

/** Parameters as they were written, by name. A flag is `true` or `false`. */
export type ActionValues = Readonly<Record<string, string>>;

export interface ActionRequest {
  readonly values: ActionValues;
  /** The person has said yes in their terminal. An agent's word for it does not count. */
  readonly isConfirmed?: boolean;
}

/** How one run of an action ended. */
export interface ActionReport {
  readonly action: string;
  /** Counted from 1 for each action in a session. */
  readonly run: number;
  readonly ok: boolean;
  /** Null when it was ended by a signal, or could not be started. */
  readonly exitCode: number | null;
  readonly message: string;
  readonly durationMs: number;
  /** The name of its log, as `readLogs` takes it, and which lines of it are of this run; `to` is one past the last. */
  readonly log: string;
  readonly from: number;
  readonly to: number;
}

/** What to run on the terminal of a client. */
export interface InteractiveRun {
  readonly run: number;
  readonly command: Command;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface TakenVariables {
  readonly service: ServiceName;
  readonly variables: readonly string[];
}

/** A session of this user on this machine. */
export interface ListedSession {
  readonly project: string;
  readonly root: string;
  readonly branch: string | null;
  readonly pid: number;
  readonly state: 'ready' | 'not ready' | 'ending' | 'folder gone' | 'no answer';
  readonly ports: readonly { readonly service: string; readonly port: number }[];
  readonly since: string | null;
  readonly by: string | null;
}

/** Empty `names` means every service that starts by itself (start) or all of them (the rest). */
export interface Session {
  snapshot(): Promise<SessionSnapshot>;
  /** Events come after the snapshot of the moment of the call; returns how to stop them. */
  subscribe(listener: (event: SessionEvent) => void): () => void;
  start(names: readonly ServiceName[], options?: StartOptions): Promise<void>;
  /** Accepted at once; the snapshot shows the progress. `force` skips the grace period. */
  stop(names: readonly ServiceName[], options?: StopOptions): Promise<void>;
  restart(names: readonly ServiceName[], options?: RestartOptions): Promise<void>;
  /**
   * The services inherit this environment from their next start on.
   * Resolves with what that changes: for each service the names of variables that are new, different or gone.
   */
  takeEnvironment(
    names: readonly ServiceName[],
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<readonly TakenVariables[]>;
  /**
   * The environment of a service, whole and unmasked: of the run that there is, else as its next start would make it.
   * Without the mark by which its processes are found. @throws DevError `spawn_failed` when an env file cannot be used
   */
  environmentOf(service: ServiceName): Promise<Readonly<Record<string, string>>>;
  resolveConflict(service: ServiceName, decision: ConflictDecision): Promise<void>;
  readLogs(query: LogQuery): Promise<LogWindow>;
  /** Finds lines on disk, a stretch at a time. */
  searchLogs(search: LogSearch): Promise<LogFindings>;
  /** Runs the probes now, whatever their interval. */
  probe(names: readonly ServiceName[]): Promise<readonly ProbeReport[]>;
  inspectPort(port: number): Promise<PortReport>;
  /** Of services that are stopped: whether their ports are free again. Empty is success. */
  findHeldPorts(names: readonly ServiceName[]): Promise<readonly HeldPort[]>;
  /** Removes the containers of services that are stopped, also those of Compose. Volumes stay. */
  removeContainers(names: readonly ServiceName[]): Promise<void>;
  /** Looks at the processes of a service, each on its own. */
  inspectService(service: ServiceName): Promise<ServiceInspection>;
  /** The newest `count` values at most; those of a quarter of an hour are kept. */
  readUsage(count: number, options?: { readonly perService?: boolean }): Promise<UsageHistory>;
  /** Writes what the history does not have yet, for somebody who is about to read it. */
  syncHistory(): Promise<void>;
  /** What was counted since the session began. */
  readTallies(): Promise<SessionTallies>;
  /** What happened from that number on, as far as it is remembered: the newest 2 000 facts at least. */
  readFacts(from: number): Promise<FactWindow>;
  /** The start-up that continues, else the last one; undefined before the first. */
  readStartup(): Promise<Startup | undefined>;
  /**
   * Takes over the config as it is on disk now; with `version` only the edit that the snapshot shows under that number.
   * @throws DevError `config_missing` or `config_invalid`, and `refused` when there is another edit by now
   */
  reloadConfig(options?: { readonly dryRun?: boolean; readonly version?: number }): Promise<ReloadReport>;
  /**
   * Types a line into a service that waits for one. It is written down nowhere by us.
   * @throws DevError `refused` when the service asks nothing, or has no terminal
   */
  typeAnswer(service: ServiceName, text: string): Promise<void>;
  /** Stops everything, in reverse order; resolves when nothing is left or nothing more can be done. */
  shutdown(options?: ShutdownOptions): Promise<ShutdownReport>;
  /** Who is connected now, the oldest first. */
  clients(): Promise<readonly ClientView[]>;
  /**
   * Resolves when the caller may do it, after a person has said yes where that is needed.
   * @param action.what completes "wants to …"
   * @throws DevError `not_allowed` with who or what would allow it
   */
  requestPermission(action: { readonly right: 'run' | 'kill'; readonly what: string }): Promise<void>;
  /**
   * Answers what an agent asks, as the snapshot shows it. Only for a person.
   * @param answer.remember the same agent need not ask again for the same kind of thing in this session
   * @throws DevError `not_allowed` for anybody else, `refused` when the question is over
   */
  answerRequest(id: number, answer: { readonly isGranted: boolean; readonly remember?: boolean }): Promise<void>;
  /**
   * Keeps others from stopping and restarting the service until the time is over, its holder gives it back or has ended.
   * @throws DevError `not_allowed` while somebody else holds it
   */
  lockService(service: ServiceName, lease: { readonly durationMs: number; readonly why: string }): Promise<LeaseView>;
  /**
   * Gives the service back. Nothing happens when nobody holds it.
   * @throws DevError `not_allowed` for what somebody else holds, except from a person's screen
   */
  unlockService(service: ServiceName): Promise<void>;
  /**
   * Runs an action of the active config; resolves when it has ended. It ends with the command that asked for it.
   * @throws DevError `usage` for a parameter, `not_allowed` for an actor or without a person's yes, `refused` while it runs already
   */
  runAction(name: string, request: ActionRequest): Promise<ActionReport>;
  /** The same for one that reads from a terminal: the client runs it on its own and tells the end. @throws as runAction */
  beginAction(name: string, request: ActionRequest): Promise<InteractiveRun>;
  endAction(name: string, run: number, exitCode: number | null): Promise<void>;
  /** Ends the run that there is; nothing happens without one. @throws DevError `not_allowed` for what an agent did not begin */
  stopAction(name: string): Promise<void>;
  /** Tells the session that its services should outlive this client. */
  detach(): Promise<void>;
  /** Tells the services with a terminal how large the log pane is. */
  resize(size: TerminalSize): Promise<void>;
  /**
   * Connects to the terminal of a service. Events may come before the promise resolves.
   * @throws DevError `refused` when the service has none (`tty: false`)
   */
  openTerminal(
    service: ServiceName,
    size: TerminalSize,
    listener: (event: TerminalEvent) => void,
  ): Promise<ServiceTerminal>;
  /** Ends the connection without a word. The session treats it as a hang-up of this client. */
  close(): void;
}

/** How the screen ended; the session is left open, except that `quit` has shut it down. */
export interface ScreenEnd {
  readonly reason: 'quit' | 'detach' | 'ended' | 'hangup';
  readonly report?: ShutdownReport;
  /** What `quit` has stopped. */
  readonly stopped?: readonly ServiceName[];
  /** The signal that ended the screen, for `hangup`. */
  readonly signal?: NodeJS.Signals;
}
