// Starts the small programs of test/fixtures/services that hold ports, and ends them with the test, failed or not.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { readStat } from '../../../src/system/linux/proc.ts';
import type { OwnerContext, ProcessIdentity } from '../../../src/system/system.ts';

export interface Running {
  readonly pid: number;
  /** The numbers it printed once it was up; by custom the port comes first. */
  readonly printed: readonly number[];
  readonly ended: Promise<unknown>;
}

/** Runs a fixture with this Node until it has printed a line. */
export function startFixture(
  name: string,
  args: readonly (string | number)[] = [],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Running> {
  return startProgram(process.execPath, [fixturePath(name), ...args.map(String)], options);
}

/** Runs any program until it has printed a line; its whole process group ends with the test. */
export async function startProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Running> {
  const child = spawn(program, args, {
    cwd: options.cwd ?? temporaryFolder(),
    env: { PATH: process.env['PATH'], ...options.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  onTestFinished(() => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group has ended already.
    }
  });
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([
    once(lines, 'line'),
    ended.then(() => Promise.reject(new Error(`${program} ${args.join(' ')} ended before it was up`))),
  ])) as [string];
  return { pid: child.pid!, printed: line.split(' ').map(Number), ended };
}

export function fixturePath(name: string): string {
  return join(import.meta.dirname, '../../fixtures/services', name);
}

/** An empty folder, removed with the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'devdeck-ports-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function context(changes: Partial<OwnerContext> = {}): OwnerContext {
  return { root: '/nowhere', ours: new Set(), recorded: [], ...changes };
}

export function identityOf(pid: number): ProcessIdentity {
  const row = readStat(pid);
  if (row === undefined) throw new Error(`no process ${pid}`);
  return { pid, startTicks: row.startTicks };
}

/** Alive, and no zombie. */
export function isRunning(pid: number): boolean {
  const state = readStat(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}
