// Frees a port by stopping its owners, each with its descendants: SIGTERM, grace, SIGKILL.
// No signal relies on an old look: right before each signal the process must be the same one (pid and
// start time) and its tree must still hold the port. Once the port is free, nothing more is killed.

import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import type { OwnerCard } from '../../core/model/port-owner.ts';
import { isSame } from './kill-plan.ts';
import type { Platform, ProcessRow } from '../platform.ts';
import { endProcesses } from '../process/end-processes.ts';
import { isAlive } from '../process/process-tree.ts';
import { isLiving } from '../process/process-table.ts';
import { printable } from '../printable.ts';
import type { KillOutcome, KillStep, ProcessIdentity } from '../system.ts';

export interface KillRun {
  readonly roots: readonly OwnerCard[];
  readonly signalled: KillOutcome['signalled'];
  /** Processes that the system did not let us signal. */
  readonly denied: readonly NamedProcess[];
  /** Members of the trees that still live. */
  readonly survivors: readonly NamedProcess[];
  readonly wasForced: boolean;
  /** From the first signal until the port was let go. */
  readonly tookMs: number;
}

interface NamedProcess {
  readonly pid: number;
  readonly name: string;
}

/** An owner and its descendants by pid, the owner first: whoever was seen there, with start time. */
type Tree = Map<number, Member>;

interface Member extends ProcessIdentity {
  readonly name: string;
}

const POLL_MS = 25;
const ANNOUNCE_EVERY_MS = 200;
/** How long a tree that let go of the port may take to end before it is reported as alive. */
const LINGER_MS = 500;
/** How long a supervisor (a shell loop, systemd, pm2) usually takes to start its child again. */
const RESPAWN_WATCH_MS = 400;
/** How long that child may then take until it listens. */
const RESPAWN_START_MS = 3000;

/** Stops the trees until none of them holds the port. To prove that the port is free is left to the caller. */
export async function stopOwners(
  platform: Platform,
  port: number,
  roots: readonly OwnerCard[],
  options: { readonly graceMs: number; readonly onStep?: (step: KillStep) => void },
): Promise<KillRun> {
  return new PortKill(platform, port, roots, options.onStep).run(options.graceMs);
}

class PortKill {
  readonly #processes: Platform['processes'];
  readonly #sockets: Platform['sockets'];
  readonly #port: number;
  readonly #roots: readonly OwnerCard[];
  readonly #onStep: ((step: KillStep) => void) | undefined;
  readonly #trees: readonly Tree[];
  readonly #signalled: (NamedProcess & { readonly signal: string })[] = [];
  #announcedMs = -Infinity;
  readonly #denied = new Map<number, NamedProcess>();

  constructor(
    { processes, sockets }: Platform,
    port: number,
    roots: readonly OwnerCard[],
    onStep?: (step: KillStep) => void,
  ) {
    this.#processes = processes;
    this.#sockets = sockets;
    this.#port = port;
    this.#roots = roots;
    this.#onStep = onStep;
    this.#trees = roots.map(({ pid, startTicks, name }) => new Map([[pid, { pid, startTicks, name }]]));
  }

