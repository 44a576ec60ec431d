// Starts programs that are not services: on our own terminal, or to outlive us.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Environment } from '../../core/env/environment.ts';
import type { Exit } from '../system.ts';

export interface TerminalProgram {
  /** Rejects with the system's error when the program cannot be started. */
  readonly ended: Promise<Exit>;
  /** No effect once it has ended. */
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** Lends our terminal to a program until it ends, by default in our own folder and environment. */
export function startOnTerminal(
  file: string,
  args: readonly string[],
  place: { readonly cwd?: string; readonly env?: Environment } = {},
): TerminalProgram {
  const child = spawn(file, args, { ...place, stdio: 'inherit' });
  const ended = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return { ended, kill: (signal) => void child.kill(signal) };
}

/** Starts a program beside us, silently. When it cannot be started, nothing happens. */
export function startBeside(file: string, args: readonly string[]): void {
  const child = spawn(file, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

/**
 * Starts a program that outlives us, in a session of its own. It can write to us on descriptor 3.
 * @param request.output a descriptor for all that it prints; `ignore` drops it
 */
export function startDaemon(request: {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  readonly output: number | 'ignore';
}): ChildProcess {
  const { file, args, cwd, env, output } = request;
  return spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', output, output, 'pipe'] });
}
