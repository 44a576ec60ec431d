// Finds the session of a project, or starts a supervisor for it and waits until that listens.
// Who owns a project is decided by the supervisors' lock alone: of two that start at once one says `joined` and leaves,
// and its launcher connects to the other one.
// Trap: this is on the path of `./dev status`, so what only a launch needs is loaded when something is launched.

import type { Environment } from '../core/env/environment.ts';
import { lstatSync } from 'node:fs';
import type { ServiceName } from '../core/model/project.ts';
import type { StartOptions } from '../core/model/session.ts';
import { DevError, EXIT } from '../errors.ts';
import { runtimePaths, type RuntimePaths } from '../system/state/runtime-dir.ts';
import { readSessionRecord } from '../system/state/state-files.ts';
import type { LaunchRequest, Role } from './protocol.ts';
import { connectSession, type RemoteSession } from './remote-session.ts';

/** How long the winner of a race, or a predecessor that is about to end, may take. */
const JOIN_LIMIT_MS = 5_000;
/** A supervisor that lives is listening soon, or again: it looks every 2 s whether its socket is still there. */
const RETURN_LIMIT_MS = 3_000;
/** After that long the holder of the lock may have been a session that was ending: starting is tried again. */
const RELAUNCH_AFTER_MS = 500;
/** How soon it is noticed that an early supervisor has ended without a session. */
const EARLY_LOOK_MS = 25;

export interface FindOptions {
  readonly root: string;
  readonly env: Environment;
  readonly role: Role;
  /** Of this devdeck. */
  readonly version: string;
  /** See ConnectOptions. */
  readonly purpose?: 'use' | 'end';
  /** The pid of the supervisor that the session's record names, if it is proven to live. */
  readonly findPid: (paths: RuntimePaths) => Promise<number | undefined>;
}

export interface OpenOptions extends FindOptions {
  /** Absolute; absent for the project's own. */
  readonly configFile?: string;
  /** Of the terminal that services with one start in. */
  readonly columns: number;
  readonly rows: number;
  readonly start: { readonly names: readonly ServiceName[]; readonly options: StartOptions };
  /** A supervisor that was started beside us and may be about to listen. Only a hint: the lock decides. */
  readonly earlyPid?: number;
  /** Called once nothing more has to be done by this process for a while: it waits for the session to answer. */
  readonly onUnderway?: () => void;
  /** The script of the supervisor, and flags for its Node. */
  readonly supervisor: { readonly entry: string; readonly nodeFlags: readonly string[] };
}

/**
 * The running session of the project at `root`, or undefined. Does not wait for the hello to be answered.
 * @throws DevError `permission` or `session_unreachable` when there is a socket that cannot be opened
 */
export async function findSession(options: FindOptions): Promise<RemoteSession | undefined> {
  const paths = runtimePaths(options.root, options.env);
  const session = await tryFind(options, paths);
  if (session !== undefined) return session;
  if ((await provenPid(options, paths)) !== undefined) return waitForSession(options, paths, RETURN_LIMIT_MS);
  if (options.purpose !== 'end') return undefined;
  // "Nothing runs" must not be said to who wants it stopped while a supervisor is on its way to its socket.
  const { isSessionLocked } = await import('../system/state/session-lock.ts');
  return isSessionLocked(paths.lock) ? waitForSession(options, paths, JOIN_LIMIT_MS) : undefined;
}

async function tryFind(options: FindOptions, paths: RuntimePaths): Promise<RemoteSession | undefined> {
  const connect = (socketPath: string): Promise<RemoteSession | undefined> =>
    connectSession({ ...options, socketPath, findPid: () => provenPid(options, paths) });
  const session = await connect(paths.socket);
  if (session !== undefined) return session;
  // Started where XDG_RUNTIME_DIR or TMPDIR was another one.
  const recorded = readSessionRecord(paths.sessionFile)?.socket;
  return recorded !== undefined && recorded !== paths.socket && isOwn(recorded) ? connect(recorded) : undefined;
}

/**
 * Joins the running session, or starts one, and has it start services. Waits until it accepts us, and before that until
 * a session that is stopping has ended; any number may do this at once.
 * @throws DevError of the config with its own exit code, `version_mismatch`, `spawn_failed`, `session_unreachable` or `session_busy`
 */
export async function openSession(
  options: OpenOptions,
): Promise<{ readonly session: RemoteSession; readonly isNew: boolean }> {
  const paths = runtimePaths(options.root, options.env);
  const early = await waitForEarly(options, paths);
  if (early !== undefined) return { session: early, isNew: true };
  const running = await findAccepting(options, paths);
  if (running !== undefined) {
    options.onUnderway?.();
    const joined = await join(running, options);
    if (joined !== undefined) return joined;
  }
  const giveUpAtMs = performance.now() + JOIN_LIMIT_MS;
  do {
    if ((await launch(options, paths)) === 'ready') {
      const session = await findAccepting(options, paths);
      if (session === undefined) throw endedAtOnce(paths);
      return { session, isNew: true };
    }
    const winner = await waitForSession(options, paths, RELAUNCH_AFTER_MS);
    const joined = winner === undefined ? undefined : await join(winner, options);
    if (joined !== undefined) return joined;
  } while (performance.now() < giveUpAtMs);
  throw busy(paths);
}

