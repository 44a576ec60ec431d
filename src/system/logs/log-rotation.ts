// Decides how log files are named, opened and rotated: NAME.log is the current one, NAME.log.1 the one before, and so on.
// By rename, never by copying and truncating, so no line is lost or doubled and a reader can keep its place.
// Trap: the folder belongs to the user, who may put anything there. Nothing but a regular file of ours is opened, and
// opening never waits, as a FIFO would make it.

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

const { O_RDONLY, O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

export interface OpenLog {
  readonly fd: number;
  readonly stats: Stats;
}

export function logPath(dir: string, service: string): string {
  return join(dir, `${service}.log`);
}

export function numberedPath(path: string, number: number): string {
  return number === 0 ? path : `${path}.${number}`;
}

/**
 * Opens the current file, and makes it and its folder if they are not there.
 * @throws the system's error, or one that says what is in the way
 */
export function openForAppend(path: string): OpenLog {
  makeFolder(dirname(path));
  const log = openOwn(path, O_RDWR | O_APPEND | O_CREAT);
  if (log.stats.nlink <= 1) return log;
  closeSync(log.fd);
  throw new Error(`${path} is known by another name as well (a hard link)`);
}

/** Opens a file to read. Undefined when no readable one exists. */
export function openForReading(path: string): OpenLog | undefined {
  try {
    return openOwn(path, O_RDONLY);
  } catch {
    return undefined;
  }
}

/** Numbers of the rotated files that exist, ascending. */
export function rotatedNumbers(path: string): number[] {
  const prefix = `${basename(path)}.`;
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(prefix));
  return names
    .map((name) => name.slice(prefix.length))
    .filter((suffix) => /^[1-9][0-9]{0,5}$/.test(suffix))
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * Moves every file up by one and removes those from number `keep` on. Afterwards there is no current file.
 * A rotation that was interrupted is completed by the next one: no file is ever moved over another that is kept.
 */
export function rotateFiles(path: string, keep: number): void {
  for (const number of rotatedNumbers(path).toReversed()) {
    if (number + 1 >= keep) rmSync(numberedPath(path, number), { force: true });
    else renameSync(numberedPath(path, number), numberedPath(path, number + 1));
  }
  if (keep > 1) renameSync(path, numberedPath(path, 1));
  else rmSync(path);
}

/** With the folder above, which is ours as well; never the project's own, which may have been moved or removed. */
function makeFolder(dir: string): void {
  if (existsSync(dir)) return;
  if (!existsSync(dirname(dir))) mkdirSync(dirname(dir), { mode: 0o700 });
  mkdirSync(dir, { mode: 0o700 });
}

function openOwn(path: string, flags: number): OpenLog {
  const fd = openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
    if (process.getuid !== undefined && stats.uid !== process.getuid()) {
      throw new Error(`${path} belongs to another user (${stats.uid})`);
    }
    return { fd, stats };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
