// Decides who may own a project's session: one process at a time, released by the kernel however that process ends.
// The lock is SQLite's on a file that holds nothing: the one file lock that Node offers without an addon.
// Trap: POSIX drops a process's locks on a file when *any* descriptor of it is closed. So nothing else in this process
// may open the lock file while we hold it, and the file is never removed.

import { closeSync, constants, lstatSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { DevError, EXIT } from '../../errors.ts';
import { openDatabase, resultCode, SQLITE } from './sqlite.ts';

export interface SessionLock {
  readonly path: string;
  /** Takes the lock again if somebody removed or replaced its file. False when that is not possible, as when another process has it now. */
  renew(): boolean;
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
 * The folder must be private (see prepareRuntimeDir).
 * @throws DevError `permission` when the path is no regular file of ours or cannot be opened
 */
export function acquireSessionLock(path: string): SessionLock | undefined {
  if (held.has(path)) return undefined;
  let taken = take(path);
  if (taken === undefined) return undefined;
  held.set(path, taken.database);
  const isHeld = (): boolean => held.get(path) === taken?.database;
  return {
    path,
    renew() {
      if (!isHeld()) return false;
      if (inodeOf(path) === taken?.inode) return true;
      const renewed = takeIfPossible(path);
      if (renewed === undefined) return false;
      taken?.database.close();
      taken = renewed;
      held.set(path, renewed.database);
      return true;
    },
    release() {
      if (!isHeld()) return;
      held.delete(path);
      taken?.database.close();
    },
  };
}

/** Whether a process holds the lock now. Takes a shared lock for some microseconds, so two askers never disturb each other. */
export function isSessionLocked(path: string): boolean {
  if (held.has(path)) return true;
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const database = openDatabase(path, { timeoutMs: 0 });
  try {
    return !tryLock(database, 'SELECT 1 FROM sqlite_schema');
  } finally {
    database.close();
  }
}

function take(path: string): { readonly database: DatabaseSync; readonly inode: number | undefined } | undefined {
  createLockFile(path);
  const database = openDatabase(path, { timeoutMs: CONTENTION_MS });
  if (tryLock(database, 'BEGIN EXCLUSIVE')) return { database, inode: inodeOf(path) };
  database.close();
  return undefined;
}

function takeIfPossible(path: string): ReturnType<typeof take> {
  try {
    return take(path);
  } catch {
    return undefined;
  }
}

function inodeOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
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
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) closeSync(openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600));
    else if (!stats.isFile()) throw new Error('it is not a regular file');
  } catch (error) {
    throw new DevError({
      code: 'permission',
      exitCode: EXIT.notReady,
      message: `Cannot use the session's lock file ${path}: ${(error as Error).message}.`,
      hint: `see what it is and move it away: ls -l ${path}`,
      cause: error,
    });
  }
}
