import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPlatform } from '../../../src/main/platform/platform.ts';
import type { Command } from '../../../src/core/model/project.ts';
import { DevError, EXIT } from '../../../src/errors.ts';
import { lookUpCommand } from '../../../src/system/process/command-lookup.ts';
import { createProcesses } from '../../../src/system/process/processes.ts';
import { shell, spawner } from './spawned.ts';

const spawn = spawner(createProcesses(createPlatform()));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'devdeck-lookup-'));
  for (const name of ['bin', 'empty', 'app', 'app/node_modules', 'app/node_modules/.bin', 'fresh']) {
    mkdirSync(join(folder, name));
  }
  program('bin/tool', '#!/bin/sh\necho from bin "$@"\n');
  program('app/tool', '#!/bin/sh\necho from app "$@"\n');
  program('app/node_modules/.bin/vite', '#!/bin/sh\n');
  program('bin/ghost', '#!/nowhere/python\n');
  program('bin/plain', 'echo no first line\n');
  writeFileSync(join(folder, 'bin/notes.txt'), 'text');
  writeFileSync(join(folder, 'fresh/package.json'), '{}');
  execFileSync('mkfifo', ['-m', '755', join(folder, 'bin/fifo')]);
  mkdirSync(join(folder, 'waits'));
  execFileSync('mkfifo', [join(folder, 'waits/package.json')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string, text: string): void {
  writeFileSync(join(folder, path), text);
  chmodSync(join(folder, path), 0o755);
}

function argv(...words: readonly string[]): Command {
  return { kind: 'argv', argv: words };
}

function failure(
  command: Command,
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): DevError {
  const cwd = join(folder, options.cwd ?? 'empty');
  const env = options.env ?? { PATH: join(folder, 'bin') };
  for (const tty of [true, false]) {
    try {
      spawn(command, { cwd, env, tty });
    } catch (error) {
      expect(error).toBeInstanceOf(DevError);
      if (!tty) return error as DevError;
    }
  }
  throw new Error('it was started');
}

describe('a command that cannot be started says why and what to do', () => {
  const CASES: readonly [string, () => DevError, RegExp, RegExp][] = [
    [
      'is not on the PATH',
      () => failure(argv('no-such-tool')),
      /"no-such-tool" was not found in the 1 folders of its PATH/,
      /installed/,
    ],
    [
      'is in node_modules/.bin',
      () => failure(argv('vite'), { cwd: 'app' }),
      /"vite" was not found/,
      /app\/node_modules\/\.bin\/vite/,
    ],
    [
      'waits for npm install',
      () => failure(argv('vite'), { cwd: 'fresh' }),
      /"vite" was not found/,
      /fresh && npm install/,
    ],
    [
      'is a path to nothing',
      () => failure(argv('./run.sh')),
      /"\.\/run\.sh" does not exist \(.*empty\/run\.sh\)/,
      /Correct "command"/,
    ],
    ['is a directory', () => failure(argv('../bin')), /"\.\.\/bin" is a directory/, /program inside/],
    ['is a named pipe', () => failure(argv('../bin/fifo')), /"\.\.\/bin\/fifo" is not a file/, /Correct "command"/],
    [
      'is missing beside a named pipe for a package.json',
      () => failure(argv('vite'), { cwd: 'waits' }),
      /"vite" was not found/,
      /installed|install/,
    ],
    ['is not executable', () => failure(argv('../bin/notes.txt')), /not executable/, /chmod \+x .*notes\.txt/],
    ['is not executable, on the PATH', () => failure(argv('notes.txt')), /not executable/, /chmod \+x .*notes\.txt/],
    [
      'has no interpreter',
      () => failure(argv('ghost')),
      /interpreter \/nowhere\/python, which does not exist/,
      /Install/,
    ],
    [
      'has a missing directory',
      () => failure(shell('true'), { cwd: 'gone' }),
      /working directory .*gone does not exist/,
      /"cwd"/,
    ],
    [
      'has a file for a directory',
      () => failure(shell('true'), { cwd: 'bin/tool' }),
      /is a file, not a directory/,
      /"cwd"/,
    ],
    [
      'has an argument too long',
      () => failure(argv('tool', 'x'.repeat(200_000))),
      /too long: .*200001 bytes.*131072/,
      /into a file/,
    ],
    [
      'has too many arguments',
      () => failure(argv('tool', ...Array.from({ length: 30 }, () => 'x'.repeat(100_000)))),
      /too long/,
      /into a file/,
    ],
    [
      'has too large an environment',
      () => failure(shell('true'), { env: { BIG: 'x'.repeat(200_000) } }),
      /too long: "BIG=x/,
      /into a file/,
    ],
    ['holds a NUL', () => failure(argv('tool', 'a\0b')), /NUL character, in "a b"/, /Remove it/],
    ['is empty', () => failure(argv('')), /command is empty/, /"command"/],
    ['has an endless name', () => failure(argv('x'.repeat(5000))), /"x+…" was not found/, /installed/],
  ];

  it.each(CASES)('when it %s', (_case, fail, message, hint) => {
    const error = fail();
    expect(error).toMatchObject({ code: 'spawn_failed', exitCode: EXIT.notReady });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(error.message.length).toBeLessThan(400);
  });

  it('keeps control characters of a name out of the message', () => {
    expect(failure(argv('\u001B]0;title\u0007tool')).message).toContain('"]0;title tool"');
  });

  it.runIf(process.platform === 'linux')('when no more files may be opened, with the numbers', () => {
    const line = `ulimit -n 64; exec "${process.execPath}" "${join(import.meta.dirname, 'exhaust-files.ts')}"`;
    const result = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' })) as Record<string, unknown>;
    expect(result).toMatchObject({
      code: 'spawn_failed',
      message: expect.stringMatching(/^Too many open files: \d+ of 64 are in use/),
      hint: expect.stringMatching(/ulimit -n/),
    });
    expect(result['started']).toBeGreaterThan(3);
  });

  // Root has no such limit, and only root can become somebody who has no other process.
  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)('when no more processes may be started', () => {
    const line = 'exec prlimit --nproc=40 setpriv --reuid=54322 --regid=54322 --clear-groups "$0" "$1"';
    const program = [process.execPath, join(import.meta.dirname, 'exhaust-files.ts')];
    const result = JSON.parse(execFileSync('sh', ['-c', line, ...program], { encoding: 'utf8' })) as object;
    expect(result).toMatchObject({ code: 'spawn_failed', message: expect.stringContaining('(EAGAIN)') });
  });
});

