// Opens a log in the person's own editor or pager, at a line. Which line of the file that is, is found by its time and
// text: numbers of lines change when a log is rotated.

import type { Environment } from '../../core/env/environment.ts';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { cleanLine } from '../../core/output/log-line.ts';
import type { LogLine } from '../../core/session/log-query.ts';
import { DevError, EXIT } from '../../errors.ts';
import { startOnTerminal } from '../../system/process/side-programs.ts';

/** A longer file is opened where the program likes. */
const MAX_SEARCHED_BYTES = 256 * 1024 * 1024;
const MAX_ROTATED = 99;
const LF = 0x0a;

/** A file of the project at a line. @throws DevError when the shell does not find the program */
export async function openSource(
  { file, line, signal }: { readonly file: string; readonly line: number; readonly signal: AbortSignal },
  env: Environment,
): Promise<void> {
  const program = programOf(env);
  await runProgram(program, programArguments(program, { file, number: line }), signal);
}

/** Resolves when the program has ended, however it did. @throws DevError when the shell does not find it */
export async function openLog(
  { file, line, signal }: { readonly file: string; readonly line: LogLine | undefined; readonly signal: AbortSignal },
  env: Environment,
): Promise<void> {
  const program = programOf(env);
  const place = line === undefined ? undefined : findLine(file, line);
  await runProgram(program, programArguments(program, place ?? { file, number: undefined }), signal);
}

function programOf(env: Environment): string {
  return [env['VISUAL'], env['EDITOR'], env['PAGER']].find((value) => value !== undefined && value !== '') ?? 'less';
}

/** The file of the log, or one that it was rotated into, and the line in it, from 1; undefined when it is in none. */
export function findLine(
  path: string,
  line: Pick<LogLine, 'time' | 'text'>,
): { readonly file: string; readonly number: number } | undefined {
  for (let rotation = 0; rotation <= MAX_ROTATED; rotation += 1) {
    const file = rotation === 0 ? path : `${path}.${rotation}`;
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (stats.size > MAX_SEARCHED_BYTES) continue;
    const number = numberOf(readFileSync(file), line);
    if (number !== undefined) return { file, number };
  }
  return undefined;
}

function numberOf(bytes: Buffer, { time, text }: Pick<LogLine, 'time' | 'text'>): number | undefined {
  const starts: number[] = [];
  for (let at = bytes.indexOf(`${time} `); at !== -1; at = bytes.indexOf(`${time} `, at + 1)) {
    if (at === 0 || bytes[at - 1] === LF) starts.push(at);
  }
  // Lines of one millisecond are told apart by what they say.
  const start =
    starts.find((at) => cleanLine(bytes.subarray(at + time.length + 1, endOfLine(bytes, at))) === text) ?? starts[0];
  return start === undefined ? undefined : lineNumberAt(bytes, start);
}

function endOfLine(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(LF, at);
  return end === -1 ? bytes.length : end;
}

function lineNumberAt(bytes: Buffer, offset: number): number {
  let number = 1;
  for (let at = bytes.indexOf(LF); at !== -1 && at < offset; at = bytes.indexOf(LF, at + 1)) number += 1;
  return number;
}

/** How programs are told the line; one that is not known gets the file alone. */
export function programArguments(
  program: string,
  { file, number }: { readonly file: string; readonly number: number | undefined },
): readonly string[] {
  const name = basename(program.trim().split(/\s+/)[0] ?? '');
  if (number === undefined) return [file];
  switch (name) {
    case 'vi':
    case 'vim':
    case 'nvim':
    case 'view':
    case 'nano':
    case 'pico':
    case 'emacs':
    case 'emacsclient':
    case 'joe':
    case 'jed':
    case 'kak':
    case 'micro':
    case 'ne':
    case 'less':
    case 'more':
    case 'most':
      return [`+${number}`, file];
    case 'code':
    case 'code-insiders':
    case 'codium':
    case 'cursor':
    case 'windsurf':
      return ['--goto', `${file}:${number}`];
    case 'hx':
    case 'helix':
    case 'subl':
    case 'zed':
      return [`${file}:${number}`];
    default:
      return [file];
  }
}

/** A program and its arguments, and nothing that only a shell understands: `code --wait`, but not `TERM=xterm vi`. */
const PLAIN_COMMAND = /^[\w./@+-]+(?:\s+[\w./@+:,=-]+)*\s*$/;

/**
 * By the shell, since `EDITOR="code --wait"` is a command line; the arguments are passed beside it, as git does. The
 * program takes the shell's place where it can: a hang-up would end a shell alone, and leave the program at the terminal.
 */
async function runProgram(program: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const line = PLAIN_COMMAND.test(program) ? `exec ${program} "$@"` : `${program} "$@"`;
  const { ended, kill } = startOnTerminal('/bin/sh', ['-c', line, program, ...args]);
  // As when its terminal goes: an editor keeps what was typed, and ends.
  signal.addEventListener('abort', () => kill('SIGHUP'), { once: true });
  const { code } = await ended;
  if (code !== 126 && code !== 127) return;
  throw new DevError({
    code: 'refused',
    exitCode: EXIT.notReady,
    message: `${program} cannot be started.`,
    hint: 'set EDITOR or PAGER to a program that is installed',
  });
}
