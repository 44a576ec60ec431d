// Decides who may own a project's session: one process at a time, released by the kernel however that process ends.
// The lock is SQLite's on a file that holds nothing: the one file lock that Node offers without an addon.
// Trap: POSIX drops a process's locks on a file when *any* descriptor of it is closed. So nothing else in this process
// may open the lock file while we hold it, and the file is never removed.

import { closeSync, constants, lstatSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { DevError, EXIT } from '../../errors.ts';
import { systemFailure, systemReason } from '../../system-error.ts';
import { privacyProblem } from './private-folder.ts';
import { openDatabase, resultCode, SQLITE } from './sqlite.ts';

export interface SessionLock {
  /** Where it is held now. */
  readonly path: string;
  /**
   * Takes the lock at `path`, where the next supervisor will look for it, if it is not held there: its file was removed
   * or replaced, or belongs elsewhere now. False when that is not possible, as when another process has it.
   */
  renew(path: string): boolean;
  release(): void;
}

/**
 * How long a taker waits for others that are trying or asking at the same moment. Without it, two takers can each see
 * the other's first step and both give up.
 */
const CONTENTION_MS = 100;

/** Also keeps the databases reachable: a collected one would close its file and with it end the lock. */
const held = new Map<string, DatabaseSync>();

/**
 * Takes the lock at `path`, or returns undefined when another process, or this one, holds it.
 * @throws DevError `permission` when its folder is not private, or the path is no regular file of ours or cannot be opened
 */
export function acquireSessionLock(path: string): SessionLock | undefined {
  if (held.has(path)) return undefined;
  const first = take(path);
  if (first === undefined) return undefined;
  held.set(path, first.database);
  let taken = first;
  const isHeld = (): boolean => held.get(taken.path) === taken.database;
  const release = (): void => {
    if (!isHeld()) return;
    held.delete(taken.path);
    taken.database.close();
  };
  return {
    get path() {
      return taken.path;
    },
    renew(wanted) {
      if (!isHeld()) return false;
      if (taken.path === wanted && inodeOf(wanted) === taken.inode) return true;
      const renewed = takeIfPossible(wanted);
      if (renewed === undefined) return false;
      release();
      taken = renewed;
      held.set(wanted, renewed.database);
      return true;
    },
    release,
  };
}

/** Whether a process holds the lock now. Takes a shared lock for some microseconds, so two askers never disturb each other. */
export function isSessionLocked(path: string): boolean {
  if (held.has(path)) return true;
  // A file of another user is not our lock, and SQLite must not read it.
  if (privacyProblem(dirname(path)) !== undefined) return false;
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const database = openDatabase(path, { timeoutMs: 0 });
  try {
    return !tryLock(database, 'SELECT 1 FROM sqlite_schema');
  } finally {
    database.close();
  }
}

interface TakenLock {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly inode: number | undefined;
}

function take(path: string): TakenLock | undefined {
  createLockFile(path);
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(path, { timeoutMs: CONTENTION_MS });
    if (tryLock(database, 'BEGIN EXCLUSIVE')) return { path, database, inode: inodeOf(path) };
  } catch (error) {
    database?.close();
    throw unusable(path, error);
  }
  database.close();
  return undefined;
}

function takeIfPossible(path: string): TakenLock | undefined {
  try {
    return take(path);
  } catch {
    return undefined;
  }
}

/** Undefined also where we may not look. */
function inodeOf(path: string): number | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.ino;
  } catch {
    return undefined;
  }
}

function tryLock(database: DatabaseSync, statement: string): boolean {
  try {
    database.exec(statement);
    return true;
  } catch (error) {
    if (resultCode(error) === SQLITE.busy) return false;
    throw error;
  }
}

function createLockFile(path: string): void {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const problem = privacyProblem(dirname(path));
    if (problem !== undefined) throw new Error(`its folder ${problem.why}`);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) closeSync(openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600));
    else if (!stats.isFile()) throw new Error('it is not a regular file');
    else if (stats.uid !== process.getuid?.()) throw new Error(`it belongs to user ${stats.uid}`);
  } catch (error) {
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): DevError {
  return new DevError({
    code: 'permission',
    exitCode: EXIT.notReady,
    message: `Cannot use the session's lock file ${path}: ${systemReason(error)}.`,
    hint: systemFailure(error)?.hint ?? `see what it is and move it away: ls -l ${path}`,
    cause: error,
  });
}