/** Undefined as soon as that supervisor has ended: there was a session already, or it could not start and a second one will tell why. */
async function waitForEarly(options: OpenOptions, paths: RuntimePaths): Promise<RemoteSession | undefined> {
  const { earlyPid, onUnderway } = options;
  if (earlyPid === undefined) return undefined;
  onUnderway?.();
  const giveUpAtMs = performance.now() + JOIN_LIMIT_MS;
  while (isRunning(earlyPid) && performance.now() < giveUpAtMs) {
    const session = await waitForSession(options, paths, EARLY_LOOK_MS);
    if (session !== undefined) return session;
  }
  return undefined;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Undefined when the session was stopping: then it has ended, and another one can begin. */
async function join(
  session: RemoteSession,
  { role, start }: OpenOptions,
): Promise<{ session: RemoteSession; isNew: boolean } | undefined> {
  // A second `./dev` only attaches: what was stopped on purpose stays stopped, what has completed is not repeated.
  const onlyAttaches = role !== 'command' && start.names.length === 0 && Object.keys(start.options).length === 0;
  try {
    if (!onlyAttaches) await session.start(start.names, start.options);
    const isEnding = onlyAttaches && (await session.snapshot()).session.ending;
    if (!isEnding) return { session, isNew: false };
  } catch (error) {
    if (!(error instanceof DevError) || error.code !== 'session_ending') throw error;
  }
  await new Promise<void>((resolve) => {
    session.subscribe(({ type }) => {
      if (type === 'ended') resolve();
    });
  });
  session.close();
  return undefined;
}

/** A session that breaks off before its welcome was about to end, and is none. */
async function findAccepting(options: FindOptions, paths: RuntimePaths): Promise<RemoteSession | undefined> {
  const session = await tryFind(options, paths);
  try {
    await session?.welcome;
    return session;
  } catch (error) {
    session?.close();
    const hasEnded =
      error instanceof DevError && error.code === 'session_unreachable' && error.exitCode === EXIT.noSession;
    if (hasEnded) return undefined;
    throw error;
  }
}

async function launch(options: OpenOptions, paths: RuntimePaths): Promise<'ready' | 'joined'> {
  const { root, configFile, role, columns, rows, start } = options;
  const request: LaunchRequest = {
    root,
    role,
    columns,
    rows,
    start,
    ...(configFile === undefined ? {} : { configFile }),
  };
  const { startSupervisor } = await import('./start-supervisor.ts');
  const answer = startSupervisor({ ...options.supervisor, request, env: options.env, paths });
  options.onUnderway?.();
  return answer;
}

async function waitForSession(
  options: FindOptions,
  paths: RuntimePaths,
  limitMs: number,
): Promise<RemoteSession | undefined> {
  const { FolderChanges } = await import('./folder-changes.ts');
  const changes = new FolderChanges(paths.socketDir);
  const giveUpAtMs = performance.now() + limitMs;
  try {
    for (;;) {
      const session = await findAccepting(options, paths);
      if (session !== undefined) return session;
      const leftMs = giveUpAtMs - performance.now();
      if (leftMs <= 0) return undefined;
      await changes.next(leftMs);
    }
  } finally {
    changes.close();
  }
}

/** The pid of the record if that very process lives: people will be told to act on it. */
async function provenPid({ findPid }: FindOptions, paths: RuntimePaths): Promise<number | undefined> {
  return readSessionRecord(paths.sessionFile) === undefined ? undefined : findPid(paths);
}

/** A record in the project's folder may come from anywhere, even from a checkout: only a socket of ours is tried. */
function isOwn(socketPath: string): boolean {
  const stats = lstatSync(socketPath, { throwIfNoEntry: false });
  return stats !== undefined && stats.isSocket() && stats.uid === process.getuid?.();
}

function endedAtOnce(paths: RuntimePaths): DevError {
  return new DevError({
    code: 'session_unreachable',
    exitCode: EXIT.noSession,
    message: 'The session ended right after it had started.',
    hint: `${paths.supervisorLog} says why`,
  });
}

function busy(paths: RuntimePaths): DevError {
  const pid = readSessionRecord(paths.sessionFile)?.pid;
  const holder = pid === undefined ? 'Another supervisor' : `The supervisor with pid ${pid}`;
  return new DevError({
    code: 'session_busy',
    exitCode: EXIT.timeout,
    message: `${holder} holds this project, but accepts no connection after ${JOIN_LIMIT_MS / 1000} s.`,
    hint: `it is starting or ending: try again, or look at ${paths.supervisorLog}`,
  });
}
