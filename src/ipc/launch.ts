// Finds the session of a project, or starts a supervisor for it and waits until that listens.
// Only the supervisors' lock decides which one owns a project: of two that start at once one says `joined` and leaves,
// and its launcher connects to the other one.
// Trap: this is on the path of `./dev status`, so what only a launch needs is loaded when something is launched.

import type { ClientClaim } from '../core/model/actor.ts';
import type { SessionRole } from '../core/model/vocabulary.ts';
import type { Environment } from '../core/env/environment.ts';
import { existsSync, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ServiceName } from '../core/model/project.ts';
import type { StartOptions } from '../core/session/session.ts';
import { DevError, EXIT } from '../errors.ts';
import { privacyProblem } from '../system/state/private-folder.ts';
import { notPrivate, runtimePaths, type RuntimePaths } from '../system/state/runtime-dir.ts';
import type { RecordedSupervisor } from '../system/state/recorded-session.ts';
import type { LaunchRequest } from './protocol.ts';
import { connectSession, type RemoteSession } from './remote-session.ts';
import type { LaunchOutcome } from './start-supervisor.ts';

/**
 * How long the winner of a race, or a predecessor that is about to end, may take; and one that lives: it is listening soon,
 * or again, as it looks every 2 s whether its socket is still there.
 */
const LIMITS = { joinMs: 5_000, returnMs: 3_000 };
/** After that long the holder of the lock may have been a session that was ending: starting is tried again. */
const RELAUNCH_AFTER_MS = 500;
/** How soon it is noticed that an early supervisor has ended without a session. */
const EARLY_LOOK_MS = 25;

