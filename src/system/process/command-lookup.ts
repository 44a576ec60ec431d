// Finds the program of a command before anything is started, so that each failure gets its own message. On a terminal,
// a program that cannot be executed would only be an exit code 1 (node-pty). A missing folder would look like a
// missing program (ENOENT from spawn).

import { type Stats, accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';

import { DevError, EXIT } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { SpawnRequest } from '../system.ts';
import { installHint } from './install-hint.ts';

export interface Invocation {
  /** Absolute path of the program. */
  readonly file: string;
  readonly args: readonly string[];
}

const SHELL = '/bin/sh';
/** Where execvp(3) looks when there is no PATH. */
const DEFAULT_PATH = '/bin:/usr/bin';

/** Linux: MAX_ARG_STRLEN, and a quarter of the usual 8 MiB stack. macOS: ARG_MAX alone. */
const ARGUMENT_LIMITS =
  process.platform === 'linux'
    ? { oneBytes: 131_072, allBytes: 2_097_152 }
    : { oneBytes: 1_048_576, allBytes: 1_048_576 };

/**
 * What to execute for a command, by the PATH, the home directory and the folder of the request itself.
 * @throws DevError `spawn_failed` when it cannot be started: the message says why, the hint what to do
 */
export function lookUpCommand(request: Pick<SpawnRequest, 'command' | 'cwd' | 'env'>): Invocation {
  const { command, cwd, env } = request;
  checkFolder(cwd);
  const argv = command.kind === 'shell' ? [SHELL, '-c', command.line] : command.argv;
  const [name = '', ...args] = argv;
  checkText(argv, env);
  const home = env['HOME'];
  const program = home === undefined ? name : name.replace(/^~(?=\/)/, () => home);
  const file = program.includes('/') ? resolve(cwd, program) : searchPath(program, cwd, env);
  checkProgram(file, name);
  return { file, args };
}

export function spawnFailure(message: string, hint: string, cause?: unknown): DevError {
  return new DevError({ code: 'spawn_failed', exitCode: EXIT.notReady, message, hint, cause });
}

function checkFolder(cwd: string): void {
  const stats = statOf(cwd);
  if (!stats) {
    throw spawnFailure(
      `Its working directory ${cwd} does not exist.`,
      'Create it, or correct "cwd" in .project.config.',
    );
  }
  if (!stats.isDirectory()) {
    throw spawnFailure(
      `Its working directory ${cwd} is a file, not a directory.`,
      'Set "cwd" in .project.config to the directory to run in.',
    );
  }
  if (!isAccessible(cwd, constants.X_OK)) {
    throw spawnFailure(`Its working directory ${cwd} may not be entered by this user.`, `Next: chmod u+x ${cwd}`);
  }
}

/** What no program can be given: nothing, a NUL, or more than the kernel takes. */
function checkText(argv: readonly string[], env: SpawnRequest['env']): void {
  if (!argv[0]) throw spawnFailure('Its command is empty.', 'Give "command" in .project.config a program to run.');
  const strings = [...argv, ...Object.entries(env).map(([key, value]) => `${key}=${value}`)];
  let allBytes = 0;
  for (const text of strings) {
    if (text.includes('\0')) {
      throw spawnFailure(
        `Its command or environment holds a NUL character, in "${quote(text)}".`,
        'Remove it: the operating system ends every argument there.',
      );
    }
    const bytes = Buffer.byteLength(text) + 1;
    allBytes += bytes;
    if (bytes > ARGUMENT_LIMITS.oneBytes) {
      throw tooLong(`"${quote(text)}" is ${bytes} bytes long; one may have ${ARGUMENT_LIMITS.oneBytes}`);
    }
  }
  if (allBytes > ARGUMENT_LIMITS.allBytes) {
    throw tooLong(`together they have ${allBytes} bytes; ${ARGUMENT_LIMITS.allBytes} are allowed`);
  }
}

function tooLong(detail: string): DevError {
  return spawnFailure(
    `Its arguments and environment are too long: ${detail}.`,
    'Put the long value into a file and pass the file’s name.',
  );
}

function searchPath(name: string, cwd: string, env: SpawnRequest['env']): string {
  const folders = (env['PATH'] ?? DEFAULT_PATH).split(':');
  let found: string | undefined;
  for (const folder of folders) {
    const file = resolve(cwd, folder, name);
    if (!statOf(file)?.isFile()) continue;
    if (isAccessible(file, constants.X_OK)) return file;
    found ??= file;
  }
  if (found !== undefined) return found;
  throw spawnFailure(
    `"${quote(name)}" was not found in the ${folders.length} folders of its PATH.`,
    installHint(name, cwd, quote(name)),
  );
}

function checkProgram(file: string, name: string): void {
  const stats = statOf(file);
  if (!stats) {
    throw spawnFailure(
      `"${quote(name)}" does not exist (${file}).`,
      'Correct "command" in .project.config, or build it.',
    );
  }
  if (stats.isDirectory()) {
    throw spawnFailure(`"${quote(name)}" is a directory (${file}).`, 'Name the program inside it in "command".');
  }
  // Opening a named pipe would wait for a writer.
  if (!stats.isFile()) {
    throw spawnFailure(`"${quote(name)}" is not a file (${file}).`, 'Correct "command" in .project.config.');
  }
  if (!isAccessible(file, constants.X_OK)) {
    throw spawnFailure(`"${quote(name)}" is not executable (${file}).`, `Next: chmod +x ${file}`);
  }
  const interpreter = readInterpreter(file);
  if (interpreter !== undefined && !exists(interpreter)) {
    throw spawnFailure(
      `"${quote(name)}" wants the interpreter ${quote(interpreter)}, which does not exist (first line of ${file}).`,
      'Install the interpreter, or correct that line; a Windows line end there has the same effect.',
    );
  }
}

/** The program in a script's `#!` line; undefined for other files. */
function readInterpreter(file: string): string | undefined {
  const start = Buffer.alloc(256);
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined; // execute-only programs are fine
  }
  try {
    readSync(descriptor, start, 0, start.length, 0);
  } finally {
    closeSync(descriptor);
  }
  const path = /^#![ \t]*([^ \t\n\0]+)/.exec(start.toString('latin1'))?.[1];
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

function exists(path: string): boolean {
  return statOf(path) !== undefined;
}

/** Undefined for whatever reason it cannot be looked at: absent, below a file, below a closed folder, name too long. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function quote(text: string): string {
  return printable(text, 60);
}
