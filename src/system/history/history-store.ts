// Writes the history, a batch at a time. SQLite in WAL mode: readers delay nobody, and a kill loses only the last
// seconds. It does not wait for another process that has the file locked: the caller tries again. A broken file, or
// one that is not a database, is set aside. The size is bounded: entries older than 30 days go, minutes merge into ten
// and then sixty, and beyond 20 MiB the oldest entries go, a piece at a time.

import { closeSync, constants, openSync, renameSync, rmSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { HistoryItem, MinuteRow } from '../../core/session/history.ts';
import { openDatabase, resultCode, SQLITE } from '../state/sqlite.ts';
import { CREATE_TABLES, HISTORY_VERSION } from './schema.ts';

const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
const DAY_MINUTES = 24 * 60;
const KEPT_DAYS = 30;
const MOST_BYTES = 20 * 1024 * 1024;
/** Rows that go at once. */
const PIECE = 500;
/** From this age on, so many minutes are one row. */
const STEPS = [
  { afterDays: 7, minutes: 60 },
  { afterDays: 1, minutes: 10 },
] as const;

interface HistoryBatch {
  readonly items: readonly HistoryItem[];
  readonly minutes: readonly MinuteRow[];
}

export interface HistoryStore {
  /** @throws the database's error; then nothing of the batch is written */
  write(batch: HistoryBatch): void;
  /** Does a piece of the cleaning; false if there is nothing more to do. @throws the database's error */
  thin(nowMs: number): boolean;
  close(): void;
}

/** The result of an attempt to write. */
export type HistoryTrouble = 'locked' | 'broken' | 'other';

export function troubleOf(error: unknown): HistoryTrouble {
  const code = resultCode(error);
  if (code === SQLITE.busy || code === SQLITE.locked) return 'locked';
  return code === SQLITE.corrupt || code === SQLITE.notADatabase ? 'broken' : 'other';
}

/** Moves the database out of the way, replacing an earlier one. Returns its new place. @throws the system's error */
export function putHistoryAside(path: string): string {
  const aside = `${path}.broken`;
  renameSync(path, aside);
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  return aside;
}

/**
 * Opens it, and makes it where there is none.
 * @param options.mostBytes 20 MiB unless given
 * @throws the database's error
 */
export function openHistoryStore(path: string, { mostBytes = MOST_BYTES } = {}): HistoryStore {
  // What SQLite makes beside it has its mode.
  closeSync(openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600));
  const database = openDatabase(path, { timeoutMs: 0 });
  try {
    database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec('PRAGMA cache_size = -256; PRAGMA wal_autocheckpoint = 200; PRAGMA journal_size_limit = 1048576');
    const version = Number(Object.values(database.prepare('PRAGMA user_version').get() ?? {})[0]);
    if (version > HISTORY_VERSION) throw new Error(`${path} was written by a newer version of devdeck`);
    database.exec(CREATE_TABLES);
    database.exec(`PRAGMA user_version = ${HISTORY_VERSION}`);
    return createStore(database, mostBytes);
  } catch (error) {
    database.close();
    throw error;
  }
}

function createStore(database: DatabaseSync, mostBytes: number): HistoryStore {
  const addEvent = database.prepare('INSERT INTO events (at, type, service, actor, fact) VALUES (?, ?, ?, ?, ?)');
  const addMinute = database.prepare('INSERT OR REPLACE INTO minutes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const within = (work: () => void): void => {
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    write: ({ items, minutes }) =>
      within(() => {
        for (const { at, actor, ...fact } of items) {
          const service = 'service' in fact ? fact.service : null;
          addEvent.run(Date.parse(at), fact.type, service, actor, JSON.stringify(fact));
        }
        for (const row of minutes) addRow(addMinute, row, 1);
      }),
    thin: (nowMs) => {
      let hasMore = false;
      within(() => {
        hasMore = dropOld(database, nowMs) || STEPS.some((step) => joinMinutes(database, addMinute, nowMs, step));
        if (!hasMore && bytesOf(database) > mostBytes) hasMore = dropOldest(database);
      });
      database.exec('PRAGMA incremental_vacuum(200)');
      return hasMore;
    },
    close: () => database.close(),
  };
}

function addRow(statement: StatementSync, row: MinuteRow, step: number): void {
  const { minute, service, cpuPercent, leastRssBytes, mostRssBytes, errors, lines, latencyMs } = row;
  statement.run(minute, service, step, cpuPercent, leastRssBytes, mostRssBytes, errors, lines, latencyMs);
}

function dropOld(database: DatabaseSync, nowMs: number): boolean {
  const atMs = nowMs - KEPT_DAYS * DAY_MINUTES * 60_000;
  const events = database
    .prepare(`DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ? ORDER BY id LIMIT ${PIECE})`)
    .run(atMs);
  const minutes = database.prepare('DELETE FROM minutes WHERE minute < ?').run(Math.floor(atMs / 60_000));
  return Number(events.changes) + Number(minutes.changes) > 0;
}

/** Of the oldest rows that are too fine for their age, those of one service in one stretch become one. */
function joinMinutes(
  database: DatabaseSync,
  addMinute: StatementSync,
  nowMs: number,
  { afterDays, minutes: step }: (typeof STEPS)[number],
): boolean {
  const before = Math.floor(nowMs / 60_000) - afterDays * DAY_MINUTES;
  const found = database
    .prepare('SELECT service, min(minute) AS minute FROM minutes WHERE step < ? AND minute < ? GROUP BY service')
    .all(step, before) as unknown as readonly { readonly service: string; readonly minute: number }[];
  for (const { service, minute } of found) {
    const from = minute - (minute % step);
    const joined = database
      .prepare(
        `SELECT service, avg(cpu) AS cpuPercent, min(least) AS leastRssBytes, max(most) AS mostRssBytes,
         sum(errors) AS errors, sum(lines) AS lines, avg(latency) AS latencyMs
         FROM minutes WHERE service = ? AND minute >= ? AND minute < ?`,
      )
      .get(service, from, from + step) as unknown as Omit<MinuteRow, 'minute'>;
    database
      .prepare('DELETE FROM minutes WHERE service = ? AND minute >= ? AND minute < ?')
      .run(service, from, from + step);
    addRow(addMinute, { ...joined, minute: from }, step);
  }
  return found.length > 0;
}

function bytesOf(database: DatabaseSync): number {
  const value = (name: string): number => Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  return (value('page_count') - value('freelist_count')) * value('page_size');
}

function dropOldest(database: DatabaseSync): boolean {
  const events = database
    .prepare(`DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ${PIECE})`)
    .run();
  const minutes = database
    .prepare(
      `DELETE FROM minutes WHERE (service, minute) IN (SELECT service, minute FROM minutes ORDER BY minute LIMIT ${PIECE})`,
    )
    .run();
  return Number(events.changes) + Number(minutes.changes) > 0;
}
