// The file of the port ledger: one short transaction at a time. The file is opened for it and closed after it, so
// nothing is held in between, and a file that was removed or set aside does no harm. Writes are not flushed to disk: a
// killed process loses nothing, and a power cut can only lose remembered ports. A broken file is set aside and started
// again. Measured: 0.2 ms a transaction, where flushing costs 1 to 40 ms. Trap: another process may keep the file for
// long (a stopped process, a backup, a shell of SQLite). So SQLite never waits: we try again later, and the event loop
// continues. Trap: POSIX drops a process's locks on a file when any descriptor of it is closed; a transaction may not
// nest.

import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  chmodSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';
import { DevError } from '../../errors.ts';
import { pathProblem } from '../state/private-folder.ts';
import { acquireSessionLock } from '../state/session-lock.ts';
import { openDatabase, resultCode, SQLITE } from '../state/sqlite.ts';

/** The ledger cannot be used now; the message is the reason, without a full stop. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
}

export interface LedgerFile {
  /**
   * Runs `work` alone among all processes; if it throws, nothing of it remains. If another process got in between, it
   * runs once more. Waits two seconds for others, and after that for a while not at all.
   * @throws LedgerUnavailable if the file is not available
   */
  transaction<T>(work: (database: DatabaseSync) => T): Promise<T>;
}

/** How long to wait for other processes. Each needs the file for half a millisecond, but twenty may come at once. */
const BUSY_MS = 2000;
/** After so long a wait in vain the next calls try once: a start of many services must not wait for each of them. */
const IMPATIENT_MS = 10_000;
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 25;
/** A row has a hundred bytes. A larger file is not ours, and to read it takes long. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE session (
    root TEXT PRIMARY KEY, project TEXT NOT NULL, socket TEXT NOT NULL,
    pid INTEGER NOT NULL, startTicks INTEGER NOT NULL, boot TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE inForce (
    root TEXT NOT NULL, service TEXT NOT NULL, port INTEGER NOT NULL, PRIMARY KEY (root, service)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE kept (
    root TEXT NOT NULL, service TEXT NOT NULL, port INTEGER NOT NULL UNIQUE, usedAtMs INTEGER NOT NULL,
    PRIMARY KEY (root, service)
  ) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** The ledger's file in `dir`, which is created for this user alone when it is needed. Nothing is touched before. */
export function createLedgerFile(dir: string): LedgerFile {
  const path = join(dir, 'ports.db');
  let isPatientFromMs = 0;

  const attempt = async <T>(work: (database: DatabaseSync) => T, isRetry: boolean): Promise<T> => {
    prepareFolder(dir);
    try {
      return transact(path, work);
    } catch (error) {
      if (isRetry || !isBroken(error)) throw error;
      await setAside(dir, path);
      return attempt(work, true);
    }
  };

  return {
    transaction: async (work) => {
      const beganMs = monotonicMs();
      const giveUpAtMs = beganMs < isPatientFromMs ? beganMs : beganMs + BUSY_MS;
      for (;;) {
        try {
          return await attempt(work, false);
        } catch (error) {
          if (!isFromOutside(error)) throw error;
          const isBusy = resultCode(error) === SQLITE.busy;
          if (!isBusy || monotonicMs() >= giveUpAtMs) {
            if (isBusy) isPatientFromMs = monotonicMs() + IMPATIENT_MS;
            throw new LedgerUnavailable(reasonOf(error, path), { cause: error });
          }
        }
        await delay(SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
      }
    },
  };
}

function transact<T>(path: string, work: (database: DatabaseSync) => T): T {
  prepareFile(path);
  const database = openDatabase(path, { timeoutMs: 0 });
  try {
    database.exec('PRAGMA synchronous = OFF; BEGIN IMMEDIATE');
    prepareSchema(database, path);
    const result = work(database);
    database.exec('COMMIT');
    return result;
  } finally {
    database.close(); // rolls back what was not committed
  }
}

function prepareSchema(database: DatabaseSync, path: string): void {
  const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
  if (version === 0) database.exec(SCHEMA);
  else if (version !== SCHEMA_VERSION) {
    throw new LedgerUnavailable(`${path} was written by another version of devdeck (format ${String(version)})`);
  }
}

function prepareFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const stats = statSync(dir);
  const uid = process.getuid?.() ?? stats.uid;
  if (stats.uid !== uid) throw new LedgerUnavailable(`${dir} belongs to user ${stats.uid}, not to you (${uid})`);
  if ((stats.mode & 0o022) !== 0) {
    throw new LedgerUnavailable(`${dir} can be written by others (check its contents, then: chmod 700 ${dir})`);
  }
  const problem = pathProblem(dir);
  if (problem !== undefined) throw new LedgerUnavailable(`${problem.folder} ${problem.why} (${problem.hint})`);
  if ((stats.mode & 0o777) !== 0o700) chmodSync(dir, 0o700);
  const network = networkFileSystem(dir);
  if (network !== undefined) {
    throw new LedgerUnavailable(`${dir} lies on ${network}, shared with machines that have other ports`);
  }
}

/** Magic numbers of statfs(2) on Linux. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x5346414f, 'AFS'],
]);

function networkFileSystem(dir: string): string | undefined {
  return process.platform === 'linux' ? NETWORK_FILE_SYSTEMS.get(statfsSync(dir).type) : undefined;
}

function prepareFile(path: string): void {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    try {
      closeSync(openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process was quicker
    }
    return;
  }
  const uid = process.getuid?.() ?? stats.uid;
  if (!stats.isFile()) throw new LedgerUnavailable(`${path} is not a regular file`);
  if (stats.uid !== uid) throw new LedgerUnavailable(`${path} belongs to user ${stats.uid}, not to you (${uid})`);
  if (stats.size > MAX_FILE_BYTES) throw new LedgerUnavailable(`${path} is too large to be ours (${stats.size} bytes)`);
  if ((stats.mode & 0o077) !== 0) chmodSync(path, 0o600);
}

/** If several processes meet the broken file, one renames it; the others find a sound one and leave it alone. */
async function setAside(dir: string, path: string): Promise<void> {
  const deadlineMs = monotonicMs() + BUSY_MS;
  for (;;) {
    const lock = acquireSessionLock(join(dir, 'ports.lock'));
    if (lock !== undefined) {
      try {
        if (isSound(path)) return;
        renameSync(path, `${path}.broken`);
        rmSync(`${path}-journal`, { force: true });
        return;
      } finally {
        lock.release();
      }
    }
    if (monotonicMs() > deadlineMs) throw new LedgerUnavailable(`${path} is damaged and cannot be set aside`);
    await delay(LONGEST_PAUSE_MS);
  }
}

function isSound(path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return true;
  const database = openDatabase(path, { timeoutMs: 0 });
  try {
    return database.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'] === 'ok';
  } catch (error) {
    if (isBroken(error)) return false;
    throw error;
  } finally {
    database.close();
  }
}

function isBroken(error: unknown): boolean {
  const code = resultCode(error);
  return code === SQLITE.corrupt || code === SQLITE.notADatabase;
}

/** An error of the file system or of SQLite, as against a bug of ours. */
function isFromOutside(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error instanceof DevError || resultCode(error) !== undefined || 'syscall' in error;
}

function reasonOf(error: Error, path: string): string {
  const code = resultCode(error);
  if (code === SQLITE.busy) return `another process keeps ${path} locked`;
  return code === undefined ? error.message.replace(/\.$/, '') : `${path}: ${error.message}`;
}
