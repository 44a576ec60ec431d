// What the port desk must see of the machine: who listens, and what each process is. Facts only; verdicts are
// made in owner-card, signals are sent in port-kill. Linux answers from /proc, other systems through lsof and ps.

import type { ProcessIdentity } from '../system.ts';

/** A TCP socket that listens. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  /** Every process that holds it, workers that share it included. Empty when they are hidden from us. */
  readonly pids: readonly number[];
}

export interface ProcessFacts extends ProcessIdentity {
  readonly ppid: number;
  /** Chosen by the process itself: never print it raw. */
  readonly name: string;
  /** False for a zombie, which holds nothing and needs no signal. */
  readonly alive: boolean;
}

export interface ProcessDetails {
  /** Undefined when the system does not tell. */
  readonly uid: number | undefined;
  readonly argv: readonly string[];
  readonly cwd: string | undefined;
  /** `DEV_SESSION`, `DEV_SERVICE` and whatever else begins with `DEV_` in its environment, as far as we may read it. */
  readonly devVariables: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** It lives in another pid namespace than we do. */
  readonly inOtherContainer: boolean;
}

export interface Machine {
  /** Whether anything listens on the port, on any address, whoever it is. Never binds, never connects. */
  isListening(port: number): boolean;
  /**
   * The same in one look with more to it: `in doubt` when nobody listens, and still the port may not be had: other
   * sockets have it as their near end, or it takes a privilege.
   */
  occupation(port: number): 'listening' | 'in doubt' | 'free';
  /** Ports with a listener on any address, whoever it is. Owners are not looked up. */
  listeningPorts(): Promise<ReadonlySet<number>>;
  /** Every listener on the port with its owners; those on other ports too where that costs nothing more. */
  listeners(port: number): Promise<readonly Listener[]>;
  /** Which of these processes hold a socket that listens on the port. */
  holders(port: number, among: readonly number[]): Promise<readonly number[]>;
  find(pid: number): Promise<ProcessFacts | undefined>;
  table(): Promise<readonly ProcessFacts[]>;
  details(pid: number): Promise<ProcessDetails | undefined>;
}
