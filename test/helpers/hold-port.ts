// A stranger's server on a port: a process that devdeck did not start and knows nothing of.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const FOREIGN_SERVER = fileURLToPath(new URL('../fixtures/services/foreign-server.mjs', import.meta.url));

export interface PortHolder {
  readonly pid: number;
  readonly port: number;
  /** As in the process table, without the path of Node. */
  readonly command: string;
  isAlive(): boolean;
  stop(): Promise<void>;
}

/** Starts a foreign HTTP server and resolves once it listens. It is gone when the test ends. */
export async function holdPort(port: number, options: { readonly host?: string } = {}): Promise<PortHolder> {
  const { host = '127.0.0.1' } = options;
  // Started by short names in a folder of its own: its command must not grow with the path of this checkout.
  const folder = mkdtempSync(join(tmpdir(), 'stranger-'));
  copyFileSync(FOREIGN_SERVER, join(folder, 'foreign-server.mjs'));
  const child = spawn(process.execPath, ['foreign-server.mjs', String(port), host], {
    argv0: 'node',
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  const stop = async () => {
    if (isAlive()) child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  onTestFinished(stop);

  const listening = once(child.stdout, 'data');
  await Promise.race([listening, ended]);
  if (!isAlive() || child.pid === undefined) throw new Error(`the foreign server cannot listen on ${host}:${port}`);
  return { pid: child.pid, port, command: `foreign-server.mjs ${port}`, isAlive, stop };
}