describe('finding the program of a command', () => {
  const look = (command: Command, env: Record<string, string> = { PATH: join(folder, 'bin') }) =>
    lookUpCommand({ command, cwd: join(folder, 'app'), env });

  it('runs a string in the shell', () => {
    expect(look(shell('echo "$HOME" | cat'))).toEqual({ file: '/bin/sh', args: ['-c', 'echo "$HOME" | cat'] });
  });

  it('searches the PATH of the service, not our own', () => {
    expect(look(argv('tool', '-v'))).toEqual({ file: join(folder, 'bin/tool'), args: ['-v'] });
    expect(() => look(argv('node'))).toThrow(/not found/);
  });

  it.each(['', '.', './'])('reads the PATH entry "%s" as the folder of the service', (entry) => {
    expect(look(argv('tool'), { PATH: entry }).file).toBe(join(folder, 'app/tool'));
  });

  it('resolves a path from the folder of the service', () => {
    expect(look(argv('./tool')).file).toBe(join(folder, 'app/tool'));
  });

  it('skips entries of the PATH that are files, missing, or hold a file of that name that is not executable', () => {
    const path = [join(folder, 'bin/tool'), join(folder, 'gone'), join(folder, 'bin')].join(':');
    expect(look(argv('tool'), { PATH: path }).file).toBe(join(folder, 'bin/tool'));
  });

  it('uses the system folders when there is no PATH', () => {
    expect(look(argv('sh'), {}).file).toMatch(/\/bin\/sh$/);
  });

  it.each([true, false])('passes words as they are (terminal: %s)', async (tty) => {
    const child = spawn(argv('tool', 'a b', '$HOME', '*'), {
      cwd: join(folder, 'app'),
      env: { PATH: join(folder, 'bin') },
      tty,
    });
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.output()).toBe('from bin a b $HOME *\n');
  });

  it.each([true, false])('runs a script without a first line, as a shell does (terminal: %s)', async (tty) => {
    const child = spawn(argv('plain'), { cwd: join(folder, 'app'), env: { PATH: join(folder, 'bin') }, tty });
    await child.exit;
    expect(child.output()).toBe('no first line\n');
  });
});
