// Talks to Docker or Podman where they can be reached on this machine: HTTP over a Unix socket, nothing else, for a
// bounded time and size. Starts no program and asks nobody on the network, whatever DOCKER_HOST says.

import type { Environment } from '../../core/env/environment.ts';
import { request, type IncomingHttpHeaders } from 'node:http';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export interface EngineRequest {
  readonly socket: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** For all of it, from the connect to the last byte. */
  readonly timeoutMs: number;
}

export interface EngineAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Nobody answered as asked; the message says why, without a full stop. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** No socket is there: no engine of this kind is installed, or it is not running. */
  readonly isAbsent: boolean;

  constructor(message: string, options: { readonly isAbsent: boolean } = { isAbsent: false }) {
    super(message);
    this.isAbsent = options.isAbsent;
  }
}

/** A container takes some kilobytes in a list. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Where an engine listens, the one that the docker command would ask first. Nothing is looked at. */
export function engineSockets(env: Environment): readonly string[] {
  const home = env['HOME'] || homedir();
  const runtime = env['XDG_RUNTIME_DIR'] || (process.getuid ? `/run/user/${process.getuid()}` : undefined);
  const chosen = /^unix:\/\/(.+)$/.exec(env['DOCKER_HOST'] ?? '')?.[1];
  const sockets = [
    chosen,
    '/var/run/docker.sock',
    runtime && join(runtime, 'docker.sock'),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    join(home, '.orbstack/run/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    join(home, '.rd/docker.sock'),
    runtime && join(runtime, 'podman/podman.sock'),
    '/run/podman/podman.sock',
  ];
  return [...new Set(sockets.filter((socket) => socket !== undefined && isAbsolute(socket)))] as string[];
}

/** @throws EngineError when there is no whole answer in time */
export function askEngine({ socket, method, path, timeoutMs }: EngineRequest): Promise<EngineAnswer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (error: Error) => reject(engineError(error, socket, { isOverdue: signal.aborted }));
    const asked = request({ socketPath: socket, method, path, headers: { host: 'localhost' }, agent: false, signal });
    asked.on('error', fail);
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
        else response.destroy(new EngineError(`${socket} answered with more than ${MAX_BODY_BYTES >> 20} MiB`));
      });
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    asked.end();
  });
}

function engineError(error: Error, socket: string, { isOverdue }: { readonly isOverdue: boolean }): EngineError {
  if (error instanceof EngineError) return error;
  if (isOverdue) return new EngineError(`${socket} did not answer in time`);
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new EngineError(`there is no ${socket}`, { isAbsent: true });
    case 'EACCES':
    case 'EPERM':
      return new EngineError(`this user may not use ${socket} (members of the group "docker" usually may)`);
    case 'ECONNREFUSED':
      return new EngineError(`nobody answers at ${socket}: the engine is not running`);
    default:
      return new EngineError(`${socket} gave no usable answer: ${error.message}`);
  }
}
