// Decides where a session keeps its files: state in `.devdeck/` at the project's root, socket and lock in the user's
// private runtime folder. Only names and folders: what is in the files is state-files' matter.
// Trap: `runtimePaths` is on the hot path of `status`, so it loads no crypto and asks the system three things at most.

import type { Environment } from '../../core/env/environment.ts';
import { chmodSync, lstatSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { DevError, EXIT } from '../../errors.ts';

export interface RuntimePaths {
  /** The real path of the project's root. */
  readonly root: string;
  readonly socketDir: string;
  readonly socket: string;
  /** For `acquireSessionLock`; beside the socket. */
  readonly lock: string;
  /** `.devdeck/` at the root. */
  readonly stateDir: string;
  readonly logsDir: string;
  readonly pidsDir: string;
  readonly sessionFile: string;
  readonly runsFile: string;
  readonly statusFile: string;
  /** Outlives the session. */
  readonly choicesFile: string;
  readonly supervisorLog: string;
  readonly eventsFile: string;
}

/** macOS allows 104 bytes in a socket's path, Linux 108; older Node versions cut what is longer without a word. */
const MAX_SOCKET_PATH_BYTES = 100;
const SOCKET_NAME_BYTES = '/0123456789abcdef.sock'.length;

/**
 * Where the session of the project at `root` keeps its files. Creates nothing.
 * Two callers with different environments can get different sockets: the path in session.json, when there is one, decides.
 * @throws the system's error when `root` does not exist
 */
export function runtimePaths(root: string, env: Environment): RuntimePaths {
  const realRoot = realpathSync.native(root);
  const socketDir = socketFolder(env);
  const name = shortHash(realRoot);
  const stateDir = join(realRoot, '.devdeck');
  return {
    root: realRoot,
    socketDir,
    socket: `${socketDir}/${name}.sock`,
    lock: `${socketDir}/${name}.lock`,
    stateDir,
    logsDir: `${stateDir}/logs`,
    pidsDir: `${stateDir}/pids`,
    sessionFile: `${stateDir}/session.json`,
    runsFile: `${stateDir}/runs.json`,
    statusFile: `${stateDir}/status.json`,
    choicesFile: `${stateDir}/choices.json`,
    supervisorLog: `${stateDir}/supervisor.log`,
    eventsFile: `${stateDir}/events.jsonl`,
  };
}

/**
 * Creates the folders of a session, or proves that those which are there are private.
 * A folder of ours that others could only read is closed to them; one they could write to is refused.
 * @throws DevError `permission` naming the folder and what to do
 */
export function prepareRuntimeDir(paths: RuntimePaths): void {
  for (const dir of [paths.socketDir, paths.stateDir, paths.logsDir, paths.pidsDir]) makePrivate(dir);
  try {
    writeFileSync(join(paths.stateDir, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw cannotCreate(join(paths.stateDir, '.gitignore'), error);
  }
}

/**
 * Where parsed configs are kept. Creates nothing. A folder of their own: the one above it is made by Node's compile
 * cache, for everybody to read, and what decides what we run is believed only from a folder that is private.
 */
export function configCacheDir(env: Environment): string {
  const base = env['XDG_CACHE_HOME'];
  const userCache = base !== undefined && isAbsolute(base) ? base : join(env['HOME'] || homedir(), '.cache');
  return join(userCache, 'devdeck', 'config');
}

function socketFolder(env: Environment): string {
  const uid = process.getuid?.() ?? 0;
  // A shell without a login session (cron, sudo, an agent) lacks the variable but should meet the same session.
  const given = env['XDG_RUNTIME_DIR'] || (process.platform === 'linux' ? `/run/user/${uid}` : '');
  const runtimeDir = join(given, 'devdeck');
  if (fits(runtimeDir) && isOwnFolder(given, uid)) return runtimeDir;
  const temp = join(env['TMPDIR'] || '/tmp', `devdeck-${uid}`);
  return fits(temp) ? temp : `/tmp/devdeck-${uid}`;
}

function fits(dir: string): boolean {
  return isAbsolute(dir) && Buffer.byteLength(dir) + SOCKET_NAME_BYTES <= MAX_SOCKET_PATH_BYTES;
}

function isOwnFolder(dir: string, uid: number): boolean {
  const stats = statSync(dir, { throwIfNoEntry: false });
  return stats !== undefined && stats.isDirectory() && stats.uid === uid;
}

/** 64-bit FNV-1a. Enough to tell a user's projects apart; nobody else can write where it is used as a name. */
function shortHash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

function makePrivate(dir: string): void {
  try {
    mkdirSync(dir, { mode: 0o700 });
    return;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw cannotCreate(dir, error);
  }
  const stats = lstatSync(dir);
  const uid = process.getuid?.() ?? stats.uid;
  if (stats.isSymbolicLink()) throw notPrivate(dir, 'is a symbolic link', `remove it: rm ${dir}`);
  if (!stats.isDirectory()) throw notPrivate(dir, 'is not a folder', `move it away: mv ${dir} ${dir}.old`);
  if (stats.uid !== uid) throw notPrivate(dir, `belongs to user ${stats.uid}, not to you (${uid})`, 'have it removed');
  if ((stats.mode & 0o022) !== 0) {
    const mode = (stats.mode & 0o777).toString(8);
    throw notPrivate(dir, `can be written by others (mode ${mode})`, `look what is in it, then: chmod 700 ${dir}`);
  }
  if ((stats.mode & 0o777) !== 0o700) chmodSync(dir, 0o700);
}

function notPrivate(dir: string, why: string, hint: string): DevError {
  return new DevError({
    code: 'permission',
    exitCode: EXIT.notReady,
    message: `devdeck keeps private files in ${dir}, but it ${why}.`,
    hint,
  });
}

function cannotCreate(path: string, cause: unknown): DevError {
  return new DevError({
    code: 'permission',
    exitCode: EXIT.notReady,
    message: `Cannot create ${path}: ${cause instanceof Error ? cause.message : String(cause)}.`,
    hint: `make ${dirname(path)} writable for you and see that the disk has room`,
    cause,
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
