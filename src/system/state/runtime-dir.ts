// Decides where a session keeps its files: state in `.devdeck/` at the project's root, socket and lock in the user's
// private runtime folder. Only names and folders: what is in the files is state-files' matter.
// Socket and lock are named after the root folder itself (device and inode), not its path: a copy of the project has
// names of its own, and a project that is moved while its session runs keeps its names.
// Trap: `runtimePaths` is on the hot path of `status`, so it loads no crypto and asks the system few things.

import type { Environment } from '../../core/env/environment.ts';
import { chmodSync, lstatSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { DevError, EXIT, messageOf } from '../../errors.ts';
import { pathProblem, privacyProblem, type FolderProblem } from './private-folder.ts';

export interface RuntimePaths {
  /** The real path of the project's root. */
  readonly root: string;
  /** Device and inode of the root, in decimal digits. They stay the same for as long as a session works in it. */
  readonly rootDevice: string;
  readonly rootInode: string;
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
  /** Before the name of the supervisor: what bin/devdeck may answer by itself; see main/session/answer-text. */
  readonly answersFile: string;
  /** Outlives the session. */
  readonly choicesFile: string;
  readonly supervisorLog: string;
  readonly eventsFile: string;
  /** Outlives the session. */
  readonly historyFile: string;
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
  const { dev, ino } = statSync(realRoot, { bigint: true });
  const [socketDir = lastResort()] = socketFolders(env);
  const name = shortHash(`${dev}:${ino}`);
  const stateDir = join(realRoot, '.devdeck');
  return {
    root: realRoot,
    rootDevice: String(dev),
    rootInode: String(ino),
    socketDir,
    socket: `${socketDir}/${name}.sock`,
    lock: `${socketDir}/${name}.lock`,
    stateDir,
    logsDir: `${stateDir}/logs`,
    pidsDir: `${stateDir}/pids`,
    sessionFile: `${stateDir}/session.json`,
    runsFile: `${stateDir}/runs.json`,
    statusFile: `${stateDir}/status.json`,
    answersFile: `${stateDir}/answers`,
    choicesFile: `${stateDir}/choices.json`,
    supervisorLog: `${stateDir}/supervisor.log`,
    eventsFile: `${stateDir}/events.jsonl`,
    historyFile: `${stateDir}/history.db`,
  };
}

/**
 * Creates the folders of a session, or proves that those which are there are private.
 * A folder of ours that others could only read is closed to them; one they could write to is refused.
 * @throws DevError `permission` naming the folder and what to do
 */
export function prepareRuntimeDir(paths: RuntimePaths): void {
  makePrivate(paths.socketDir);
  prepareStateDir(paths);
}

/** False once another folder is at the root's path: the project was moved, and another one made in its place. */
export function isRootInPlace({ root, rootDevice, rootInode }: RuntimePaths): boolean {
  const stats = statSync(root, { bigint: true, throwIfNoEntry: false });
  return stats === undefined || (String(stats.dev) === rootDevice && String(stats.ino) === rootInode);
}

/** As `prepareRuntimeDir`, without the folder of the socket. */
export function prepareStateDir(paths: RuntimePaths): void {
  for (const dir of [paths.stateDir, paths.logsDir, paths.pidsDir]) makePrivate(dir);
  try {
    writeFileSync(join(paths.stateDir, '.gitignore'), '*\n', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw cannotCreate(join(paths.stateDir, '.gitignore'), error);
  }
}

/** The user's state folder for devdeck, which outlives sessions and reboots. Creates nothing. */
export function userStateDir(env: Environment): string {
  const base = env['XDG_STATE_HOME'];
  const stateHome = base !== undefined && isAbsolute(base) ? base : join(env['HOME'] || homedir(), '.local/state');
  return join(stateHome, 'devdeck');
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

/**
 * Where sessions of this user may listen, best first. A folder that somebody else could replace is left out.
 * A shell without a login session (cron, sudo, an agent) lacks XDG_RUNTIME_DIR but should meet the same session.
 */
export function* socketFolders(env: Environment): Generator<string> {
  const uid = process.getuid?.() ?? 0;
  const given = env['XDG_RUNTIME_DIR'] || (process.platform === 'linux' ? `/run/user/${uid}` : '');
  if (isOwnFolder(given, uid)) yield* safe(join(given, 'devdeck'));
  yield* safe(join(env['TMPDIR'] || '/tmp', `devdeck-${uid}`));
  yield* safe(lastResort());
  yield* safe(join(userStateDir(env), 'run'));
}

function lastResort(): string {
  return `/tmp/devdeck-${process.getuid?.() ?? 0}`;
}

function safe(dir: string): readonly string[] {
  const fits = isAbsolute(dir) && Buffer.byteLength(dir) + SOCKET_NAME_BYTES <= MAX_SOCKET_PATH_BYTES;
  return fits && pathProblem(dir) === undefined ? [dir] : [];
}

function isOwnFolder(dir: string, uid: number): boolean {
  if (!isAbsolute(dir)) return false;
  try {
    const stats = statSync(dir);
    return stats.isDirectory() && stats.uid === uid;
  } catch {
    return false;
  }
}

/** 64-bit FNV-1a. Enough to tell a user's projects apart; nobody else can write where it is used as a name. */
function shortHash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

/**
 * Creates the folder for this user alone, or proves that it is private.
 * @throws DevError `permission` naming the folder and what to do
 */
export function makePrivate(dir: string): void {
  try {
    mkdirSync(dir, { mode: 0o700 });
    return;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw cannotCreate(dir, error);
  }
  const problem = privacyProblem(dir);
  if (problem !== undefined) throw notPrivate(problem);
  if ((lstatSync(dir).mode & 0o777) !== 0o700) chmodSync(dir, 0o700);
}

export function notPrivate({ folder, why, hint }: FolderProblem): DevError {
  return new DevError({
    code: 'permission',
    exitCode: EXIT.notReady,
    message: `devdeck keeps private files in ${folder}, but it ${why}.`,
    hint,
  });
}

function cannotCreate(path: string, cause: unknown): DevError {
  return new DevError({
    code: 'permission',
    exitCode: EXIT.notReady,
    message: `Cannot create ${path}: ${messageOf(cause)}.`,
    hint: `make ${dirname(path)} writable for you and see that the disk has room`,
    cause,
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
