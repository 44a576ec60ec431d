import { describe, expect, it } from 'vitest';
import { errorLine } from '../../../src/core/output/error-line.ts';

const lines = (text: string): readonly string[] => text.replace(/^\n/, '').trimEnd().split('\n');

describe('the error line of a service', () => {
  it.each([
    [
      'an uncaught error of Node, below npm',
      `
> web@1.0.0 dev
node:internal/modules/cjs/loader:1228
  throw err;
  ^

Error: Cannot find module 'express'
Require stack:
- /app/server.js
    at Module._resolveFilename (node:internal/modules/cjs/loader:1225:15) {
  code: 'MODULE_NOT_FOUND',
  requireStack: [ '/app/server.js' ]
}

Node.js v24.21.0
npm error Lifecycle script \`dev\` failed with error:
npm error code 1
npm error path /app
npm error workspace web@1.0.0
npm error command failed`,
      "Error: Cannot find module 'express'",
    ],
    [
      'a trace of Python, by its last sentence',
      `
INFO:     Started reloader process [1]
Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
    import bcrypt
ModuleNotFoundError: No module named 'bcrypt'`,
      "ModuleNotFoundError: No module named 'bcrypt'",
    ],
    [
      'a chain of traces, by the last one',
      `
Traceback (most recent call last):
  File "a.py", line 1, in <module>
KeyError: 'DATABASE_URL'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 5, in <module>
RuntimeError: DATABASE_URL is not set`,
      'RuntimeError: DATABASE_URL is not set',
    ],
    [
      'a panic of Rust',
      `
thread 'main' (7) panicked at src/main.rs:4:5:
no such table: users
note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace`,
      'no such table: users',
    ],
    [
      'a panic of Go',
      `
panic: dial tcp 127.0.0.1:5432: connect: connection refused

goroutine 1 [running]:
main.main()
	/app/main.go:8 +0x25
exit status 2`,
      'panic: dial tcp 127.0.0.1:5432: connect: connection refused',
    ],
    [
      'pnpm',
      `
\u001B[31mError: listen EACCES: permission denied 0.0.0.0:80\u001B[39m
 ELIFECYCLE  Command failed with exit code 1.`,
      'Error: listen EACCES: permission denied 0.0.0.0:80',
    ],
    [
      'yarn',
      `
src/app.ts(3,1): error TS2304: Cannot find name 'foo'.
error Command failed with exit code 2.
info Visit https://yarnpkg.com/en/docs/cli/run for documentation about this command.`,
      "src/app.ts(3,1): error TS2304: Cannot find name 'foo'.",
    ],
    [
      'make',
      'relation "users" does not exist\nmake: *** [Makefile:3: migrate] Error 3',
      'relation "users" does not exist',
    ],
    [
      'npm itself',
      'npm error code ENOENT\nnpm error syscall open\nnpm error Missing script: "dev"\nnpm error\nnpm error To see a list of scripts, run:',
      'Missing script: "dev"',
    ],
    ['a program that names no level', 'starting\ncannot open /data\n}\n', 'cannot open /data'],
    ['the newest of several errors', 'ERROR: first\nINFO: tried again\nERROR: second\nINFO: bye', 'ERROR: second'],
  ])('is found in the output of %s', (_program, output, expected) => {
    expect(errorLine(lines(output))).toBe(expected);
  });

  it('is undefined without output', () => {
    expect([errorLine([]), errorLine(['', '  ', '}', '---', 'Node.js v24.1.0'])]).toEqual([undefined, undefined]);
  });
});
