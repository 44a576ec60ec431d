// What all sessions of a user on this machine know of each other: running sessions, their ports in use, and the port
// that each service was moved to. So a service gets the same port tomorrow, and no other project takes it meanwhile.
// The kernel decides whether a port is free, and the caller asks it; this code decides which session may have it. An
// unusable ledger stops nothing: it remembers nothing, knows no other session, and `problem` says why.

import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createLedgerFile, LedgerUnavailable, type LedgerFile } from './ledger-file.ts';
import { LedgerTables, type LedgerEntry, type LedgerSession } from './ledger-tables.ts';
import type { ProcessIdentity } from '../system.ts';

interface PortClaim {
  readonly root: string;
  readonly service: string;
  /** Ports, the best first; ports of other services are skipped. */
  readonly candidates: Iterable<number>;
  /**
   * Whether the system would give the port. It may bind the port to find out. Only the session that has just claimed
   * the port asks, so no test takes a port from a service about to listen there. Does not reject.
   */
  readonly isFree: (port: number) => Promise<boolean>;
}

/** Roots are real paths. A call takes about half a millisecond, and waits up to two seconds when others block the file. */
export interface PortLedger {
  /** Why the last call could not use the ledger, as one sentence; undefined if it could. */
  readonly problem: string | undefined;
  /** Announces a session. Replaces an earlier one of the same root, with its used ports. */
  enter(session: LedgerSession): Promise<void>;
  /** Ends the announcement of exactly that session. Other sessions notice one that simply dies. */
  leave(session: LedgerSession): Promise<void>;
  sessions(): Promise<readonly LedgerSession[]>;
  /** The last port that the service was moved to. */
  find(root: string, service: string): Promise<number | undefined>;
  /**
   * Records a used port of a service of an announced session. If a session of another root uses it, nothing changes
   * and the answer is that entry. If several want the same port at once, one gets it.
   */
  hold(root: string, service: string, port: number): Promise<LedgerEntry | undefined>;
  /** Ports of other services of any root: in use now, or kept for their next start. */
  taken(root: string, service: string): Promise<ReadonlySet<number>>;
  /**
   * Moves a service of an announced session to the first candidate that is free and not `taken`, records it as used
   * and keeps it. Undefined if there is none; then the service uses no port, and its kept one stays.
   */
  claim(claim: PortClaim): Promise<number | undefined>;
  /** The service uses no port any more. Its kept port stays. */
  release(root: string, service: string): Promise<void>;
  /** Like `release`, and its next port is the wanted one again. */
  forget(root: string, service: string): Promise<void>;
  /** Sorted by root, service and port. */
  list(): Promise<readonly LedgerEntry[]>;
}

interface PortLedgerOptions {
  /** See `userStateDir`. Created when it is needed. */
  readonly dir: string;
  readonly isAlive: (identity: ProcessIdentity) => boolean;
  /** See Platform.currentBoot. */
  readonly boot: string;
  /** Milliseconds since the epoch; unused entries expire by it. */
  readonly wallMs?: () => number;
}

/** A kept port expires after this long without use. */
const KEPT_FOR_MS = 30 * 24 * 3600 * 1000;
/** A network folder may never answer. */
const FOLDER_LOOK_MS = 300;

export function openPortLedger(options: PortLedgerOptions): PortLedger {
  return new SharedLedger(options);
}

class SharedLedger implements PortLedger {
  readonly #file: LedgerFile;
  readonly #isAlive: PortLedgerOptions['isAlive'];
  readonly #boot: string;
  readonly #wallMs: () => number;
  /** Folders that did not answer. Each check of one keeps a thread busy, so there is no second check. */
  readonly #silentRoots = new Set<string>();
  #problem: string | undefined;

