// What the supervisor needs from the operating system, and nothing more. Linux and the other systems share this code
// and differ in their Platform; tests bring their own.

import type { FoldMemory } from '../core/logs/earlier-folds.ts';
import type { EnvFile } from '../core/env/env-file.ts';
import type { Command, LogSpec, Probe } from '../core/model/project.ts';
import type { PortUse } from '../core/model/port-facts.ts';
import type { ProcessIdentity, ComponentHealth } from '../core/model/run.ts';
import type { RememberedChoice } from '../core/ports/remembered-choice.ts';
import type { TreeProcess } from '../core/rules/container-proof.ts';
import type { ContainerCard } from '../core/model/port-owner.ts';
import type { Listening } from '../core/session/snapshot.ts';

import type { ContainerEngine } from './container-engine.ts';

export type { PortUse } from '../core/model/port-facts.ts';
export type { ProcessIdentity } from '../core/model/run.ts';

export interface Clock {
  /** Monotonic milliseconds; every duration and timeout counts by it. */
  nowMs(): number;
  /** Milliseconds since the epoch, for display only. */
  wallMs(): number;
  after(delayMs: number, callback: () => void): void;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface SpawnRequest {
  readonly command: Command;
  readonly cwd: string;
  /** The whole environment, nothing is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly tty: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Name of a control group of its own, unlike any other of the session: used where the system offers groups. */
  readonly group?: string;
}

export interface SpawnHandlers {
  onData(bytes: Buffer, stream: 'out' | 'err'): void;
  /** Called once, after the process has ended and its output was drained (for a bounded time). */
  onExit(exit: Exit): void;
}

export interface ChildProcessHandle {
  readonly identity: ProcessIdentity;
  /** See TreeRoot. */
  readonly group?: string | undefined;
  /** Types into the service. No effect once it has ended. */
  write(bytes: Uint8Array): void;
  resize(columns: number, rows: number): void;
}

/** Every process of a service: its control group, the leader's group and session, its descendants, and token holders. */
export interface TreeRoot {
  readonly leader: ProcessIdentity;
  /** Environment entries that every process of the service inherits, e.g. `DEV_SESSION` and `DEV_SERVICE`. */
  readonly token: Readonly<Record<string, string>>;
  /** The control group that the kernel keeps all of them in, where there is one. It alone is proof: the rest can be shed. */
  readonly group?: string | undefined;
}

export interface TreeUsage {
  readonly pids: readonly number[];
  /** Of one core; null until two samples exist. */
  readonly cpuPercent: number | null;
  /** CPU time that the tree used since its leader began, as far as it was looked at. Never goes back. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly threads: number;
  readonly connections: number;
  /** TCP sockets on which the tree listens. */
  readonly listening: readonly Listening[];
  /** Every process of the tree with a TCP socket that listens, one that several share counted for each of them. */
  readonly holders: readonly (ProcessIdentity & { readonly port: number })[];
  /** Sockets of others that listen on the same ports; empty where the system does not tell without asking long. */
  readonly strangers: readonly { readonly address: string; readonly port: number }[];
}

/** One process of a tree, as the system reports it. */
export interface ProcessUsage extends ProcessIdentity {
  readonly ppid: number;
  readonly name: string;
  /** Printable, with its arguments; the name where they are hidden. */
  readonly command: string;
  /** Of one core; null until two looks at it exist. */
  readonly cpuPercent: number | null;
  readonly rssBytes: number;
  /** Undefined where the system does not tell. */
  readonly threads: number | undefined;
}

export interface Processes {
  /**
   * Starts a process as the leader of its own session and group, with an open, never-written stdin.
   * @throws DevError `spawn_failed`: command not found, not executable, cwd missing, too long, EMFILE, EAGAIN; each in its own words
   */
  spawn(request: SpawnRequest, handlers: SpawnHandlers): ChildProcessHandle;
  isAlive(identity: ProcessIdentity): boolean;
  /** Living members (no zombies), the leader first when it lives. `sweep` also reads every process's environment for the token. */
  members(
    root: TreeRoot,
    options: { readonly sweep: boolean },
  ): readonly (ProcessIdentity & { readonly name: string })[];
  /**
   * Nothing of the tree is left: no member is found by a sweep, and its control group, where it has one, could be
   * removed, which the kernel allows only when it is empty.
   */
  isGone(root: TreeRoot): boolean;
  /** Sends `signal` to all members, each proven again right before; SIGTERM is followed by SIGCONT. Returns how many got it. */
  signal(root: TreeRoot, signal: NodeJS.Signals): number;
  /**
   * Sends the tree's last signal to processes born since that are on their own: a daemon, or any process after
   * SIGKILL. A process that a member starts for its own shutdown is left to that member.
   */
  signalNewcomers(root: TreeRoot): void;
  /** One look at the system for many trees. Cheap enough for every two seconds. */
  sample(roots: readonly TreeRoot[]): readonly TreeUsage[];
  /** The members of one tree with their usage. For an open screen: once a second at most. */
  inspect(root: TreeRoot): readonly ProcessUsage[];
  /** The members of one tree with how they were started. Not printable. */
  describe(root: TreeRoot): Promise<readonly TreeProcess[]>;
}

/** The facts that distinguish our own processes from foreign ones in a verdict. */
export interface OwnerContext {
  /** The root of this project. */
  readonly root: string;
  /** Pids of this session's services. */
  readonly ours: ReadonlySet<number>;
  /** Processes that an earlier session of this project recorded. */
  readonly recorded: readonly ProcessIdentity[];
}

export type KillStep =
  | { readonly step: 'terminating' | 'killing'; readonly pids: readonly number[]; readonly remainingMs: number }
  | { readonly step: 'verifying' };

export type ContainerStep =
  | { readonly step: 'stopping container'; readonly name: string; readonly remainingMs: number }
  | { readonly step: 'verifying' };

export interface KillOutcome {
  readonly freed: boolean;
  /** One sentence for a person. */
  readonly message: string;
  /** Why another stop of the owner would not help: a clause. */
  readonly comesBack?: string;
  readonly signalled: readonly { readonly pid: number; readonly name: string; readonly signal: string }[];
}

/** A connection that was opened to see whether a process takes it. */
export interface Knock {
  /** `refused`: it failed, or was broken off before a process had taken it. */
  state(): 'waiting' | 'taken' | 'refused';
  end(): void;
}

export interface Ports {
  /** Looks at the kernel's table for listeners on the port, on every address family. Never binds. Asks container engines when the owner is one or hidden. */
  use(port: number, context: OwnerContext): Promise<PortUse>;
  /**
   * As `use`, and what else keeps the port from a service on `host`. Nobody may be about to listen there: where the
   * tables leave it open, the port is bound for a moment. `thorough`: also where they show nothing at all, to find a
   * socket that is bound and does not listen. `protocol`: whether datagrams count, alone or where TCP is free; not
   * unless asked.
   */
  examine(
    port: number,
    context: OwnerContext,
    options: { readonly host?: string; readonly thorough?: boolean; readonly protocol?: 'tcp' | 'udp' | 'either' },
  ): Promise<PortUse>;
  /** Whether anything listens on the port. Quick: no owners are looked up. */
  isListening(port: number): boolean;
  /**
   * Connects to the port and sends nothing, to see whether any process takes the connection: while a socket listens, the
   * kernel accepts in its stead. Absent where the system does not tell.
   */
  readonly knock?: (port: number, address: string) => Promise<Knock>;
  /** Ports to try for a service, the best first: `wanted`, the range upward from it and around again, then any. */
  candidates(wanted: number, range: { readonly from: number; readonly to: number }): Iterable<number>;
  /** Nothing listens on the port, and the system would give it. Binds it for a moment to find out. */
  isFree(port: number): Promise<boolean>;
  /**
   * The first of the candidates that is not `taken` and has no listener on any address, outside the ephemeral range
   * while the range allows. A proposal: it binds nothing unless the range is used up, so the port may prove not to be free.
   */
  nextFree(
    wanted: number,
    range: { readonly from: number; readonly to: number },
    taken: ReadonlySet<number>,
  ): Promise<number>;
  /**
   * Stops the owners (each with its tree): proves identity and that it still holds the port right before each signal,
   * SIGTERM → `graceMs` → SIGKILL, then proves that the port is free. Refuses what OwnerCard.refusal names.
   */
  kill(
    port: number,
    owners: readonly ProcessIdentity[],
    options: {
      readonly graceMs: number;
      readonly context: OwnerContext;
      /** They have it for datagrams. */
      readonly isUdp?: boolean;
      readonly onStep?: (step: KillStep) => void;
    },
  ): Promise<KillOutcome>;
  /** Stops a container through its engine, then proves that nothing listens on the port. */
  stopContainer(
    port: number,
    container: ContainerCard,
    options?: { readonly onStep?: (step: ContainerStep) => void },
  ): Promise<KillOutcome>;
}

export interface ProbeTarget {
  /** References already expanded. */
  readonly probe: Probe;
  readonly host: string;
  readonly port: number | null;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Pids that may answer; an answer of a foreign listener does not count. */
  readonly pids: ReadonlySet<number>;
  /** The container that answers on the port, by a front end of its engine; `pids` mean nothing then. */
  readonly container?: ContainerListener;
}

export interface ContainerListener {
  /** 64 hex digits. */
  readonly id: string;
  /** Of its first process on the engine's machine, which may be another one than ours. */
  readonly pid: number | undefined;
  /** The port that it listens on inside. */
  readonly port: number;
}

export interface ProbeResult {
  readonly ok: boolean;
  readonly latencyMs: number;
  /** "200 OK", "connection refused", "answered by pid 812 (node)", "timed out after 5 s". */
  readonly message: string;
  readonly components: readonly ComponentHealth[];
}

export interface Probes {
  /** One attempt of an http, tcp or command check of this machine. Never throws, never outlives `timeoutMs`, reads at most 64 KiB. */
  attempt(target: ProbeTarget): Promise<ProbeResult>;
}

/** Where a line stands that was just completed. `continues`: it is the rest of the one before, which was too long. */
export interface LinePlace {
  readonly seq: number;
  readonly timeMs: number;
  readonly continues: boolean;
}

/** The output of one service on disk: `logs/NAME.log`, each line a time, a space, and the bytes as written. */
export interface LogFile {
  readonly path: string;
  /**
   * Bytes as they come from one stream; lines are joined across calls.
   * @param atMs when they were written, if that was not now: milliseconds since the epoch
   */
  append(bytes: Buffer, stream: 'out' | 'err', atMs?: number): void;
  /** Ends partial lines, as after an exit. */
  endLine(): void;
  /** A line of our own among the service's: "— restarted —". */
  note(text: string): void;
  /** One past the newest line; starts at 0 when the file is opened. */
  readonly next: number;
  /** The oldest line that can be read; negative for what earlier sessions left. */
  first(): number;
  /**
   * Raw bytes of the lines, without time and line end. A `partial` line has no end yet: it comes again, longer.
   * An answer of more than `mostBytes` (32 MiB unless given) ends early, soon after it has passed them.
   */
  read(
    from: number,
    count: number,
    mostBytes?: number,
  ): readonly {
    readonly seq: number;
    readonly timeMs: number;
    /** As the service wrote it; bytes that are not UTF-8 are U+FFFD. */
    readonly text: string;
    readonly partial?: boolean;
  }[];
  /** Called with each complete line while set, for log probes and conflict recognition; null to stop. */
  watchLines(listener: ((line: Buffer, place: LinePlace) => void) | null): void;
  /** Other limits than it was opened with, from the next rotation on. */
  setLimits(limits: LogSpec): void;
  /** Trouble with the disk, in one sentence, or null. */
  readonly problem: string | null;
  /** Writes what is pending and releases the file. */
  close(): void;
}

export interface StoredLog extends LogFile {
  /** Remembers for later sessions that this line is out of sight. The line itself stays as it is. */
  rememberFold(timeMs: number, text: string): void;
  /** The lines that sessions until now have folded so; undefined when there are none. */
  foldedBefore(): FoldMemory | undefined;
}

export interface LogFiles {
  /** Where the service's log is or will be; opens nothing. */
  pathOf(service: string): string;
  open(service: string, spec: LogSpec, options: { readonly onLines: () => void }): StoredLog;
}

export interface Files {
  /** The text of a small file (at most 1 MiB), or undefined when it is missing, unreadable, or no regular file. */
  read(path: string): string | undefined;
  /** Never waits: of a named pipe it gives what `readPipe` got last. */
  readEnvFile(path: string): EnvFile;
  /**
   * Reads a named pipe, for 10 s at most. Those who ask at the same time, or within 2 s, share one reading: a start of
   * ten services asks the password manager once. Never throws; `readEnvFile` tells how it went.
   */
  readPipe(path: string): Promise<'read' | 'kept' | 'failed'>;
  isPipe(path: string): boolean;
}

export interface FileWatch {
  /**
   * Tells of files that match the globs and appear or change, also where their folder is deleted, made again or
   * reached by a link. Skips changes of mode and owner alone, and what lies in node_modules, .git and the like.
   * Names are relative to `root`, and printable. Returns how to stop.
   */
  watch(options: {
    readonly root: string;
    /** A path without wildcards means the file, or all files below the folder. `!` excludes paths. */
    readonly globs: readonly string[];
    readonly onChange: (file: string) => void;
    /** Also tells of files that are deleted. */
    readonly includesGone?: boolean;
    /** The globs that match no file: when there are some at the beginning, and whenever they become fewer. */
    readonly onUnmatched?: (globs: readonly string[]) => void;
    /** Once, in one sentence, when not everything can be watched. */
    readonly onProblem: (problem: string) => void;
  }): () => void;
}

export interface ShortCommandResult {
  readonly ok: boolean;
  /** "exited with code 1", "timed out after 10 s" … */
  readonly message: string;
  /** Absent when it did not end by itself. */
  readonly exitCode?: number;
}

/** Commands that run to their end, such as a stop command. */
export interface ShortCommands {
  /** Output goes to `onData`. Never throws; at `timeoutMs`, if there is one, the whole process group is killed. */
  run(request: {
    readonly command: Command;
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly timeoutMs: number | undefined;
    /** Aborting it kills the group too. */
    readonly signal?: AbortSignal;
    readonly onData: (bytes: Buffer) => void;
  }): Promise<ShortCommandResult>;
}

/**
 * What the sessions of this user on this machine agree on about ports, seen from one of them.
 * A problem with it stops nothing: then nothing is remembered, and no other session is known.
 */
export interface ProjectLedger {
  /** Announces the session. False when the ledger cannot be used now; nothing is done when it is announced already. */
  enter(): Promise<boolean>;
  /** The session is over, and has no ports any more. */
  leave(): Promise<void>;
  /** The port that the service was moved to last. */
  find(service: string): Promise<number | undefined>;
  /** Ports of other services of any project: in use now, or kept for their next start. */
  taken(service: string): Promise<ReadonlySet<number>>;
  /** Which service of another project has the port. */
  holderOf(port: number): Promise<{ readonly service: string; readonly root: string } | undefined>;
  /**
   * Gives the service the first candidate that is free and that no other service has, and keeps it for the next time.
   * Of several sessions that want the same port at once, one gets it. Undefined when no candidate is left.
   */
  claim(
    service: string,
    candidates: Iterable<number>,
    isFree: (port: number) => Promise<boolean>,
  ): Promise<number | undefined>;
  /** The service runs on the port. False when that could not be written down. */
  hold(service: string, port: number): Promise<boolean>;
  /** The service runs no more; where it was moved to stays. False when that could not be written down. */
  release(service: string): Promise<boolean>;
}

/** A person's remembered choices about taken ports in this project. */
export interface Choices {
  list(): readonly RememberedChoice[];
  /** @throws the system's error if it cannot be written */
  remember(choice: RememberedChoice): void;
  /** Of one service or of all; returns the forgotten choices. */
  forget(service: string | undefined): readonly RememberedChoice[];
}

/** The engine that runs containers. Nothing of it is loaded or asked before the first call. */
export interface Containers {
  /** @throws DevError `engine_unavailable` with what is missing and what to do */
  connect(): Promise<ContainerEngine>;
}

export interface System {
  readonly clock: Clock;
  readonly processes: Processes;
  readonly ports: Ports;
  readonly probes: Probes;
  readonly logFiles: LogFiles;
  readonly files: Files;
  readonly fileWatch: FileWatch;
  readonly shortCommands: ShortCommands;
  readonly ledger: ProjectLedger;
  readonly choices: Choices;
  readonly containers: Containers;
}