  async run(graceMs: number): Promise<KillRun> {
    const startedMs = monotonicMs();
    const starters = await this.#starters();
    const children = new Set(this.#childrenOf(starters).map(({ pid }) => pid));
    const { isGone, wasForced } = await endProcesses({
      graceMs,
      send: (signal) => this.#signalTrees(signal),
      isGone: async () => !(await this.#isHeld()),
      isHopeless: () => this.#denied.size > 0 && this.#signalled.length === 0,
      onWait: (step, remainingMs) => this.#announce(step, remainingMs),
    });
    const tookMs = monotonicMs() - startedMs;
    if (isGone) await this.#settle(starters, children);
    return {
      roots: this.#roots,
      signalled: this.#signalled,
      denied: [...this.#denied.values()],
      survivors: this.#living().map(({ pid, name }) => ({ pid, name })),
      wasForced,
      tookMs,
    };
  }

  async #signalTrees(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#grow();
    for (const tree of this.#trees) {
      if ((await this.#sockets.holders(this.#port, [...tree.keys()])).length === 0) continue;
      for (const member of tree.values()) {
        if (isAlive(this.#processes, member)) this.#send(member, signal);
      }
    }
  }

  #send({ pid, name }: Member, signal: 'SIGTERM' | 'SIGKILL'): void {
    const named = { pid, name };
    try {
      process.kill(pid, signal);
      if (signal === 'SIGTERM') process.kill(pid, 'SIGCONT'); // a stopped process acts on SIGTERM only once it runs again
      this.#signalled.push({ ...named, signal });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPERM') this.#denied.set(pid, named);
      // ESRCH: it ended on its own, which is all we wanted.
    }
  }

  /** Not at every look, because it costs a look at each process. */
  #announce(step: 'terminating' | 'killing', remainingMs: number): void {
    const nowMs = monotonicMs();
    if (this.#onStep === undefined || nowMs - this.#announcedMs < ANNOUNCE_EVERY_MS) return;
    this.#announcedMs = nowMs;
    this.#onStep({ step, pids: this.#living().map(({ pid }) => pid), remainingMs });
  }

  /** Whether any member of a tree holds the port. */
  async #isHeld(): Promise<boolean> {
    if (!this.#sockets.isListening(this.#port)) return false;
    if (await this.#hasHolder()) return true;
    this.#grow(); // a member may have passed it on to a child that was born since
    return this.#hasHolder();
  }

  async #hasHolder(): Promise<boolean> {
    const pids = this.#trees.flatMap((tree) => [...tree.keys()]);
    return (await this.#sockets.holders(this.#port, pids)).length > 0;
  }

  /** Forgets ended processes, adds new ones. */
  #grow(): void {
    const table = this.#processes.readAll().filter(isLiving);
    const rows = new Map(table.map((row) => [row.pid, row]));
    const childrenOf = Map.groupBy(table, (row) => row.ppid);
    for (const tree of this.#trees) {
      for (const member of tree.values()) {
        const row = rows.get(member.pid);
        if (row === undefined || !isSame(row, member)) tree.delete(member.pid);
      }
      // A Map is walked in the order of insertion, what is added on the way included.
      for (const pid of tree.keys()) {
        for (const child of childrenOf.get(pid) ?? [])
          if (!tree.has(child.pid)) tree.set(child.pid, this.#member(child));
      }
    }
  }

  #member(row: ProcessRow): Member {
    const { pid, startTicks } = row;
    return { pid, startTicks, name: printable(this.#processes.nameOf(row)) };
  }

  #living(): readonly Member[] {
    return this.#trees.flatMap((tree) => [...tree.values()]).filter((member) => isAlive(this.#processes, member));
  }

  /** Waits for the trees to end, and for a supervisor to take the port again if there is one. */
  async #settle(starters: readonly number[], children: ReadonlySet<number>): Promise<void> {
    const begunMs = monotonicMs();
    const watchMs = starters.length > 0 ? RESPAWN_WATCH_MS : 0;
    // What outlives its parent in a tree becomes a child of pid 1, and is no newborn.
    const isKnown = (pid: number): boolean => children.has(pid) || this.#trees.some((tree) => tree.has(pid));
    const hasNewborn = (): boolean => this.#childrenOf(starters).some(({ pid }) => !isKnown(pid));
    for (;;) {
      const elapsedMs = monotonicMs() - begunMs;
      const isListening = this.#sockets.isListening(this.#port);
      if (isListening && (elapsedMs >= LINGER_MS || (await this.#hasOwner()))) return;
      const hasEnded = elapsedMs >= LINGER_MS || this.#living().length === 0;
      if (!isListening && hasEnded && elapsedMs >= watchMs) {
        if (elapsedMs >= RESPAWN_START_MS || !hasNewborn()) return;
      }
      await delay(POLL_MS);
    }
  }

  /** The socket of an ending process outlives its descriptors for a moment: it seems to have no owner, and no new one. */
  async #hasOwner(): Promise<boolean> {
    const listeners = await this.#sockets.listeners(this.#port);
    return listeners.some(({ port, pids }) => port === this.#port && pids.length > 0);
  }

  /** The parents that could start an owner again. A person at a shell prompt is not that quick. */
  async #starters(): Promise<number[]> {
    const starters: number[] = [];
    for (const { parents, verdict } of this.#roots) {
      const parent = parents[0];
      if (parent === undefined || verdict === 'left over') continue;
      const found = this.#processes.readOne(parent.pid);
      const argv = (await this.#processes.details(parent.pid))?.argv ?? [];
      if (found !== undefined && isLiving(found) && !isShellPrompt(argv)) starters.push(parent.pid);
    }
    return starters;
  }

  #childrenOf(parents: readonly number[]): readonly ProcessRow[] {
    if (parents.length === 0) return [];
    return this.#processes.readAll().filter((row) => isLiving(row) && parents.includes(row.ppid));
  }
}

/** A shell without a script and without `-c` reads what a person types. */
function isShellPrompt([program = '', ...rest]: readonly string[]): boolean {
  const isShell = /(^|[-/])(ba|z|fi|da|k|c|tc)?sh$/.test(program);
  return isShell && rest.every((argument) => argument.startsWith('-') && !/^-\w*c/.test(argument));
}
