// Distinguishes refusals of the operating system from bugs of ours, in this one place: too many open files, a full disk, a
// folder without permission. Such an error is reported as what it is, and the work continues if it can.

import { DevError, EXIT } from './errors.ts';

/** An error of Node that carries a code of the system. */
interface SystemError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall?: string;
  readonly path?: string;
}

/** These mean that we passed nonsense to the system. */
const OUR_MISTAKES: ReadonlySet<string> = new Set(['EBADF', 'EINVAL', 'EFAULT', 'ENOTSOCK', 'EDOM', 'ENOSYS']);

/** [meaning, next step] */
const MEANINGS: Readonly<Record<string, readonly [meaning: string, hint: string]>> = {
  EMFILE: ['this process has too many open files', 'raise the limit: ulimit -n 4096'],
  ENFILE: ['the machine has too many open files', 'end programs that hold many files'],
  ENOSPC: ['no space is left on the disk', 'free some space: df -h shows which disk is full'],
  EDQUOT: ['the disk quota is used up', 'remove files of yours, or have the quota raised'],
  EFBIG: ['the file would be too large', 'raise the limit: ulimit -f unlimited'],
  EACCES: ['permission denied', 'look at owner and mode: ls -ld'],
  EPERM: ['the system does not permit it', 'look at owner and mode: ls -ld'],
  EROFS: ['the file system is read-only', 'use a folder that can be written'],
  ELOOP: ['it is a symbolic link, or there are too many on the way', 'look where it leads: ls -l'],
  EBUSY: ['another program uses it', 'try again when that has ended'],
  ETXTBSY: ['another program uses it', 'try again when that has ended'],
  ENOENT: ['it does not exist', 'see whether it was removed or renamed'],
  ENOTDIR: ['a part of its path is not a folder', 'move away the file in its place'],
  EISDIR: ['it is a folder', 'move the folder away'],
  EEXIST: ['it exists already', 'move it away'],
  ENOTEMPTY: ['the folder is not empty', 'check its contents'],
  ENAMETOOLONG: ['its name is too long', 'use a shorter path'],
  EIO: ['the disk or the terminal failed', 'see the system log'],
  ESTALE: ['the network disk has lost it', 'mount the disk again'],
  ENODEV: ['the device was removed', 'connect it again'],
  ENXIO: ['the device was removed', 'connect it again'],
  ENOMEM: ['the machine has no memory left', 'end programs that need much'],
  EAGAIN: ['the system has no processes or memory to spare', 'end some programs, or raise the limit: ulimit -u'],
  EPIPE: ['the other side has closed the connection', 'try again'],
  ECONNRESET: ['the other side has closed the connection', 'try again'],
};

const ATTEMPTS: Readonly<Record<string, string>> = {
  open: 'open',
  mkdir: 'create',
  write: 'write',
  writev: 'write',
  read: 'read',
  scandir: 'read',
  rename: 'replace',
  unlink: 'remove',
  rmdir: 'remove',
  rm: 'remove',
  stat: 'look at',
  lstat: 'look at',
  chmod: 'protect',
  uv_cwd: 'find the working folder',
};

/** Of node:sqlite, the extended code cut to its last byte: what SQLite met on the disk. */
const SQLITE_CODES: Readonly<Record<number, string>> = {
  3: 'EACCES',
  5: 'EBUSY',
  6: 'EBUSY',
  7: 'ENOMEM',
  8: 'EROFS',
  10: 'EIO',
  13: 'ENOSPC',
  14: 'EACCES',
};

/** The error in words, as an expected failure; undefined when it is not the system's. */
export function systemFailure(error: unknown): DevError | undefined {
  if (!(error instanceof Error) || error instanceof DevError) return undefined;
  const code = systemCode(error);
  if (code === undefined) return undefined;
  const { syscall, path } = error as Partial<SystemError>;
  if (syscall === 'uv_cwd' && code === 'ENOENT') return workingFolderGone(error);
  const [meaning, hint] = MEANINGS[code] ?? [error.message, undefined];
  const attempt = ATTEMPTS[syscall ?? ''] ?? syscall;
  const what = attempt === undefined ? 'The system refused something' : `Cannot ${attempt}${path ? ` ${path}` : ''}`;
  return new DevError({
    code: 'system',
    exitCode: EXIT.notReady,
    message: `${what}: ${meaning} (${code}).`,
    ...(hint === undefined
      ? {}
      : { hint: hint.endsWith('ls -ld') || hint.endsWith('ls -l') ? withPath(hint, path) : hint }),
    cause: error,
  });
}

/** As after `git worktree remove` in another shell. A folder that is made again under its name is another one. */
function workingFolderGone(cause: unknown): DevError {
  return new DevError({
    code: 'system',
    exitCode: EXIT.notReady,
    message: 'The working directory of this shell was removed.',
    hint: 'go to another folder, or into the new one of that name: cd "$PWD"; or name the project: devdeck -C FOLDER …',
    cause,
  });
}

/** The meaning of a code alone, for a sentence that already says what failed; the error's own message for others. */
export function systemReason(error: unknown): string {
  const code = error instanceof Error ? systemCode(error) : undefined;
  const known = code === undefined ? undefined : MEANINGS[code];
  return known?.[0] ?? (error instanceof Error ? error.message : String(error));
}

function systemCode(error: Error): string | undefined {
  const { code, errno, errcode } = error as Partial<SystemError> & { readonly errcode?: number };
  if (code === 'ERR_SQLITE_ERROR') return SQLITE_CODES[(errcode ?? 0) & 0xff];
  return typeof code === 'string' && typeof errno === 'number' && !OUR_MISTAKES.has(code) ? code : undefined;
}

function withPath(hint: string, path: string | undefined): string {
  return path === undefined ? hint : `${hint} ${path}`;
}