export interface FindOptions {
  readonly root: string;
  readonly env: Environment;
  readonly role: SessionRole;
  /** See ConnectOptions. */
  readonly client?: ClientClaim;
  /** Of this devdeck. */
  readonly version: string;
  /** See ConnectOptions. To `look`, a folder that is not private only means that no session is found. */
  readonly purpose?: 'use' | 'end' | 'look';
  /** How long one that starts or ends, and one that lives and is about to listen again, is waited for; 5 and 3 s unless given. */
  readonly limits?: { readonly joinMs: number; readonly returnMs: number };
  /** The supervisor that is proven to live by its record, and where it listens. Called where there is a record. */
  readonly findSupervisor: (paths: RuntimePaths) => Promise<RecordedSupervisor | undefined>;
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
 * @throws DevError `permission` or `session_unreachable` when there is a socket that cannot be opened, or may be
 * somebody else's
 */
export async function findSession(options: FindOptions): Promise<RemoteSession | undefined> {
  const paths = runtimePaths(options.root, options.env);
  const session = await tryFind(options, paths);
  if (session !== undefined) return session;
  if ((await recorded(options, paths)) !== undefined) return waitForReturn(options, paths);
  if (options.purpose === 'look') return undefined;
  refuseOthersFolders(paths);
  if (options.purpose !== 'end') return undefined;
  // A stop must not report "nothing runs" while a supervisor is about to open its socket.
  const { isSessionLocked } = await import('../system/state/session-lock.ts');
  if (!isSessionLocked(paths.lock)) return undefined;
  const found = await waitForSession(options, paths, limitsOf(options).joinMs);
  if (found === undefined && isSessionLocked(paths.lock)) throw busy(paths, undefined, limitsOf(options).joinMs);
  return found;
}

/** Of a supervisor that lives. That it hangs before it listens, or after its socket was taken away, is not "nothing runs". */
async function waitForReturn(options: FindOptions, paths: RuntimePaths): Promise<RemoteSession | undefined> {
  const found = await waitForSession(options, paths, limitsOf(options).returnMs);
  const supervisor = found === undefined && options.purpose !== 'look' ? await recorded(options, paths) : undefined;
  if (supervisor !== undefined) throw deaf(supervisor.pid);
  return found;
}

async function tryFind(options: FindOptions, paths: RuntimePaths): Promise<RemoteSession | undefined> {
  const findPid = async () => (await recorded(options, paths))?.pid;
  const connect = async (socketPath: string): Promise<RemoteSession | undefined> => {
    // A session whose folder has been opened to others is about to listen elsewhere.
    if (privacyProblem(dirname(socketPath)) !== undefined) return undefined;
    const purpose = options.purpose === 'end' ? 'end' : 'use';
    return connectSession({ ...options, purpose, socketPath, findPid });
  };
  const session = await connect(paths.socket);
  if (session !== undefined) return session;
  // Started where XDG_RUNTIME_DIR or TMPDIR was another one, or moved since.
  const other = (await recorded(options, paths))?.socket;
  return other !== undefined && other !== paths.socket ? connect(other) : undefined;
}

/** That no session was found must not be said when one of another user, or somebody's trap, is why. */
function refuseOthersFolders({ socketDir, stateDir }: RuntimePaths): void {
  const isOthers = lstatSync(stateDir, { throwIfNoEntry: false })?.uid !== process.getuid?.();
  const problem = privacyProblem(socketDir) ?? (isOthers ? privacyProblem(stateDir) : undefined);
  if (problem !== undefined) throw notPrivate(problem);
}

export interface OpenedSession {
  readonly session: RemoteSession;
  readonly isNew: boolean;
  /** What a person should know about the start, as one sentence. */
  readonly notice?: string;
}

/**
 * Joins the running session, or starts one, and has it start services. Waits until it accepts us, and before that until
 * a session that is stopping has ended; any number may do this at once.
 * @throws DevError of the config with its own exit code, `version_mismatch`, `spawn_failed`, `session_unreachable` or `session_busy`
 */
export async function openSession(options: OpenOptions): Promise<OpenedSession> {
  const paths = runtimePaths(options.root, options.env);
  const early = await waitForEarly(options, paths);
  if (early !== undefined) return { session: early, isNew: true };
  const running = await findAccepting(options, paths);
  if (running !== undefined) {
    options.onUnderway?.();
    const joined = await join(running, options);
    if (joined !== undefined) return joined;
  }
  const giveUpAtMs = performance.now() + limitsOf(options).joinMs;
  do {
    const launched = await launch(options, paths);
    if ('ready' in launched) {
      const session = await findAccepting(options, paths);
      if (session === undefined) throw endedAtOnce(paths);
      const { notice } = launched;
      return { session, isNew: true, ...(notice === undefined ? {} : { notice }) };
    }
    const winner = await waitForSession(options, paths, RELAUNCH_AFTER_MS);
    const joined = winner === undefined ? undefined : await join(winner, options);
    if (joined !== undefined) return joined;
  } while (performance.now() < giveUpAtMs);
  throw busy(paths, (await recorded(options, paths))?.pid, limitsOf(options).joinMs);
}

/** Undefined as soon as that supervisor has ended: there was a session already, or it could not start and a second one will tell why. */
async function waitForEarly(options: OpenOptions, paths: RuntimePaths): Promise<RemoteSession | undefined> {
  const { earlyPid, onUnderway } = options;
  if (earlyPid === undefined) return undefined;
  onUnderway?.();
  const giveUpAtMs = performance.now() + limitsOf(options).joinMs;
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
async function join(session: RemoteSession, { role, start }: OpenOptions): Promise<OpenedSession | undefined> {
  // A second `./dev` only attaches: stopped services stay stopped, completed one-shots are not repeated.
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

/** A session that disconnects before its welcome was about to end, and does not count. */
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

async function launch(options: OpenOptions, paths: RuntimePaths): Promise<LaunchOutcome> {
  const { root, configFile, role, columns, rows, start, client } = options;
  const request: LaunchRequest = {
    root,
    role,
    columns,
    rows,
    start,
    ...(client === undefined ? {} : { client }),
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

/** Records in the project's folder may come from anywhere, even from a checkout: only a living supervisor's counts. */
async function recorded({ findSupervisor }: FindOptions, paths: RuntimePaths): Promise<RecordedSupervisor | undefined> {
  return existsSync(paths.sessionFile) || existsSync(paths.runsFile) ? findSupervisor(paths) : undefined;
}

function limitsOf({ limits = LIMITS }: FindOptions): typeof LIMITS {
  return limits;
}

function endedAtOnce(paths: RuntimePaths): DevError {
  return new DevError({
    code: 'session_unreachable',
    exitCode: EXIT.noSession,
    message: 'The session ended right after it started.',
    hint: `${paths.supervisorLog} says why`,
  });
}

function deaf(pid: number): DevError {
  return new DevError({
    code: 'session_unreachable',
    exitCode: EXIT.timeout,
    message: `The session of pid ${pid} does not answer: it accepts no connection.`,
    hint: 'try again; if that does not help, ./dev stop --force kills it and its processes',
  });
}

function busy(paths: RuntimePaths, pid: number | undefined, limitMs: number): DevError {
  const holder = pid === undefined ? 'Another supervisor' : `The supervisor with pid ${pid}`;
  return new DevError({
    code: 'session_busy',
    exitCode: EXIT.timeout,
    message: `${holder} holds this project, but accepts no connection after ${limitMs / 1000} s.`,
    hint: `it is starting or ending: try again, or look at ${paths.supervisorLog}`,
  });
}
