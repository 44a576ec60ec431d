// What all of a user's sessions on this machine know of each other: who lives, which ports they have in force, and which
// port a service was moved to, so that it gets the same one tomorrow and no other project gets it meanwhile.
// Whether a port is free is the kernel's to say, and left to the caller; here is decided who may have it among us.
// A ledger that cannot be used stops nobody: it then remembers nothing, knows of nobody, and says why in `problem`.

import { createLedgerFile, LedgerUnavailable, type LedgerFile } from './ledger-file.ts';
import { LedgerTables, type LedgerEntry, type LedgerSession } from './ledger-tables.ts';
import type { ProcessIdentity } from '../system.ts';

interface PortClaim {
  readonly root: string;
  readonly service: string;
  /** Ports in the order of preference; those that others have are passed over. */
  readonly candidates: Iterable<number>;
  /**
   * Whether the system would give the port. May bind it to find out: only the session that has just put a port in force
   * is asked about it, so no test takes the port from a service that is about to listen there. Does not reject.
   */
  readonly isFree: (port: number) => Promise<boolean>;
}

/** Roots are real paths. A call takes about half a millisecond, and two seconds at worst, when others block the file. */
export interface PortLedger {
  /** Why the last call could not use the ledger, as one sentence; undefined when it could. */
  readonly problem: string | undefined;
  /** Announces a session. Replaces an earlier one of the same root, with all it had in force. */
  enter(session: LedgerSession): void;
  /** Ends what that very session announced; one that just dies is found dead by the others. */
  leave(session: LedgerSession): void;
  sessions(): readonly LedgerSession[];
  /** The port that the service was moved to last. */
  find(root: string, service: string): number | undefined;
  /**
   * Puts a port in force for a service of an announced session, unless a session of another root has it in force:
   * then nothing changes and the answer is that entry. Of several who want the same port at once, one gets it.
   */
  hold(root: string, service: string, port: number): LedgerEntry | undefined;
  /** Ports that other services have, of whatever root: in force now, or kept for when they start again. */
  taken(root: string, service: string): ReadonlySet<number>;
  /**
   * Moves a service of an announced session to the first candidate that is free and not `taken`, puts that in force and
   * keeps it. Undefined when there is none; nothing is in force for the service then, and what it kept stays.
   */
  claim(claim: PortClaim): Promise<number | undefined>;
  /** The service has no port in force any more. Where it was moved to stays. */
  release(root: string, service: string): void;
  /** As `release`, and its next port is the wanted one again. */
  forget(root: string, service: string): void;
  /** Sorted by root, service and port. */
  list(): readonly LedgerEntry[];
}

interface PortLedgerOptions {
  /** See `userStateDir`. Created when it is needed. */
  readonly dir: string;
  readonly isAlive: (identity: ProcessIdentity) => boolean;
  /** See Platform.currentBoot. */
  readonly boot: string;
  /** Milliseconds since the epoch, by which what nobody used expires. */
  readonly wallMs?: () => number;
}

/** A moved port that was not used for so long is given up. */
const KEPT_FOR_MS = 30 * 24 * 3600 * 1000;

export function openPortLedger(options: PortLedgerOptions): PortLedger {
  return new SharedLedger(options);
}

class SharedLedger implements PortLedger {
  readonly #file: LedgerFile;
  readonly #isAlive: PortLedgerOptions['isAlive'];
  readonly #boot: string;
  readonly #wallMs: () => number;
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

  enter({ root, project, socket, pid, startTicks }: LedgerSession): void {
    this.#transaction((ledger) => {
      ledger.run('DELETE FROM inForce WHERE root = ?', root);
      ledger.run('REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?)', root, project, socket, pid, startTicks, this.#boot);
    });
  }

  leave({ root, pid, startTicks }: LedgerSession): void {
    this.#transaction((ledger) => {
      ledger.run('DELETE FROM session WHERE root = ? AND pid = ? AND startTicks = ?', root, pid, startTicks);
      ledger.dropOrphans();
    });
  }

  sessions(): readonly LedgerSession[] {
    return this.#transaction((ledger) => ledger.sessions()) ?? [];
  }

  find(root: string, service: string): number | undefined {
    return this.#transaction((ledger) => ledger.keptPort(root, service));
  }

  hold(root: string, service: string, port: number): LedgerEntry | undefined {
    return this.#transaction((ledger) => {
      const rival = ledger.entries().find((entry) => entry.isInForce && entry.port === port && entry.root !== root);
      if (rival === undefined) ledger.putInForce(root, service, port, this.#wallMs());
      return rival;
    });
  }

  taken(root: string, service: string): ReadonlySet<number> {
    return this.#transaction((ledger) => ledger.taken(root, service)) ?? new Set();
  }

  async claim({ root, service, candidates, isFree }: PortClaim): Promise<number | undefined> {
    const untried = candidates[Symbol.iterator]();
    const reserveNext = (ledger: LedgerTables) => {
      const port = nextOutside(untried, ledger.taken(root, service));
      if (port !== undefined) ledger.putInForce(root, service, port, this.#wallMs());
      return port;
    };
    const keep = (port: number) => (ledger: LedgerTables) => {
      if (ledger.taken(root, service).has(port)) return false;
      ledger.keep(root, service, port, this.#wallMs());
      ledger.putInForce(root, service, port, this.#wallMs());
      return true;
    };
    for (;;) {
      const port = this.#transaction(reserveNext) ?? nextOutside(untried, new Set());
      if (port === undefined) break;
      if ((await isFree(port)) && this.#transaction(keep(port)) !== false) return port;
    }
    this.release(root, service);
    return undefined;
  }

  release(root: string, service: string): void {
    this.#transaction((ledger) => ledger.run('DELETE FROM inForce WHERE root = ? AND service = ?', root, service));
  }

  forget(root: string, service: string): void {
    this.#transaction((ledger) => {
      ledger.run('DELETE FROM inForce WHERE root = ? AND service = ?', root, service);
      ledger.run('DELETE FROM kept WHERE root = ? AND service = ?', root, service);
    });
  }

  list(): readonly LedgerEntry[] {
    return this.#transaction((ledger) => ledger.entries()) ?? [];
  }

  /** Runs `work` on tables without the dead and the expired; undefined when the ledger cannot be used. */
  #transaction<T>(work: (ledger: LedgerTables) => T): T | undefined {
    try {
      const result = this.#file.transaction((database) => {
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

function nextOutside(ports: Iterator<number>, taken: ReadonlySet<number>): number | undefined {
  for (let next = ports.next(); next.done !== true; next = ports.next()) if (!taken.has(next.value)) return next.value;
  return undefined;
}
