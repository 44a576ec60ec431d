// The shop's HTTP server: listens on HOST and PORT, answers under /api and /health, and leaves in order on SIGTERM.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { checkHealth } from './health.ts';
import { logEvent, logProblem, logRequest } from './log.ts';
import { OrderRefused, Shop } from './shop.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const MAX_BODY_BYTES = 16 * 1024;

const host = process.env['HOST'] ?? '127.0.0.1';
const port = Number(process.env['PORT'] ?? 8000);
const shop = new Shop(process.env['DATABASE'] ?? 'shop.db');

const server = createServer((request, response) => {
  void respond(request, response);
});

server.on('error', (error) => {
  logProblem(`cannot listen on ${host}:${port}: ${error.message}`);
  process.exitCode = 1;
  shop.close();
});

server.listen(port, host, () => logEvent(`open on http://${host}:${port}`));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    logEvent(`${signal}: finishing open requests, then closing`);
    server.close(() => {
      shop.close();
      logEvent('closed');
    });
    server.closeIdleConnections();
  });
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const startedAt = performance.now();
  const method = request.method ?? 'GET';
  const path = new URL(request.url ?? '/', 'http://shop').pathname;
  const { status, body } = await answer(request, `${method} ${path}`);

  // The page comes from Vite's port, so the browser asks for leave to read the answer.
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Headers', 'Content-Type');
  response.setHeader('Content-Type', 'application/json');
  response.writeHead(status).end(body === undefined ? undefined : JSON.stringify(body));
  logRequest({ method, path, status, tookMs: performance.now() - startedAt });
}

async function answer(request: IncomingMessage, route: string): Promise<Answer> {
  try {
    if (request.method === 'OPTIONS') return { status: 204, body: undefined };
    switch (route) {
      case 'GET /health': {
        const health = checkHealth(shop);
        return { status: health.status === 'down' ? 503 : 200, body: health };
      }
      case 'GET /api/products':
        return { status: 200, body: shop.products() };
      case 'GET /api/orders':
        return { status: 200, body: shop.orders() };
      case 'POST /api/orders':
        return { status: 201, body: shop.order(await readJson(request)) };
      case 'POST /api/restock':
        shop.restock();
        return { status: 200, body: shop.products() };
      default:
        return { status: 404, body: { error: `no such route: ${route}` } };
    }
  } catch (error) {
    if (error instanceof OrderRefused) return { status: error.status, body: { error: error.message } };
    logProblem(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { status: 500, body: { error: 'the shop has a problem; its log says more' } };
  }
}

async function readJson(request: IncomingMessage): Promise<{ productId: unknown; quantity: unknown }> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk as string;
    if (text.length > MAX_BODY_BYTES) throw new OrderRefused(400, 'the order is too long');
  }
  try {
    const { productId, quantity } = JSON.parse(text) as Record<string, unknown>;
    return { productId, quantity };
  } catch {
    throw new OrderRefused(400, 'an order is JSON: {"productId": 1, "quantity": 1}');
  }
}
