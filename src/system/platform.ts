// The facts of one kind of operating system about processes and sockets. Facts only: membership in a service is decided
// in process/, who owns a port and what that means in ports/. `linux/` answers from /proc, `portable/` through ps, lsof
// and netstat. Which of them is used is decided in one place, main/platform/platform.ts.
// Trap: every text of a process was chosen by itself. Never print it raw.

import type { Listening } from '../core/session/snapshot.ts';
import type { Knock, ProbeTarget, ProcessIdentity } from './system.ts';

/** Node calls its main thread so, which tells nobody what runs. */
export const NODE_THREAD = 'MainThread';

/** One line of the process table. */
export interface ProcessRow extends ProcessIdentity {
  readonly ppid: number;
  readonly pgid: number;
  /** 0 where the system does not tell sessions. */
  readonly sid: number;
  /** Begins with Z for a zombie and X for one that is gone; both are dead. */
  readonly state: string;
  readonly name: string;
  /** User and system time of the process itself, without its children's. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** Undefined where the system does not tell. */
  readonly threads: number | undefined;
}

export interface ProcessDetails {
  /** Undefined when the system does not tell. */
  readonly uid: number | undefined;
  readonly argv: readonly string[];
  readonly cwd: string | undefined;
  /** `KEY=value` entries, each ended by NUL; undefined when they are hidden. */
  readonly environ: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** It runs in another pid namespace than we do. */
  readonly inOtherContainer: boolean;
}

export interface ProcessReader {
  /** The process with this pid, also a zombie; undefined when it does not exist or is hidden. */
  readOne(pid: number): ProcessRow | undefined;
  /**
   * Every process that can be seen, zombies included.
   * @param members pids whose rows must be of this moment; those of processes that were there before us may then be some
   *   seconds old. All are of this moment without it.
   */
  readAll(members?: ReadonlySet<number>): readonly ProcessRow[];
  /** Environments for one look at all processes, each as `environ` of ProcessDetails. */
  environments(): (pid: number) => string | undefined;
  /** False where one look at environments costs as much as a look at all processes. */
  readonly areEnvironmentsCheap: boolean;
  /** What a person calls the process: its program, also where that has named itself NODE_THREAD. */
  nameOf(row: Pick<ProcessRow, 'pid' | 'name'>): string;
  /** The command with its arguments, as one text. A process that hides it, or is gone, is left out. */
  commandsOf(pids: readonly number[]): ReadonlyMap<number, string>;
  details(pid: number): Promise<ProcessDetails | undefined>;
  /** Where the system has control groups. */
  readonly groups?: GroupReader;
}

interface GroupReader {
  /** Ids of the processes in the group, this one left out, among others that stand for none. */
  read(group: string): readonly number[];
  /** Removes the group and its subgroups. False while a process is in them. */
  remove(group: string): boolean;
}

/** A TCP socket that listens. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  /** Every process that holds it, workers that share it included. Empty when they are hidden from us. */
  readonly pids: readonly number[];
}

export interface SocketReader {
  /** Whether any process listens on the port, on any address. Never binds, never connects. */
  isListening(port: number): boolean;
  /**
   * The same, with more detail: `in doubt` if nobody listens and the port may still not be available. Other sockets
   * may have it as their near end, or it takes a privilege.
   */
  occupation(port: number): 'listening' | 'in doubt' | 'free';
  /** Ports with a listener on any address. Owners are not looked up. */
  listeningPorts(): Promise<ReadonlySet<number>>;
  /** Every listener on the port with its owners; those on other ports too where that costs nothing more. */
  listeners(port: number): Promise<readonly Listener[]>;
  /** Whether this user may listen there at all; true where the system does not tell. */
  mayListen(port: number): boolean;
  /** Every UDP socket on the port that takes datagrams from anybody; none where the system does not tell. */
  datagramListeners(port: number): readonly Listener[];
  /** Which of these processes hold a socket that listens on the port. */
  holders(port: number, among: readonly number[]): Promise<readonly number[]>;
  /** Absent where the system does not tell whether a connection was taken. */
  readonly knock?: (port: number, address: string) => Promise<Knock>;
  /** Undefined when the system reports only the result of a bind. */
  obstacleFacts(port: number): ObstacleFacts | undefined;
}

/** The facts about a port beyond its listeners. */
export interface ObstacleFacts {
  /** The user that each listener belongs to whose process we cannot see. */
  readonly hiddenUids: readonly number[];
  readonly ourUid: number;
  /** Open connections with the port as their near end; `program` is undefined when its process is hidden. */
  readonly connections: readonly {
    readonly remote: string;
    readonly program: { readonly pid: number; readonly name: string } | undefined;
  }[];
  /** How long the kernel still remembers a closed connection of the port, the longest; undefined without one. */
  readonly timeWaitMs: number | undefined;
  /** Ports below need a privilege. */
  readonly unprivilegedFrom: number;
  readonly isPrivileged: boolean;
  readonly isReserved: boolean;
  /** Where the system takes the near ends of outgoing connections from. */
  readonly ephemeral: { readonly from: number; readonly to: number };
}

/** The sockets of one tree of processes. */
export interface TreeSockets {
  readonly listening: readonly Listening[];
  readonly connections: number;
  /** Every process of the tree with a TCP socket that listens: pre-fork workers, and a reloader that keeps it open. */
  readonly holders: readonly { readonly port: number; readonly pid: number }[];
  /** Listeners on the same ports that no process of the tree holds. */
  readonly strangers: readonly { readonly address: string; readonly port: number }[];
}

export interface TreeSocketReader {
  /** One answer per list of pids. A socket that several processes of a tree share counts once, for the first of them. */
  read(trees: readonly (readonly number[])[]): readonly TreeSockets[];
}

/** The process that answers on the port of a service. */
export type Answerer =
  /** Something of the service listens on these addresses. */
  | { readonly kind: 'service'; readonly addresses: readonly string[] }
  | { readonly kind: 'nobody' }
  /** Nobody listens by TCP, and something of the service takes datagrams there. */
  | { readonly kind: 'by UDP' }
  | { readonly kind: 'stranger'; readonly message: string }
  /** The service has processes that we may not look into, or the system does not tell. */
  | { readonly kind: 'unknown' };

export interface Platform {
  readonly processes: ProcessReader;
  readonly sockets: SocketReader;
  createTreeSockets(): TreeSocketReader;
  createListenerCheck(): (target: ProbeTarget, port: number) => Answerer;
  /**
   * Another text after each boot, where start times of processes count from the boot. Elsewhere they are points in time,
   * which no later boot has again, and one text does for all.
   */
  readonly currentBoot: () => string;
  /** A UUID that nobody else has. */
  readonly randomId: () => string;
  /** False if the process is known to work in another folder than this device and inode, or belongs to another user. */
  mayWorkIn(pid: number, folder: { readonly rootDevice: string; readonly rootInode: string }): boolean;
}
