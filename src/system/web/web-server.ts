// Answers GET and HEAD on one TCP port, and nothing else. Any program on this machine may ask, so connections,
// requests and times are limited. On a local address it answers only requests that name that address, so that a web
// page cannot read it under its own host name.

import { createServer, type IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

const MAX_CONNECTIONS = 32;
const REQUEST_LIMIT_MS = 5_000;
const MAX_HEADER_BYTES = 8 * 1024;

export interface WebRequest {
  /** Without the query. */
  readonly path: string;
  /** What the client would like to read; empty when it does not say. */
  readonly accept: string;
}

export interface WebAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface WebServer {
  /** Where it listens. */
  readonly port: number;
  close(): void;
}

/**
 * Listens from the moment the promise resolves.
 * @param options.answer undefined for a path that there is not
 * @throws the system's error, as EADDRINUSE
 */
export async function serveWeb(options: {
  readonly host: string;
  readonly port: number;
  readonly answer: (request: WebRequest) => WebAnswer | undefined;
}): Promise<WebServer> {
  const { host, port, answer } = options;
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_LIMIT_MS, headersTimeout: REQUEST_LIMIT_MS },
    (request, response) => {
      const found = judged(request, host) ?? answer(requestOf(request)) ?? plain(404, 'There is nothing here.\n');
      response.writeHead(found.status, {
        'content-type': found.type,
        'content-length': Buffer.byteLength(found.body),
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      response.end(request.method === 'HEAD' ? undefined : found.body);
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, resolve);
  });
  server.unref();
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function judged({ method, headers }: IncomingMessage, host: string): WebAnswer | undefined {
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'Only GET and HEAD are answered.\n');
  if (isLoopback(host) && !isLoopback(nameOf(headers.host ?? ''))) {
    return plain(403, 'This port answers to localhost alone.\n');
  }
  return undefined;
}

function requestOf({ url = '/', headers }: IncomingMessage): WebRequest {
  return { path: url.split('?', 1)[0] ?? '/', accept: headers.accept ?? '' };
}

function plain(status: number, body: string): WebAnswer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

/** Of a Host header: without the port, and without the brackets of IPv6. */
function nameOf(header: string): string {
  return header.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}