  constructor({ dir, isAlive, boot, wallMs = Date.now }: PortLedgerOptions) {
    this.#file = createLedgerFile(dir);
    this.#isAlive = isAlive;
    this.#boot = boot;
    this.#wallMs = wallMs;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  async enter({ root, project, socket, pid, startTicks }: LedgerSession): Promise<void> {
    await this.#transaction((ledger) => {
      ledger.run('DELETE FROM inForce WHERE root = ?', root);
      ledger.run('REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?)', root, project, socket, pid, startTicks, this.#boot);
    });
  }

  async leave({ root, pid, startTicks }: LedgerSession): Promise<void> {
    await this.#transaction((ledger) => {
      ledger.run('DELETE FROM session WHERE root = ? AND pid = ? AND startTicks = ?', root, pid, startTicks);
      ledger.dropOrphans();
    });
  }

  async sessions(): Promise<readonly LedgerSession[]> {
    return (await this.#transaction((ledger) => ledger.sessions())) ?? [];
  }

  async find(root: string, service: string): Promise<number | undefined> {
    return this.#transaction((ledger) => ledger.keptPort(root, service));
  }

  async hold(root: string, service: string, port: number): Promise<LedgerEntry | undefined> {
    return this.#transaction((ledger) => {
      const rival = ledger.entries().find((entry) => entry.isInForce && entry.port === port && entry.root !== root);
      if (rival === undefined) ledger.putInForce(root, service, port, this.#wallMs());
      return rival;
    });
  }

  async taken(root: string, service: string): Promise<ReadonlySet<number>> {
    return (await this.#transaction((ledger) => ledger.taken(root, service))) ?? new Set();
  }

  async claim({ root, service, candidates, isFree }: PortClaim): Promise<number | undefined> {
    await this.#forgetGoneRoots();
    const untried = candidates[Symbol.iterator]();
    let port = nextOf(untried);
    // A transaction may run twice, so a tried candidate is only skipped, never used up.
    const reserve = (ledger: LedgerTables): void => {
      const taken = ledger.taken(root, service);
      while (port !== undefined && taken.has(port)) port = nextOf(untried);
      if (port !== undefined) ledger.putInForce(root, service, port, this.#wallMs());
    };
    const keep = (free: number) => (ledger: LedgerTables) => {
      if (ledger.taken(root, service).has(free)) return false;
      ledger.keep(root, service, free, this.#wallMs());
      ledger.putInForce(root, service, free, this.#wallMs());
      return true;
    };
    for (; port !== undefined; port = nextOf(untried)) {
      await this.#transaction(reserve);
      if (port === undefined) break;
      if ((await isFree(port)) && (await this.#transaction(keep(port))) !== false) return port;
    }
    await this.release(root, service);
    return undefined;
  }

  async release(root: string, service: string): Promise<void> {
    await this.#transaction((ledger) =>
      ledger.run('DELETE FROM inForce WHERE root = ? AND service = ?', root, service),
    );
  }

  async forget(root: string, service: string): Promise<void> {
    await this.#transaction((ledger) => {
      ledger.run('DELETE FROM inForce WHERE root = ? AND service = ?', root, service);
      ledger.run('DELETE FROM kept WHERE root = ? AND service = ?', root, service);
    });
  }

  async list(): Promise<readonly LedgerEntry[]> {
    return (await this.#transaction((ledger) => ledger.entries())) ?? [];
  }

  /** Ports of a project whose folder was removed are not kept. */
  async #forgetGoneRoots(): Promise<void> {
    const roots = (await this.#transaction((ledger) => ledger.keptRoots())) ?? [];
    const looks = roots.filter((root) => !this.#silentRoots.has(root)).map((root) => this.#isGone(root));
    const gone = (await Promise.all(looks)).filter((root) => root !== undefined);
    if (gone.length === 0) return;
    await this.#transaction((ledger) => {
      for (const root of gone) ledger.run('DELETE FROM kept WHERE root = ?', root);
    });
  }

  /** The root, when it was removed. An unreadable folder does not count as removed. */
  async #isGone(root: string): Promise<string | undefined> {
    const timer = new AbortController();
    const isThere = stat(root).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
    );
    const isSilent = delay(FOLDER_LOOK_MS, 'silent' as const, { signal: timer.signal }).catch(() => 'silent' as const);
    const answer = await Promise.race([isThere, isSilent]);
    timer.abort();
    if (answer === 'silent') this.#silentRoots.add(root);
    return answer === false ? root : undefined;
  }

  /** Runs `work` on tables without the dead and the expired; undefined when the ledger cannot be used. */
  async #transaction<T>(work: (ledger: LedgerTables) => T): Promise<T | undefined> {
    try {
      const result = await this.#file.transaction((database) => {
        const tables = new LedgerTables(database);
        tables.sweep({ isAlive: this.#isAlive, boot: this.#boot, oldestMs: this.#wallMs() - KEPT_FOR_MS });
        return work(tables);
      });
      this.#problem = undefined;
      return result;
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      this.#problem = `Ports are neither remembered nor shared with other projects: ${error.message}.`;
      return undefined;
    }
  }
}

function nextOf(ports: Iterator<number>): number | undefined {
  const next = ports.next();
  return next.done === true ? undefined : next.value;
}
