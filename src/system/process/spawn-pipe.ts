// Starts a process on plain pipes, stdout and stderr apart. Knows nothing of terminals.
// Trap: node-pty does not mark its masters close-on-exec (1.2.0-beta.15). A service that inherits one keeps the terminal
// of another alive after we are gone, and with it the process that should have been hung up. So their numbers are
// covered by /dev/null.
// Trap: for "no more descriptors" and "no more processes" Node reports only later, by an event; whoever asked
// to start a process wants to know at once, so the limits are looked up here.

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

import { type Invocation, spawnFailure } from './command-lookup.ts';
import { createExitReport } from './exit-report.ts';
import { hasRoomForService, tooManyOpenFiles } from './open-files.ts';
import type { SpawnHandlers, SpawnRequest } from '../system.ts';
import { noRoomForTasks } from './task-room.ts';

/** A started process, before its identity is known. */
export interface StartedProcess {
  readonly pid: number;
  write(bytes: Uint8Array): void;
  resize(columns: number, rows: number): void;
}

/** What is typed into a process that does not read is dropped beyond this. */
export const LONGEST_PENDING_INPUT_BYTES = 1_048_576;

/** Open files of this process that a child would inherit. */
export const inheritable = new Set<{ readonly fd: number }>();

/**
 * Starts `invocation` as the leader of its own session and group, with stdin open and silent: many tools exit when it ends.
 * @throws DevError `spawn_failed`
 */
export function spawnPipe(
  invocation: Invocation,
  request: Pick<SpawnRequest, 'cwd' | 'env'>,
  handlers: SpawnHandlers,
): StartedProcess {
  const child = start(invocation, request);
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined) {
    child.on('error', () => {}); // the same failure, reported late
    throw noResources();
  }
  const report = createExitReport(handlers, {
    streams: 2,
    release: () => {
      stdin?.destroy();
      stdout?.destroy();
      stderr?.destroy();
    },
  });
  for (const [stream, name] of [
    [stdout, 'out'],
    [stderr, 'err'],
  ] as const) {
    stream?.on('data', (bytes: Buffer) => report.data(bytes, name));
    stream?.on('error', () => {}); // 'close' follows
    stream?.on('close', () => report.streamEnded());
  }
  stdin?.on('error', () => {}); // it ended while we typed
  child.on('error', () => {});
  child.on('exit', (code, signal) => report.exited({ code, signal }));
  return {
    pid,
    write: (bytes) => {
      if (stdin?.writable && stdin.writableLength < LONGEST_PENDING_INPUT_BYTES) stdin.write(bytes);
    },
    resize: () => {},
  };
}

function start({ file, args }: Invocation, { cwd, env }: Pick<SpawnRequest, 'cwd' | 'env'>): ChildProcess {
  let nothing: number | undefined;
  try {
    const stdio: StdioOptions = ['pipe', 'pipe', 'pipe'];
    if (inheritable.size > 0) nothing = openSync(devNull, 'r+');
    for (const { fd } of inheritable) stdio[fd] = nothing;
    return spawn(file, args, { cwd, env, detached: true, stdio: Array.from(stdio, (entry) => entry ?? 'ignore') });
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'EMFILE' || code === 'ENFILE') throw tooManyOpenFiles();
    if (code === 'E2BIG') {
      throw spawnFailure(
        'Its arguments and environment are too long for this system.',
        'Put long values into a file and pass the file’s name.',
        error,
      );
    }
    throw spawnFailure(`The operating system refused to start ${file} (${code}).`, 'Try to run it in a shell.', error);
  } finally {
    if (nothing !== undefined) closeSync(nothing);
  }
}

/** The lookup proved the program, so what is missing is room: for descriptors, or for processes. */
function noResources(): Error {
  return hasRoomForService() ? noRoomForTasks() : tooManyOpenFiles();
}
