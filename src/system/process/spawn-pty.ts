// Starts a process on its own pseudo-terminal, by the native part of node-pty. The JavaScript part of that
// package is left out, because it (unixTerminal.js, 1.2.0-beta.15)
//   - closes the terminal 200 ms after the exit, read or not: under load the last lines are lost;
//   - closes it when the service has no descriptor on it any more (`exec app >file 2>&1 </dev/null`): SIGHUP kills the app;
//   - retries a write to a process that does not read without a pause: one core at 100 %.
// So that end of file means "all others have closed it", this side keeps the terminal's other end open until the exit.
// Trap: libuv writes to a PTY master in a blocking loop; writes go through the non-blocking descriptor itself.

import { closeSync, constants as files, openSync, readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants as os } from 'node:os';
import { dirname, join } from 'node:path';
import { ReadStream } from 'node:tty';

import type { Invocation } from './command-lookup.ts';
import { createExitReport } from './exit-report.ts';
import { LONGEST_PENDING_INPUT_BYTES, type StartedProcess, inheritable } from './spawn-pipe.ts';
import type { SpawnHandlers, SpawnRequest } from '../system.ts';
import { hasRoomForTasks, noRoomForTasks } from './task-room.ts';

/** src/native.d.ts of node-pty; not part of its public types, hence the exact version in package.json. */
interface NativePty {
  fork(
    file: string,
    args: readonly string[],
    env: readonly string[],
    cwd: string,
    columns: number,
    rows: number,
    uid: number,
    gid: number,
    utf8: boolean,
    helperPath: string,
    onExit: (code: number, signal: number) => void,
  ): { readonly fd: number; readonly pid: number; readonly pty: string };
  resize(fd: number, columns: number, rows: number, pixelWidth: number, pixelHeight: number): void;
}

const SAME_USER = -1;
/** After a read of this many bytes the next ones are likely to lie there already: the kernel hands out 4 KiB at most. */
const FULL_READ_BYTES = 2048;
/** How often a terminal is read in one turn; more saves CPU and no time, and others wait longer for theirs. */
const READS_PER_TURN = 8;
/** What those reads may come to; what does not fit is read in the next turn. */
const SLAB_BYTES = 64 * 1024;
/** Pause before a terminal that took no input is tried again. */
const WRITE_RETRY_MS = 20;

/**
 * Starts `invocation` as the leader of its own session and group, with the terminal as its controlling one.
 * Returns undefined when no terminal can be had: no binary for this platform, no pseudo-terminal left.
 * @throws DevError `spawn_failed` when the system has no room for another process
 */
export function spawnPty(
  invocation: Invocation,
  request: SpawnRequest,
  handlers: SpawnHandlers,
): StartedProcess | undefined {
  const native = loadNative();
  if (!native) return undefined;
  if (!hasRoomForTasks()) throw noRoomForTasks();
  let end: { readonly fd: number; readonly pid: number; readonly pty: string };
  let otherEnd: number | undefined;
  try {
    end = native.pty.fork(
      invocation.file,
      invocation.args,
      Object.entries(request.env).map(([key, value]) => `${key}=${value}`),
      request.cwd,
      atLeastOne(request.columns),
      atLeastOne(request.rows),
      SAME_USER,
      SAME_USER,
      true,
      native.helperPath,
      (code, signal) => {
        if (otherEnd !== undefined) closeSync(otherEnd);
        otherEnd = undefined;
        report.exited({ code: signal ? null : code, signal: signal ? signalName(signal) : null });
      },
    );
  } catch {
    return undefined;
  }
  otherEnd = keepOpen(end.pty);
  inheritable.add(end);

  const terminal = new ReadStream(end.fd);
  const input = createInput(end.fd);
  const report = createExitReport(handlers, { streams: 1, release: () => terminal.destroy() });
  terminal.on('data', (bytes: Buffer) => {
    report.data(bytes, 'out');
    if (bytes.length >= FULL_READ_BYTES) readMore(terminal, end.fd, (more) => report.data(more, 'out'));
  });
  terminal.on('error', () => {}); // EIO is how a terminal says end of file; 'close' follows
  terminal.on('close', () => {
    inheritable.delete(end);
    input.close();
    report.streamEnded();
  });
  return {
    pid: end.pid,
    write: (bytes) => input.write(bytes),
    resize: (columns, rows) => {
      if (terminal.destroyed) return;
      try {
        native.pty.resize(end.fd, atLeastOne(columns), atLeastOne(rows), 0, 0);
      } catch {
        // it ended a moment ago
      }
    },
  };
}

interface LoadedNative {
  readonly pty: NativePty;
  /** macOS starts processes through this program; Linux does not look at it. */
  readonly helperPath: string;
}

let loaded: LoadedNative | null | undefined;

/** Loads the binary at the first use, and only that: the package's JavaScript would cost 6 ms more. */
function loadNative(): LoadedNative | null {
  if (loaded !== undefined) return loaded;
  const platform = `${process.platform}-${process.arch}`;
  try {
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('@lydell/node-pty'));
    const folder = join(dirname(fromPackage.resolve(`@lydell/node-pty-${platform}`)), '..', 'prebuilds', platform);
    const pty = fromPackage(join(folder, 'pty.node')) as NativePty;
    loaded = { pty, helperPath: join(folder, 'spawn-helper') };
  } catch {
    loaded = null;
  }
  return loaded;
}

function keepOpen(path: string): number | undefined {
  try {
    return openSync(path, files.O_RDWR | files.O_NOCTTY);
  } catch {
    return undefined; // no descriptor left; the terminal works without
  }
}

/**
 * Reads what is there without a trip through the event loop, which would cost more than the read: of a million lines of
 * 100 bytes, devdeck's share of CPU falls by a third. The descriptor does not block on Linux, where this is known.
 */
function readMore(terminal: ReadStream, fd: number, take: (bytes: Buffer) => void): void {
  if (process.platform !== 'linux') return;
  const slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  let used = 0;
  try {
    for (let reads = 0; reads < READS_PER_TURN && !terminal.destroyed; reads += 1) {
      const count = readSync(fd, slab, used, slab.length - used, null);
      if (count === 0) return;
      take(slab.subarray(used, used + count));
      used += count;
    }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && error.syscall === 'read')) throw error;
    // nothing there now, or the end; the stream finds out which
  }
}

/** Types into the terminal, in order, without ever waiting for it. */
function createInput(fd: number): { write(bytes: Uint8Array): void; close(): void } {
  let pending: Uint8Array = new Uint8Array();
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;

  function flush(): void {
    retry = undefined;
    try {
      while (pending.length > 0) pending = pending.subarray(writeSync(fd, pending));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') retry = setTimeout(flush, WRITE_RETRY_MS).unref();
      else pending = new Uint8Array();
    }
  }

  return {
    write(bytes) {
      if (isClosed || pending.length + bytes.length > LONGEST_PENDING_INPUT_BYTES) return;
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      if (!retry) flush();
    },
    close() {
      isClosed = true;
      clearTimeout(retry);
    },
  };
}

function signalName(number: number): string {
  const entry = Object.entries(os.signals).find(([, value]) => value === number);
  return entry?.[0] ?? `SIG${number}`;
}

function atLeastOne(size: number): number {
  return Math.max(1, Math.min(65_535, Math.trunc(size) || 1));
}
