// A container engine on a socket of its own, with one container that publishes a port by a front end, as Docker does it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const HOLD_PORT = fileURLToPath(new URL('../fixtures/services/hold-port.mjs', import.meta.url));
export const CONTAINER_ID = '8dfafdbc3a40d2b4f1a1f5d4ac1c1ef2c9b8c7b0c2f6b1c7e5a3f0d9e8c7b6a5';

export interface ContainerOnPort {
  readonly socket: string;
  readonly port: number;
  /** Of the front end, which is never to be signalled. */
  readonly proxyPid: number;
  /** Requests, the newest last. */
  readonly asked: readonly string[];
  isProxyAlive(): boolean;
}

/** `shop-db-1`, of the service `db` of the Compose project `shop`. All is gone when the test ends. */
export async function containerOnPort(
  options: { readonly onStop?: 'closes the port' | 'leaves the port open' | 'refuses' } = {},
): Promise<ContainerOnPort> {
  const { onStop = 'closes the port' } = options;
  const proxy = spawn(process.execPath, [HOLD_PORT, '127.0.0.1', '0'], {
    argv0: 'docker-proxy',
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const isProxyAlive = () => proxy.exitCode === null && proxy.signalCode === null;
  const [printed] = (await once(proxy.stdout, 'data')) as [Buffer];
  const port = Number.parseInt(printed.toString(), 10);
  const asked: string[] = [];
  const engine = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    if (request.method === 'GET') return void response.end(JSON.stringify([container(port)]));
    if (onStop === 'refuses') return void response.writeHead(500).end('{"message":"permission denied"}');
    // The front end goes a moment after the answer, as with Docker.
    response.writeHead(204).end(() => onStop === 'closes the port' && proxy.kill('SIGKILL'));
    return undefined;
  });
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const socket = join(folder, 'engine.sock');
  await new Promise<void>((resolve) => engine.listen(socket, resolve));
  onTestFinished(() => {
    proxy.kill('SIGKILL');
    engine.closeAllConnections();
    engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { socket, port, proxyPid: proxy.pid as number, asked, isProxyAlive };
}

function container(port: number): unknown {
  return {
    Id: CONTAINER_ID,
    Names: ['/shop-db-1'],
    Image: 'postgres:17-alpine',
    Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'db' },
    Ports: [{ IP: '0.0.0.0', PrivatePort: 5432, PublicPort: port, Type: 'tcp' }],
  };
}
