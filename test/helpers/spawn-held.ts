// A program beside the test, which is gone with all its children when the test ends.

import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** In a group of its own. */
export function spawnHeld(program: string, args: readonly string[]): void {
  const { pid } = spawn(program, args, { stdio: 'ignore', detached: true });
  onTestFinished(() => {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  });
}
