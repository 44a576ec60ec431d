// Finds the session of a project, or starts its supervisor and joins it. Of two that start at once one wins the lock;
// the other's supervisor says `joined`, and its client waits for the winner to listen.

import { spawn } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import type { StartOptions } from '../core/session.ts';
import type { ServiceName } from '../core/project.ts';
import { DevError, EXIT } from '../errors.ts';
import type { RuntimePaths } from '../system/runtime-dir.ts';
import { fromWireError, type Role, type WireError } from './protocol.ts';
import { connectSession, type RemoteSession } from './remote-session.ts';

/** What the supervisor is told on its command line, as JSON. The environment is inherited. */
export interface LaunchRequest {
  readonly root: string;
  readonly configFile?: string;
  /** Who opens the session: one that a screen or a stream opened ends with the last of them. */
  readonly role: Role;
  readonly columns: number;
  readonly rows: number;
  /** Started at once, so that the first service does not wait for the client to connect. */
  readonly start?: { readonly names: readonly ServiceName[]; readonly options: StartOptions };
}

/** The one line that the supervisor writes to descriptor 3. */
export type LaunchAnswer =
  | { readonly ready: true }
  /** Another supervisor of this project holds the lock. */
  | { readonly joined: true }
  | { readonly error: WireError };

export interface LaunchOptions {
  readonly paths: RuntimePaths;
  readonly version: string;
  /** The supervisor's program, run by this very Node. */
  readonly supervisorEntry: string;
  readonly request: LaunchRequest;
}

export interface OpenedSession {
  readonly session: RemoteSession;
  /** False when a session ran already, or another one opened it at the same moment. */
  readonly isNew: boolean;
}

/** A supervisor that reads its config and clears away survivors of a killed session may take this long. */
const READY_LIMIT_MS = 30_000;
/** The winner of two may still be on its way to its socket. */
const WINNER_LIMIT_MS = 10_000;

/**
 * The running session, or a new one with `request.start` under way.
 * @throws DevError of the config, or `internal` when the supervisor ends without a word
 */
export async function openSession(options: LaunchOptions): Promise<OpenedSession> {
  const running = await connect(options);
  if (running !== undefined) return { session: running, isNew: false };
  const answer = await launch(options);
  if ('error' in answer) throw fromWireError(answer.error);
  const isNew = 'ready' in answer;
  const session = await untilConnected(options);
  return { session, isNew };
}

async function connect({ paths, version, request }: LaunchOptions): Promise<RemoteSession | undefined> {
  return connectSession({ socketPath: paths.socket, role: request.role, version });
}

async function launch({ paths, supervisorEntry, request }: LaunchOptions): Promise<LaunchAnswer> {
  const log = openLog(paths);
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', supervisorEntry, JSON.stringify(request)],
    {
      detached: true,
      stdio: ['ignore', log, log, 'pipe'],
      cwd: paths.root,
    },
  );
  if (typeof log === 'number') closeSync(log);
  const pipe = child.stdio[3] as Readable;
  const line = await new Promise<string>((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => resolve(''), READY_LIMIT_MS);
    const finish = (): void => {
      clearTimeout(timer);
      resolve(text);
    };
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(cannotStart(paths, error.message));
    });
    pipe.setEncoding('utf8');
    pipe.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) finish();
    });
    pipe.on('end', finish);
    pipe.on('error', finish);
  });
  pipe.destroy();
  child.unref();
  if (line.trim() === '') throw cannotStart(paths, 'the supervisor ended without a word');
  return JSON.parse(line) as LaunchAnswer;
}

/** The supervisor's own log takes what it writes to stderr; a folder that cannot be written does not stop it. */
function openLog(paths: RuntimePaths): number | 'ignore' {
  try {
    mkdirSync(dirname(paths.supervisorLog), { recursive: true, mode: 0o700 });
    const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    return openSync(paths.supervisorLog, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch {
    return 'ignore';
  }
}

/** Tries now, and again whenever something changes beside the socket. */
async function untilConnected(options: LaunchOptions): Promise<RemoteSession> {
  const first = await connect(options);
  if (first !== undefined) return first;
  const { socketDir } = options.paths;
  return new Promise((resolve, reject) => {
    const watcher = watch(socketDir, () => void attempt());
    const timer = setTimeout(() => {
      watcher.close();
      reject(cannotStart(options.paths, `no session answered within ${WINNER_LIMIT_MS / 1000} s`));
    }, WINNER_LIMIT_MS);
    let isTrying = false;
    const attempt = async (): Promise<void> => {
      if (isTrying) return;
      isTrying = true;
      const session = await connect(options).catch(reject);
      isTrying = false;
      if (session === undefined) return;
      clearTimeout(timer);
      watcher.close();
      resolve(session);
    };
    void attempt();
  });
}

function cannotStart(paths: RuntimePaths, why: string): DevError {
  return new DevError({
    code: 'internal',
    exitCode: EXIT.bug,
    message: `The supervisor of ${paths.root} could not be started: ${why}.`,
    hint: `its log is ${paths.supervisorLog}`,
  });
}
