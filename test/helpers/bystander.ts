// A process that has nothing to do with devdeck and writes down every signal that it gets: the witness that no
// stranger was harmed.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../fixtures/services/signal-logger.mjs', import.meta.url));

export interface Bystander {
  readonly pid: number;
  /** Fails when it was signalled or is gone. */
  expectUnharmed(): void;
}

/** Started when the promise resolves; gone when the test ends. In a session of its own unless told otherwise. */
export async function startBystander(options: { readonly cwd?: string } = {}): Promise<Bystander> {
  const folder = mkdtempSync(join(tmpdir(), 'bystander-'));
  const file = join(folder, 'signals');
  const child = spawn(process.execPath, [PROGRAM, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    ...options,
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('error', reject);
  });
  if (child.pid === undefined) throw new Error('the bystander has no pid');
  return {
    pid: child.pid,
    expectUnharmed() {
      expect(readFileSync(file, 'utf8')).toBe('');
      expect(child.exitCode ?? child.signalCode).toBeNull();
    },
  };
}
