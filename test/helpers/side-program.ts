// A program that has nothing to do with devdeck: a stranger, a client, somebody else's supervisor.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface SideProgram {
  readonly pid: number;
  /** The first that it wrote. */
  readonly said: string;
  isAlive(): boolean;
  kill(): Promise<void>;
}

/** Starts the program and resolves once it has said something. It is gone when the test ends. */
export async function startAside(
  [file, ...args]: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly argv0?: string } = {},
): Promise<SideProgram> {
  const child = spawn(file, args, {
    ...options,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  const kill = async () => {
    if (isAlive()) child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);

  const first = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)]);
  if (first === undefined || child.pid === undefined) throw new Error(`${file} ${args.join(' ')} ended at once`);
  return { pid: child.pid, said: String(first[0]).trim(), isAlive, kill };
}

/** Starts one of the fixture services, as a stranger. */
export async function startFixture(name: string, ...args: readonly string[]): Promise<SideProgram> {
  const program = fileURLToPath(new URL(`../fixtures/services/${name}.mjs`, import.meta.url));
  return startAside([process.execPath, program, ...args]);
}
