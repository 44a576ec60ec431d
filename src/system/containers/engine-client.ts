// Talks to Docker or Podman where they can be reached on this machine: HTTP over a Unix socket, nothing else, each answer
// for a bounded time and size. Starts no program and asks nothing on the network, for any DOCKER_HOST.

import { request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Duplex } from 'node:stream';

type Env = Readonly<Record<string, string | undefined>>;

interface EngineCall {
  /** The path of a socket, or `tcp://HOST:PORT`. */
  readonly socket: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EngineRequest extends EngineCall {
  /** For all of it, from the connect to the last byte. */
  readonly timeoutMs: number;
}

export interface EngineStreamRequest extends EngineCall {
  /** From the connect to the head of the answer. Undefined: as long as it takes. */
  readonly timeoutMs: number | undefined;
  /** Ends it at any time. */
  readonly signal: AbortSignal;
}

export interface EngineAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** There was no usable answer; the message says why, without a full stop. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly fault: 'absent' | 'forbidden' | 'refused' | 'overdue' | 'other';

  constructor(message: string, fault: EngineError['fault'] = 'other') {
    super(message);
    this.fault = fault;
  }

  /** No socket exists: no engine of this kind is installed, or it is not running. */
  get isAbsent(): boolean {
    return this.fault === 'absent';
  }
}

/** A container takes some kilobytes in a list. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The engine's address, first the one that the docker command would use. Checks nothing. */
export function engineSockets(env: Env): readonly string[] {
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
    join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'colima/default/docker.sock'),
    join(home, '.rd/docker.sock'),
    runtime && join(runtime, 'podman/podman.sock'),
    '/run/podman/podman.sock',
    // The link to the virtual machine of Podman on macOS.
    join(home, '.local/share/containers/podman/machine/podman.sock'),
  ];
  return [...new Set(sockets.filter((socket) => socket !== undefined && isAbsolute(socket)))] as string[];
}

/** @throws EngineError when there is no whole answer in time */
export async function askEngine(call: EngineRequest): Promise<EngineAnswer> {
  const signal = AbortSignal.timeout(call.timeoutMs);
  try {
    const response = await send(call, signal);
    return { status: response.statusCode ?? 0, headers: response.headers, body: await readBody(response, call.socket) };
  } catch (error) {
    throw engineError(error, call.socket, { isOverdue: signal.aborted });
  }
}

/**
 * An answer that keeps running: its body is to be read, or `signal` aborted.
 * @throws EngineError when it does not begin in time
 */
export async function openEngineStream(call: EngineStreamRequest): Promise<IncomingMessage> {
  const overdue = new AbortController();
  const timer = call.timeoutMs === undefined ? undefined : setTimeout(() => overdue.abort(), call.timeoutMs);
  try {
    return await send(call, AbortSignal.any([call.signal, overdue.signal]));
  } catch (error) {
    throw engineError(error, call.socket, { isOverdue: overdue.signal.aborted });
  } finally {
    clearTimeout(timer);
  }
}

export type Upgraded =
  | { readonly kind: 'connection'; readonly connection: Duplex; readonly head: Buffer }
  /** It was not willing. */
  | { readonly kind: 'answer'; readonly response: IncomingMessage };

/** Asks for the connection itself, for bytes both ways. @throws EngineError without an answer in time */
export async function upgradeEngineCall(call: EngineRequest): Promise<Upgraded> {
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(), call.timeoutMs);
  const headers = { connection: 'Upgrade', upgrade: 'tcp' };
  try {
    return await new Promise<Upgraded>((resolve, reject) => {
      const asked = requestOf({ ...call, headers }, overdue.signal);
      asked.on('error', reject);
      asked.on('response', (response) => resolve({ kind: 'answer', response }));
      asked.on('upgrade', (_response, connection, head) => resolve({ kind: 'connection', connection, head }));
    });
  } catch (error) {
    throw engineError(error, call.socket, { isOverdue: overdue.signal.aborted });
  } finally {
    clearTimeout(timer);
  }
}

/** The body of an answer that is known to end. @throws EngineError when it is too large */
export async function readBody(response: IncomingMessage, socket: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new EngineError(`${socket} answered with more than ${MAX_BODY_BYTES >> 20} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(call: EngineCall, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = requestOf(call, signal);
    asked.on('error', reject);
    asked.on('response', resolve);
  });
}

function requestOf({ socket, method, path, body, headers }: EngineCall, signal: AbortSignal): ClientRequest {
  const tcp = /^tcp:\/\/(.+):(\d+)$/.exec(socket);
  const place = tcp === null ? { socketPath: socket } : { host: tcp[1], port: Number(tcp[2]) };
  const text = body === undefined ? undefined : JSON.stringify(body);
  const described = text === undefined ? {} : { 'content-type': 'application/json' };
  const asked = request({
    ...place,
    method,
    path,
    headers: { host: 'localhost', ...described, ...headers },
    agent: false,
    signal,
  });
  asked.end(text);
  return asked;
}

function engineError(error: unknown, socket: string, { isOverdue }: { readonly isOverdue: boolean }): EngineError {
  if (error instanceof EngineError) return error;
  if (isOverdue) return new EngineError(`${socket} did not answer in time`, 'overdue');
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new EngineError(`there is no ${socket}`, 'absent');
    case 'EACCES':
    case 'EPERM':
      return new EngineError(
        `this user may not use ${socket} (members of the group "docker" usually may)`,
        'forbidden',
      );
    case 'ECONNREFUSED':
      return new EngineError(`nobody answers at ${socket}: the engine is not running`, 'refused');
    case 'ECONNRESET':
      return new EngineError(`${socket} ended the connection before its answer`);
    default:
      return new EngineError(`${socket} gave no usable answer: ${message}`);
  }
}
