// Runs devdeck as a script would: no terminal, output in pipes.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { REPOSITORY, type TempProject } from './temp-project.ts';

/** The executable, as a package manager would link it. */
export const DEVDECK = join(REPOSITORY, 'bin/devdeck');

export interface DevResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
}

export interface DevProcess {
  readonly pid: number;
  /** What it has written to stdout so far. */
  output(): string;
  /** Resolves once stdout matches; fails with the output so far when it ends or takes too long. */
  waitForOutput(pattern: string | RegExp, options?: { readonly timeoutMs?: number }): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Its end, once both outputs are closed: by itself and by everything that inherited them. */
  ended(options?: { readonly timeoutMs?: number }): Promise<DevResult>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What starts devdeck, with its arguments, such as `setpriv --reuid=65534`. */
  readonly through?: readonly string[];
  readonly timeoutMs?: number;
}

/** Runs one command to its end; fails when it hangs. */
export async function runDev(
  project: TempProject,
  args: readonly string[],
  options: RunOptions = {},
): Promise<DevResult> {
  const { timeoutMs = 30_000 } = options;
  return startDev(project, args, options).ended({ timeoutMs });
}

/** Starts a command that goes on, such as `logs -f`. It is gone when the test ends. */
export function startDev(
  project: TempProject,
  args: readonly string[],
  options: Pick<RunOptions, 'env' | 'through'> = {},
): DevProcess {
  const [program = DEVDECK, ...programArgs] = [...(options.through ?? []), DEVDECK, ...args];
  const child = spawn(program, programArgs, {
    cwd: project.root,
    env: { ...project.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));

  let stdout = '';
  let stderr = '';
  let exitCode: number | null | undefined;
  const waiters = new Set<() => void>();
  const look = () => {
    for (const waiter of waiters) waiter();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.on('close', (code) => {
    exitCode = code;
    look();
  });

  async function waitUntil(what: string, timeoutMs: number, holds: () => boolean): Promise<void> {
    const caller = new Error();
    return new Promise((resolve, reject) => {
      const finish = (problem?: string) => {
        clearTimeout(timer);
        waiters.delete(waiter);
        if (problem === undefined) return resolve();
        caller.message = `devdeck ${args.join(' ')}: ${problem}: ${what}\nstdout:\n${stdout}\nstderr:\n${stderr}`;
        return reject(caller);
      };
      const timer = setTimeout(() => finish(`not within ${timeoutMs} ms`), timeoutMs);
      const waiter = () => {
        if (holds()) finish();
        else if (exitCode !== undefined) finish(`ended with exit code ${exitCode} before`);
      };
      waiters.add(waiter);
      waiter();
    });
  }

  return {
    pid: child.pid ?? 0,
    output: () => stdout,
    waitForOutput: async (pattern, { timeoutMs = 15_000 } = {}) => {
      const matches = () => (typeof pattern === 'string' ? stdout.includes(pattern) : pattern.test(stdout));
      await waitUntil(`stdout shows ${String(pattern)}`, timeoutMs, matches);
    },
    signal: (signal) => void child.kill(signal),
    ended: async ({ timeoutMs = 30_000 } = {}) => {
      await waitUntil('it ends', timeoutMs, () => exitCode !== undefined);
      return { stdout, stderr, exitCode: exitCode ?? null };
    },
  };
}
