// All processes of one moment, and what their environments say about whom they belong to.
// The same for every platform; see linux/ and portable/ for where the rows come from.

import type { ProcessIdentity, TreeRoot } from '../system.ts';

/** What every platform can tell about a process. */
export interface TableRow extends ProcessIdentity {
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  /** Begins with Z for a zombie and X for one that is gone; both are dead. */
  readonly state: string;
  /** Untrusted. */
  readonly name: string;
}

export function isLiving(row: TableRow): boolean {
  return !row.state.startsWith('Z') && !row.state.startsWith('X');
}

export class ProcessTable<Row extends TableRow> {
  readonly byPid: ReadonlyMap<number, Row>;
  readonly atMs = performance.now();
  readonly #tokens: TokenReader;
  #byParent: Map<number, Row[]> | undefined;
  #byGroup: Map<number, Row[]> | undefined;
  /** By the names of a token's entries, then by their values. */
  readonly #byToken = new Map<string, Map<string, Row[]>>();

  constructor(rows: readonly Row[], tokens: TokenReader) {
    this.byPid = new Map(rows.map((row) => [row.pid, row]));
    this.#tokens = tokens;
    tokens.forgetExcept(this.byPid);
  }

  childrenOf(pid: number): readonly Row[] {
    this.#byParent ??= indexBy(this.byPid.values(), (row) => [row.ppid]);
    return this.#byParent.get(pid) ?? [];
  }

  /** Everybody in the group or the session that `leaderPid` once opened. */
  groupOf(leaderPid: number): readonly Row[] {
    this.#byGroup ??= indexBy(this.byPid.values(), (row) => (row.pgid === row.sid ? [row.sid] : [row.pgid, row.sid]));
    return this.#byGroup.get(leaderPid) ?? [];
  }

  /** Everybody whose environment has all entries of the token. */
  carriersOf(token: TreeRoot['token']): readonly Row[] {
    const names = Object.keys(token);
    if (names.length === 0) return [];
    const key = names.join('\0');
    let carriers = this.#byToken.get(key);
    if (!carriers) {
      carriers = indexBy(this.byPid.values(), (row) => this.#valuesOf(row, names));
      this.#byToken.set(key, carriers);
    }
    return carriers.get(Object.values(token).join('\0')) ?? [];
  }

  /** As `carriersOf`, for one of them. */
  carries(row: Row, token: TreeRoot['token']): boolean {
    const names = Object.keys(token);
    return names.length > 0 && this.#valuesOf(row, names)[0] === Object.values(token).join('\0');
  }

  /** Start time of the youngest process. */
  youngestTicks(): number {
    let youngest = 0;
    for (const row of this.byPid.values()) youngest = Math.max(youngest, row.startTicks);
    return youngest;
  }

  #valuesOf(row: Row, names: readonly string[]): readonly string[] {
    const values = this.#tokens.read(row, names, this.atMs);
    return values ? [values.join('\0')] : [];
  }
}

function indexBy<Row, Key>(rows: Iterable<Row>, keysOf: (row: Row) => readonly Key[]): Map<Key, Row[]> {
  const index = new Map<Key, Row[]>();
  for (const row of rows) {
    for (const key of keysOf(row)) {
      const bucket = index.get(key);
      if (bucket) bucket.push(row);
      else index.set(key, [row]);
    }
  }
  return index;
}

/** How long after it was first seen a process may still get its final environment, by execve(2). */
const SETTLES_AFTER_MS = 1000;

interface KnownTokens {
  readonly startTicks: number;
  readonly firstSeenMs: number;
  readAtMs: number;
  /** Only the entries that somebody asked for: environments hold secrets, and are large. */
  readonly values: Map<string, string | undefined>;
}

/**
 * Remembers who carries which token, because to read the environment of every process for every question would be
 * most of the work of a stop. A process is asked again until it was seen for a second.
 */
export class TokenReader {
  readonly #readEnviron: (pid: number) => string | undefined;
  readonly #known = new Map<number, KnownTokens>();

  /** @param readEnviron entries of `KEY=value`, each ended by NUL; undefined when it is hidden */
  constructor(readEnviron: (pid: number) => string | undefined) {
    this.#readEnviron = readEnviron;
  }

  /** Values of the named entries; undefined unless it has them all. */
  read(identity: ProcessIdentity, names: readonly string[], nowMs: number): readonly string[] | undefined {
    const known = this.#lookUp(identity, names, nowMs);
    const values = names.map((name) => known.get(name));
    return values.every((value) => value !== undefined) ? values : undefined;
  }

  forgetExcept(living: ReadonlyMap<number, unknown>): void {
    for (const pid of this.#known.keys()) if (!living.has(pid)) this.#known.delete(pid);
  }

  #lookUp({ pid, startTicks }: ProcessIdentity, names: readonly string[], nowMs: number): KnownTokens['values'] {
    let known = this.#known.get(pid);
    if (known?.startTicks !== startTicks) {
      known = { startTicks, firstSeenMs: nowMs, readAtMs: -Infinity, values: new Map() };
      this.#known.set(pid, known);
    }
    const { values } = known;
    const isSettled = known.readAtMs - known.firstSeenMs >= SETTLES_AFTER_MS || known.readAtMs === nowMs;
    if (isSettled && names.every((name) => values.has(name))) return values;
    const environ = `\0${this.#readEnviron(pid) ?? ''}\0`;
    for (const name of [...values.keys(), ...names]) values.set(name, valueOf(environ, name));
    known.readAtMs = nowMs;
    return values;
  }
}

function valueOf(environ: string, name: string): string | undefined {
  const start = environ.indexOf(`\0${name}=`);
  if (start < 0) return undefined;
  const valueStart = start + name.length + 2;
  return environ.slice(valueStart, environ.indexOf('\0', valueStart));
}
