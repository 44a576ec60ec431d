// Reads the history beside its writer, also in a read-only folder.

import { lstatSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { HistoryItem, HistoryQuery, MinuteRow, StateChange } from '../../core/session/history.ts';
import type { ServiceName } from '../../core/model/project.ts';
import { openDatabase } from '../state/sqlite.ts';

/** How long a checkpoint of the writer is waited for. */
const WAIT_MS = 500;
/** The latest moment that a date can hold. Devdeck writes none later. */
const LAST_MS = 8_640_000_000_000_000;

export interface HistoryReader {
  /** Sorted by time. */
  items(query: HistoryQuery): readonly HistoryItem[];
  /** Of services and of the session, in the order of their recording. */
  states(sinceMs: number): readonly StateChange[];
  /** Of these services, in order of time. */
  minutes(query: { readonly sinceMs: number; readonly services: readonly ServiceName[] }): readonly MinuteRow[];
  close(): void;
}

/**
 * Undefined if there is none.
 * @param options.waitMs how long to wait for a process that has it locked; 500 unless given
 * @throws the database's error, as for a broken file
 */
export function openHistoryReader(path: string, { waitMs = WAIT_MS } = {}): HistoryReader | undefined {
  // SQLite would wait for the writer of a named pipe. Only a file of this user can be our history.
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const database = openForReading(path, waitMs);
  return {
    items: ({ sinceMs, types, services, newest }) => {
      const ofTypes = types === undefined ? '' : `AND type IN (${types.map(() => '?').join()})`;
      const ofServices = services === undefined ? '' : `AND service IN (${services.map(() => '?').join()})`;
      const rows = database
        .prepare(
          `SELECT at, actor, fact FROM events WHERE at BETWEEN ? AND ${LAST_MS} ${ofTypes} ${ofServices}
           ORDER BY at DESC, id DESC LIMIT ?`,
        )
        .all(sinceMs, ...(types ?? []), ...(services ?? []), newest ?? -1) as unknown as readonly EventRow[];
      return rows.toReversed().flatMap(itemOf);
    },
    states: (sinceMs) =>
      database
        .prepare(
          `SELECT at, service, json_extract(fact, '$.state') AS state FROM events
           WHERE type IN ('state', 'session') AND at >= ? ORDER BY id`,
        )
        .all(sinceMs) as unknown as readonly StateChange[],
    minutes: ({ sinceMs, services }) =>
      database
        .prepare(
          `SELECT service, minute, cpu AS cpuPercent, least AS leastRssBytes, most AS mostRssBytes, errors, lines,
           latency AS latencyMs FROM minutes WHERE service IN (${services.map(() => '?').join()}) AND minute >= ?
           ORDER BY minute, service`,
        )
        .all(...services, Math.floor(sinceMs / 60_000)) as unknown as readonly MinuteRow[],
    close: () => database.close(),
  };
}

interface EventRow {
  readonly at: number;
  readonly actor: string | null;
  readonly fact: string;
}

/** Foreign entries are left out. */
function itemOf({ at, actor, fact }: EventRow): readonly HistoryItem[] {
  try {
    const known: unknown = JSON.parse(fact);
    if (typeof known !== 'object' || known === null || Array.isArray(known)) return [];
    return [{ at: new Date(at).toISOString(), actor, ...known } as HistoryItem];
  } catch {
    return [];
  }
}

/** A read-only folder has no writer, so the file is read as it is. */
function openForReading(path: string, timeoutMs: number) {
  try {
    const database = openDatabase(path, { timeoutMs, isReadOnly: true });
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch {
    const url = pathToFileURL(path);
    url.searchParams.set('immutable', '1');
    return openDatabase(url, { timeoutMs, isReadOnly: true });
  }
}
