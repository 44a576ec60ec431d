// PID_FILE: where scripts of people's own look for the process to signal. It holds the pid of the supervisor, which stops
// everything on SIGTERM. Only for others to read: a bare pid proves nothing.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Environment } from '../../core/env/environment.ts';

/**
 * Writes our pid to the file that PID_FILE names, from the root of the project on. A file that holds anything but a pid is left alone.
 * @returns how to remove it, if it is still ours
 */
export function keepPidFile(env: Environment, root: string, onProblem: (problem: string) => void): () => void {
  const named = env['PID_FILE'] ?? '';
  if (named === '') return () => {};
  const path = resolve(root, named);
  const attempt = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      onProblem(`PID_FILE ${path}: ${String(error)}`);
    }
  };
  attempt(() => {
    if (!/^\s*\d*\s*$/.test(contentOf(path))) throw new Error('it holds something else than a pid, and is left alone');
    writeFileSync(path, `${process.pid}\n`, { mode: 0o644 });
  });
  return () => {
    attempt(() => {
      if (contentOf(path).trim() === String(process.pid)) rmSync(path);
    });
  };
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
