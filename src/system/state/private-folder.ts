// Whether a folder is private, so that its files come from this user.
// Node cannot ask a connected socket for the user behind it (SO_PEERCRED, getpeereid). The owner of the socket's file
// tells the same: the kernel gives the file to the user who bound it, and nobody but root can change that owner. It holds
// as long as nobody else can put another file in its place between the look and the connect. So the folder must be
// private, and nobody else may be able to rename one of the folders above it.
// Trap: this runs before each connect and before Node's compile cache is on, so it imports nothing of ours.

import { lstatSync, readFileSync, realpathSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';

export interface FolderProblem {
  /** The folder itself, or one above it. */
  readonly folder: string;
  /** Continues a sentence: "it is a symbolic link". */
  readonly why: string;
  /** What to do next. */
  readonly hint: string;
}

/** What an unmapped user looks like inside a user namespace; see user_namespaces(7). */
const OVERFLOW_UID = 65_534;

/**
 * Why files in the folder may be somebody else's. Undefined for a private folder, and for one that does not exist.
 * Others may read a private folder, but not write to it.
 */
export function privacyProblem(folder: string): FolderProblem | undefined {
  const stats = look(folder);
  if (stats === undefined) return undefined;
  const problem = (why: string, hint: string): FolderProblem => ({ folder, why, hint });
  if (typeof stats === 'string') return problem(`cannot be looked at (${stats})`, `check its owner: ls -ld ${folder}`);
  const uid = process.getuid?.() ?? stats.uid;
  if (stats.isSymbolicLink()) return problem('is a symbolic link', `remove it: rm ${folder}`);
  if (!stats.isDirectory()) return problem('is not a folder', `move it away: mv ${folder} ${folder}.old`);
  if (stats.uid !== uid) {
    const hint = 'have it removed, or set XDG_RUNTIME_DIR to a private folder of your own';
    return problem(`belongs to user ${stats.uid}, not to you (${uid})`, hint);
  }
  if ((stats.mode & 0o022) !== 0) {
    const mode = (stats.mode & 0o777).toString(8);
    return problem(`can be written by others (mode ${mode})`, `check its contents, then: chmod 700 ${folder}`);
  }
  return undefined;
}

/** Why another user can replace this folder. Undefined when none can. */
export function pathProblem(folder: string): FolderProblem | undefined {
  let current = nearestFolder(dirname(folder));
  let problem: FolderProblem | undefined;
  for (;;) {
    const stats = look(current);
    if (stats === undefined || typeof stats === 'string') return undefined;
    // No other user reaches the files below a closed folder of ours, for any mode of theirs.
    if (isClosed(stats)) problem = undefined;
    else problem ??= renamableProblem(current, stats);
    const above = dirname(current);
    if (above === current) return problem;
    current = above;
  }
}

/** The real path of the folder, or of the nearest one above it that exists. */
function nearestFolder(folder: string): string {
  for (let current = folder; ; current = dirname(current)) {
    try {
      return realpathSync.native(current);
    } catch {
      if (current === dirname(current)) return current;
    }
  }
}

function renamableProblem(folder: string, stats: Stats): FolderProblem | undefined {
  if (!isTrusted(stats.uid)) {
    return { folder, why: `belongs to user ${stats.uid}`, hint: 'set TMPDIR to a folder of your own' };
  }
  const isSticky = (stats.mode & 0o1000) !== 0;
  if (isSticky || (stats.mode & othersOf(stats) & 0o022) === 0) return undefined;
  const mode = (stats.mode & 0o7777).toString(8);
  return { folder, why: `lets others rename its entries (mode ${mode})`, hint: `chmod go-w ${folder}` };
}

function isClosed(stats: Stats): boolean {
  return stats.uid === process.getuid?.() && (stats.mode & othersOf(stats) & 0o011) === 0;
}

/** The permission bits that another user can use. Many systems give each user a group of the same number. */
function othersOf({ gid, uid }: Stats): number {
  return gid === uid && gid === process.getgid?.() ? 0o007 : 0o077;
}

function isTrusted(uid: number): boolean {
  return uid === process.getuid?.() || uid === 0 || (uid === OVERFLOW_UID && !isRootMapped());
}

/** In a user namespace without root, the system's own folders seem to belong to the overflow user. */
function isRootMapped(): boolean {
  try {
    return readFileSync('/proc/self/uid_map', 'utf8')
      .split('\n')
      .some((line) => /^\s*0\s/.test(line));
  } catch {
    return true;
  }
}

/** Undefined when there is nothing; the system's code when it cannot be looked at. */
function look(path: string): Stats | string | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
