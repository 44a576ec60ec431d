// Starts a supervisor that outlives us, and hears from it on descriptor 3 whether it is ready.
// Its standard error goes to the supervisor's log, so that even a crash while loading leaves a trace.

import type { Environment } from '../core/env/environment.ts';
import type { ChildProcess } from 'node:child_process';
import { closeSync, constants, fstatSync, lstatSync, openSync, renameSync } from 'node:fs';
import { DevError, EXIT } from '../errors.ts';
import { startDaemon } from '../system/process/side-programs.ts';
import { prepareRuntimeDir, type RuntimePaths } from '../system/state/runtime-dir.ts';
import { FrameError, FrameReader } from './frames.ts';
import { fromWireError, isRecord, isWireError, type LaunchAnswer, type LaunchRequest } from './protocol.ts';

/** Room for a predecessor's survivors to be stopped first. */
const READY_LIMIT_MS = 30_000;
/** A supervisor that refused and does not end is left alone: its refusal is what matters. */
const GONE_LIMIT_MS = 1_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_LOG_BYTES = 1024 * 1024;

export interface StartSupervisorOptions {
  readonly entry: string;
  readonly nodeFlags: readonly string[];
  readonly request: LaunchRequest;
  readonly env: Environment;
  readonly paths: RuntimePaths;
}

export type LaunchOutcome = Exclude<LaunchAnswer, { readonly error: unknown }>;

/**
 * Resolves with `ready` when the new supervisor listens, with `joined` when another one holds the project.
 * @throws DevError what the supervisor says, with its exit code; `spawn_failed` or `timeout` when it says nothing
 */
export async function startSupervisor(options: StartSupervisorOptions): Promise<LaunchOutcome> {
  prepareRuntimeDir(options.paths);
  const log = openLog(options.paths.supervisorLog);
  try {
    const child = startDaemon({
      file: process.execPath,
      args: [...options.nodeFlags, options.entry, JSON.stringify(options.request)],
      cwd: options.paths.root,
      env: options.env,
      output: log ?? 'ignore',
    });
    return await hearFrom(child, options.paths);
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

function hearFrom(child: ChildProcess, paths: RuntimePaths): Promise<LaunchOutcome> {
  const answers = child.stdio[3] as NodeJS.ReadableStream & { destroy(): void };
  const reader = new FrameReader(MAX_ANSWER_BYTES);
  return new Promise<LaunchOutcome>((resolve, reject) => {
    const limit = setTimeout(() => reject(tooSlow(child, paths)), READY_LIMIT_MS);
    // A supervisor that refuses is on its way out; nothing of it is left when the refusal is told.
    const refuse = (error: DevError): void => {
      if (child.exitCode !== null || child.signalCode !== null) reject(error);
      else {
        child.once('exit', () => reject(error));
        setTimeout(() => reject(error), GONE_LIMIT_MS).unref();
      }
    };
    let hasAnswered = false;
    const settle = (answer: unknown): void => {
      if (hasAnswered) return;
      hasAnswered = true;
      clearTimeout(limit);
      if (isRecord(answer) && answer['ready'] === true) resolve(readyWith(answer['notice']));
      else if (isRecord(answer) && answer['joined'] === true) resolve({ joined: true });
      else if (isRecord(answer) && isWireError(answer['error'])) refuse(fromWireError(answer['error']));
      else reject(endedWithoutAnswer(child, paths));
    };
    child.once('error', (cause) => {
      clearTimeout(limit);
      reject(cannotSpawn(cause));
    });
    answers.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk, settle);
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        settle(undefined);
      }
    });
    // Its death: 'exit' comes with the code to tell of, but never before an answer that was written.
    let isClosed = false;
    let hasExited = false;
    const settleDeath = (): void => {
      if (isClosed && hasExited) settle(undefined);
    };
    answers.on('error', () => undefined);
    answers.once('close', () => {
      isClosed = true;
      settleDeath();
    });
    child.once('exit', () => {
      hasExited = true;
      settleDeath();
    });
  }).finally(() => {
    answers.destroy();
    child.removeAllListeners('exit');
    child.unref();
  });
}

function readyWith(notice: unknown): LaunchOutcome {
  return typeof notice === 'string' ? { ready: true, notice } : { ready: true };
}

/** Undefined when the log cannot be written, or is a file that others know by another name. */
function openLog(path: string): number | undefined {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  let fd: number | undefined;
  try {
    const known = lstatSync(path, { throwIfNoEntry: false });
    // By another name it is somebody else's, as after a copy by hard links: only our name of it is moved.
    const isShared = known?.isFile() === true && known.nlink > 1;
    if (known !== undefined && (known.size > MAX_LOG_BYTES || isShared)) renameSync(path, `${path}.1`);
    fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    const stats = fstatSync(fd);
    if (stats.isFile() && stats.nlink === 1) return fd;
  } catch {
    // A full disk or a folder where the log should be must not keep the session from starting.
  }
  if (fd !== undefined) closeSync(fd);
  return undefined;
}

function cannotSpawn(cause: Error): DevError {
  return new DevError({
    code: 'spawn_failed',
    exitCode: EXIT.notReady,
    message: `Cannot start the supervisor with ${process.execPath}: ${cause.message}.`,
    hint: 'close some programs if the system is out of processes or memory, then try again',
    cause,
  });
}

function endedWithoutAnswer({ exitCode, signalCode }: ChildProcess, paths: RuntimePaths): DevError {
  const how = signalCode === null ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signalCode}`;
  return new DevError({
    code: 'spawn_failed',
    exitCode: EXIT.bug,
    message: `The supervisor ended before it was ready (${how}).`,
    hint: `${paths.supervisorLog} may say why`,
  });
}

function tooSlow({ pid }: ChildProcess, paths: RuntimePaths): DevError {
  return new DevError({
    code: 'timeout',
    exitCode: EXIT.timeout,
    message: `The supervisor (pid ${pid ?? 'unknown'}) was not ready within ${READY_LIMIT_MS / 1000} s.`,
    hint: `./dev joins it once it is; ${paths.supervisorLog} may say what it waits for`,
  });
}
