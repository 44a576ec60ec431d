// The rows of the port ledger within one transaction: running sessions, used ports, kept ports.
// port-ledger decides who gets which port.

import type { DatabaseSync } from 'node:sqlite';
import type { ProcessIdentity } from '../system.ts';

/** A running session of this user, and its address. */
export interface LedgerSession extends ProcessIdentity {
  readonly root: string;
  /** The project's name. */
  readonly project: string;
  readonly socket: string;
}

export interface LedgerEntry {
  readonly root: string;
  readonly service: string;
  readonly port: number;
  /** The session uses this port for the service now. Never without a running session. */
  readonly isInForce: boolean;
  /** The port the service was moved to last, and gets again. */
  readonly isKept: boolean;
  readonly session: LedgerSession | undefined;
}

interface PortRow {
  readonly root: string;
  readonly service: string;
  readonly port: number;
}

interface SessionRow extends LedgerSession {
  readonly boot: string;
}

export class LedgerTables {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  run(statement: string, ...values: readonly (string | number)[]): void {
    this.#database.prepare(statement).run(...values);
  }

  rows(statement: string, ...values: readonly (string | number)[]): readonly unknown[] {
    return this.#database.prepare(statement).all(...values);
  }

  keptPort(root: string, service: string): number | undefined {
    const rows = this.rows('SELECT * FROM kept WHERE root = ? AND service = ?', root, service) as readonly PortRow[];
    return rows[0]?.port;
  }

  sessionRows(): readonly SessionRow[] {
    return this.rows('SELECT * FROM session ORDER BY root') as readonly SessionRow[];
  }

  sessions(): readonly LedgerSession[] {
    return this.sessionRows().map(({ root, project, socket, pid, startTicks }) => ({
      root,
      project,
      socket,
      pid,
      startTicks,
    }));
  }

  entries(): readonly LedgerEntry[] {
    const sessionOf = new Map(this.sessions().map((session) => [session.root, session]));
    const rows = this.rows(
      `SELECT root, service, port, max(isInForce) AS isInForce, max(isKept) AS isKept
       FROM (SELECT root, service, port, 1 AS isInForce, 0 AS isKept FROM inForce
             UNION ALL SELECT root, service, port, 0, 1 FROM kept)
       GROUP BY root, service, port ORDER BY root, service, port`,
    ) as readonly (PortRow & { readonly isInForce: number; readonly isKept: number })[];
    return rows.map(({ root, service, port, isInForce, isKept }) => ({
      root,
      service,
      port,
      isInForce: isInForce === 1,
      isKept: isKept === 1,
      session: sessionOf.get(root),
    }));
  }

  taken(root: string, service: string): ReadonlySet<number> {
    const others = this.entries().filter((entry) => entry.root !== root || entry.service !== service);
    return new Set(others.map((entry) => entry.port));
  }

  /** A kept port that is used stays kept. What is put in use for a root without a session counts for nobody. */
  putInForce(root: string, service: string, port: number, nowMs: number): void {
    this.run('REPLACE INTO inForce VALUES (?, ?, ?)', root, service, port);
    this.run('UPDATE kept SET usedAtMs = ? WHERE root = ? AND service = ? AND port = ?', nowMs, root, service, port);
    this.dropOrphans();
  }

  keep(root: string, service: string, port: number, nowMs: number): void {
    this.run('REPLACE INTO kept VALUES (?, ?, ?, ?)', root, service, port, nowMs);
  }

  dropOrphans(): void {
    this.run('DELETE FROM inForce WHERE root NOT IN (SELECT root FROM session)');
  }

  sweep(now: {
    readonly isAlive: (identity: ProcessIdentity) => boolean;
    readonly boot: string;
    readonly oldestMs: number;
  }): void {
    for (const session of this.sessionRows()) {
      if (session.boot === now.boot && now.isAlive(session)) continue;
      this.run('DELETE FROM session WHERE root = ?', session.root);
    }
    this.dropOrphans();
    this.run('DELETE FROM kept WHERE usedAtMs < ?', now.oldestMs);
  }

  /** The roots with kept ports. */
  keptRoots(): readonly string[] {
    const rows = this.rows('SELECT DISTINCT root FROM kept') as readonly { readonly root: string }[];
    return rows.map(({ root }) => root);
  }
}
