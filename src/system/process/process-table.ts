// All processes of one moment, and the services that their environments name.
// The same for every platform.

import { monotonicMs } from '../clock.ts';
import type { ProcessRow } from '../platform.ts';
import type { ProcessIdentity, TreeRoot } from '../system.ts';

export function isLiving(row: Pick<ProcessRow, 'state'>): boolean {
  return !row.state.startsWith('Z') && !row.state.startsWith('X');
}

export class ProcessTable {
  readonly byPid: ReadonlyMap<number, ProcessRow>;
  readonly atMs = monotonicMs();
  readonly #tokens: TokenMemory;
  readonly #readEnviron: (pid: number) => string | undefined;
  #byParent: Map<number, ProcessRow[]> | undefined;
  #byGroup: Map<number, ProcessRow[]> | undefined;
  /** By the names of a token's entries, then by their values. */
  readonly #byToken = new Map<string, Map<string, ProcessRow[]>>();

  /** @param readEnviron see ProcessReader.environments */
  constructor(rows: readonly ProcessRow[], tokens: TokenMemory, readEnviron: (pid: number) => string | undefined) {
    this.byPid = new Map(rows.map((row) => [row.pid, row]));
    this.#tokens = tokens;
    this.#readEnviron = readEnviron;
    tokens.forgetExcept(this.byPid);
  }

  childrenOf(pid: number): readonly ProcessRow[] {
    this.#byParent ??= indexBy(this.byPid.values(), (row) => [row.ppid]);
    return this.#byParent.get(pid) ?? [];
  }

  /** Everybody in the group or the session that `leaderPid` once opened. */
  groupOf(leaderPid: number): readonly ProcessRow[] {
    this.#byGroup ??= indexBy(this.byPid.values(), (row) => (row.pgid === row.sid ? [row.sid] : [row.pgid, row.sid]));
    return this.#byGroup.get(leaderPid) ?? [];
  }

  /** Everybody whose environment has all entries of the token. */
  carriersOf(token: TreeRoot['token']): readonly ProcessRow[] {
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
  carries(row: ProcessRow, token: TreeRoot['token']): boolean {
    const names = Object.keys(token);
    return names.length > 0 && this.#valuesOf(row, names)[0] === Object.values(token).join('\0');
  }

  /** Start time of the youngest process. */
  youngestTicks(): number {
    let youngest = 0;
    for (const row of this.byPid.values()) youngest = Math.max(youngest, row.startTicks);
    return youngest;
  }

  #valuesOf(row: ProcessRow, names: readonly string[]): readonly string[] {
    const values = this.#tokens.read(row, names, { atMs: this.atMs, readEnviron: this.#readEnviron });
    return values ? [values.join('\0')] : [];
  }
}

function indexBy<Key>(rows: Iterable<ProcessRow>, keysOf: (row: ProcessRow) => readonly Key[]): Map<Key, ProcessRow[]> {
  const index = new Map<Key, ProcessRow[]>();
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
  /** Only requested entries: environments hold secrets, and are large. */
  readonly values: Map<string, string | undefined>;
}

interface Look {
  readonly atMs: number;
  readonly readEnviron: (pid: number) => string | undefined;
}

/**
 * Remembers who carries which token, because to read the environment of every process for every question would be
 * most of the work of a stop. A process is asked again until it was seen for a second.
 */
export class TokenMemory {
  readonly #known = new Map<number, KnownTokens>();

  /** Values of the named entries; undefined unless it has them all. */
  read(identity: ProcessIdentity, names: readonly string[], look: Look): readonly string[] | undefined {
    const known = this.#lookUp(identity, names, look);
    const values = names.map((name) => known.get(name));
    return values.every((value) => value !== undefined) ? values : undefined;
  }

  forgetExcept(living: ReadonlyMap<number, unknown>): void {
    for (const pid of this.#known.keys()) if (!living.has(pid)) this.#known.delete(pid);
  }

  #lookUp(
    { pid, startTicks }: ProcessIdentity,
    names: readonly string[],
    { atMs, readEnviron }: Look,
  ): KnownTokens['values'] {
    let known = this.#known.get(pid);
    if (known?.startTicks !== startTicks) {
      known = { startTicks, firstSeenMs: atMs, readAtMs: -Infinity, values: new Map() };
      this.#known.set(pid, known);
    }
    const { values } = known;
    const isSettled = known.readAtMs - known.firstSeenMs >= SETTLES_AFTER_MS || known.readAtMs === atMs;
    if (isSettled && names.every((name) => values.has(name))) return values;
    const entries = between(readEnviron(pid));
    for (const name of [...values.keys(), ...names]) values.set(name, find(entries, name));
    known.readAtMs = atMs;
    return values;
  }
}

/** The value of one entry of an environment; undefined without one. */
export function valueOf(environ: string | undefined, name: string): string | undefined {
  return find(between(environ), name);
}

/** Each entry stands between two NUL. */
function between(environ = ''): string {
  return `\0${environ}\0`;
}

function find(entries: string, name: string): string | undefined {
  const start = entries.indexOf(`\0${name}=`);
  if (start < 0) return undefined;
  const valueStart = start + name.length + 2;
  return entries.slice(valueStart, entries.indexOf('\0', valueStart));
}
