import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { type RequestListener, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, type Server, type Socket, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { createPlatform } from '../../../src/main/platform/platform.ts';
import type { ProbeCheck } from '../../../src/core/model/project.ts';
import { createProbes } from '../../../src/system/probes/probes.ts';
import { createProcesses } from '../../../src/system/process/processes.ts';
import type { ProbeResult, ProbeTarget, Probes } from '../../../src/system/system.ts';
import { fixture, fixturePath, shell, spawner } from '../process/spawned.ts';

const platform = createPlatform();
const processes = createProcesses(platform);
const spawn = spawner(processes);
const onLinux = process.platform === 'linux';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function listen(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, ipv6Only: true }, resolve);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
  });
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return (server.address() as AddressInfo).port;
}

function serve(listener: RequestListener, host?: string): Promise<number> {
  return listen(createServer(listener), host);
}

/** One attempt with fresh eyes. The test itself is the service, unless `pids` says otherwise. */
function attempt(
  check: ProbeCheck,
  port: number | null,
  changes: Partial<ProbeTarget> & { readonly timeoutMs?: number } = {},
  probes: Probes = createProbes(platform, processes),
): Promise<ProbeResult> {
  const { timeoutMs = 5000, ...target } = changes;
  return probes.attempt({
    probe: { check, intervalMs: 1000, timeoutMs, retries: 3, startPeriodMs: 0 },
    host: 'localhost',
    port,
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
    pids: new Set([process.pid]),
    ...target,
  });
}

const http = (url: string): ProbeCheck => ({ kind: 'http', url });
const tcp: ProbeCheck = { kind: 'tcp' };
const command = (line: string): ProbeCheck => ({ kind: 'command', command: shell(line) });

describe('an http check', () => {
  it.each([
    [200, true, '200 OK'],
    [204, true, '204 No Content'],
    [304, true, '304 Not Modified'],
    [404, false, '404 Not Found'],
    [500, false, '500 Internal Server Error'],
    [503, false, '503 Service Unavailable'],
  ])('judges %i by its status', async (status, ok, message) => {
    const port = await serve((_request, response) => response.writeHead(status).end());
    const result = await attempt(http('/health'), port);
    expect(result).toMatchObject({ ok, message, components: [] });
    expect(result.latencyMs).toBeGreaterThan(0);
  });

  it('asks for the path, as the host of the config, and without keeping the connection', async () => {
    const seen: unknown[] = [];
    const port = await serve(({ method, url, headers }, response) => {
      seen.push([method, url, headers.host, headers.connection]);
      response.end();
    });
    await attempt(http('/health?full=1'), port);
    expect(seen).toEqual([['GET', '/health?full=1', `localhost:${port}`, 'close']]);
  });

  it('accepts an absolute URL, also of another port', async () => {
    const port = await serve((_request, response) => response.end());
    expect(await attempt(http(`http://127.0.0.1:${port}/up`), null, { pids: new Set() })).toMatchObject({ ok: true });
  });

  it('shows the components of a JSON answer, and names the one in trouble', async () => {
    const body = { status: 'degraded', components: { db: { status: 'down', error: 'refused' }, cache: 'ok' } };
    const port = await serve((_request, response) => response.writeHead(503).end(JSON.stringify(body)));
    expect(await attempt(http('/'), port)).toMatchObject({
      ok: false,
      message: '503 Service Unavailable (db: refused)',
      components: [
        { name: 'db', status: 'down', ok: false, message: 'refused' },
        { name: 'cache', status: 'ok', ok: true },
      ],
    });
  });

  it.each(['{"components": {"db"', '[1, 2]', 'null', '"ok"', 'plain words'])(
    'takes the body %s for no components',
    async (body) => {
      const port = await serve((_request, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      );
      expect(await attempt(http('/'), port)).toMatchObject({ ok: true, message: '200 OK', components: [] });
    },
  );

  it('ends at its timeout when nobody answers, and closes the connection', async () => {
    const sockets = new Set<unknown>();
    const server = createTcpServer((socket) => {
      sockets.add(
        socket
          .on('error', () => {})
          .on('close', () => sockets.delete(socket))
          .resume(),
      );
    });
    const port = await listen(server);
    const result = await attempt(http('/'), port, { timeoutMs: 150 });
    expect(result).toMatchObject({ ok: false, message: 'timed out after 0.15 s' });
    expect(result.latencyMs).toBeLessThan(1500);
    await expect.poll(() => sockets.size).toBe(0);
  });

  it('ends at its timeout when a JSON answer never ends', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write('{'), 10);
      response.on('close', () => clearInterval(timer));
    });
    expect(await attempt(http('/'), port, { timeoutMs: 200 })).toMatchObject({
      ok: false,
      message: 'timed out after 0.2 s',
    });
  });

  it.each(['application/json', 'text/event-stream', 'text/plain'])(
    'reads little of an endless answer of type %s',
    async (type) => {
      let sentBytes = 0;
      const port = await serve((_request, response) => {
        response.writeHead(200, { 'content-type': type });
        const flood = (): void => {
          if (response.destroyed) return;
          const chunk = Buffer.alloc(16_384, '{"a":1}  ');
          sentBytes += chunk.length;
          if (response.write(chunk)) setImmediate(flood);
          else response.once('drain', flood);
        };
        flood();
      });
      expect(await attempt(http('/'), port)).toMatchObject({ ok: true, message: '200 OK' });
      expect(sentBytes).toBeLessThan(20_000_000);
    },
  );

  it('asks again when devdeck itself was paused beyond the timeout', async () => {
    let asked = 0;
    const port = await serve((_, response) => {
      asked += 1;
      if (asked === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
      else response.end('ok');
    });
    expect(await attempt(http('/'), port, { timeoutMs: 100 })).toMatchObject({ ok: true });
    expect(asked).toBe(2);
  });

  it('follows redirects on the same server', async () => {
    const port = await serve(({ url }, response) => {
      if (url === '/health') response.writeHead(302, { location: '/health/' }).end();
      else response.writeHead(url === '/health/' ? 200 : 404).end();
    });
    expect(await attempt(http('/health'), port)).toMatchObject({ ok: true, message: '200 OK' });
  });

  it('gives up a circle of redirects', async () => {
    let requests = 0;
    const port = await serve((_request, response) => {
      requests += 1;
      response.writeHead(302, { location: '/again' }).end();
    });
    expect(await attempt(http('/'), port)).toMatchObject({
      ok: false,
      message: 'more than 3 redirects, the last one to /again',
    });
    expect(requests).toBe(4);
  });

  it('does not follow a redirect to another server', async () => {
    const port = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://example.com/login' }).end(),
    );
    expect(await attempt(http('/'), port)).toMatchObject({
      ok: true,
      message: '302 Found, leads to example.com which is not asked',
    });
  });

  it('reports a reset, and an answer that is not HTTP', async () => {
    const resetting = await listen(createTcpServer((socket) => socket.resetAndDestroy()));
    expect((await attempt(http('/'), resetting)).message).toBe(
      `127.0.0.1:${resetting} closed the connection without an answer`,
    );
    const chatty = await listen(createTcpServer((socket) => socket.on('error', () => {}).end('hello\n')));
    expect((await attempt(http('/'), chatty)).message).toMatch(/does not answer in HTTP/);
  });

  it('keeps control characters of the server out of its message', async () => {
    const server = createTcpServer((socket) =>
      socket.on('error', () => {}).end(Buffer.from('HTTP/1.1 503 \u009B31mbad\r\ncontent-length: 0\r\n\r\n', 'latin1')),
    );
    const { message } = await attempt(http('/'), await listen(server));
    expect(message).toBe('503 31mbad');
  });

  it('accepts a self-signed certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'devdeck-tls-'));
    closers.push(async () => rmSync(folder, { recursive: true, force: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=nobody -keyout ${key} -out ${cert}`;
    execFileSync('openssl', words.split(' '), { stdio: 'ignore' });
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) =>
      response.end(),
    );
    const port = await listen(server);
    expect(await attempt(http(`https://localhost:${port}/`), port)).toMatchObject({ ok: true, message: '200 OK' });
    expect((await attempt(http('/'), port)).ok).toBe(false);
  });

  it.each(['health', 'ftp://localhost/', 'http://'])('says that "%s" is not a valid target', async (url) => {
    expect((await attempt(http(url), 80)).message).toMatch(/neither a path nor an http\(s\) URL/);
  });

  it('says that a path needs a port', async () => {
    expect((await attempt(http('/health'), null)).message).toMatch(/the service has no port/);
  });

  it('reports a host that does not exist', async () => {
    const result = await attempt(http('http://no-such-host.invalid/'), null);
    expect(result).toMatchObject({ ok: false, message: 'no address found for the host no-such-host.invalid' });
  });
});

describe('localhost is two addresses', () => {
  it.each(['127.0.0.1', '::1'])('and a service on only %s is found', async (address) => {
    const port = await serve((_request, response) => response.end(), address);
    for (const host of ['localhost', '127.0.0.1', '::1']) {
      expect(await attempt(http('/'), port, { host })).toMatchObject({ ok: true });
      expect(await attempt(tcp, port, { host })).toMatchObject({ ok: true });
    }
  });

  it('and both are tried without knowledge of the listener', async () => {
    const port = await serve((_request, response) => response.end(), '::1');
    expect(await attempt(http(`http://localhost:${port}/`), null)).toMatchObject({ ok: true });
    expect(await attempt({ kind: 'tcp', target: `127.0.0.1:${port}` }, null)).toMatchObject({ ok: true });
  });

  it.runIf(onLinux)(
    'and the service is probed at its own address, not the foreign process on the other one',
    async () => {
      const port = await serve((_request, response) => response.writeHead(500).end(), '127.0.0.1');
      const service = spawn(fixture('foreign-server.mjs', String(port), '::1'));
      await service.saw(/listening/);
      const pids = new Set([service.handle.identity.pid]);
      expect(await attempt(http('/'), port, { pids, host: '127.0.0.1' })).toMatchObject({
        ok: true,
        message: '200 OK',
      });
    },
  );
});

describe.runIf(onLinux)('an answer counts only from the service itself', () => {
  const aSleeper = () => new Set([spawn(shell('exec sleep 60')).handle.identity.pid]);

  it('and a missing listener is reported', async () => {
    const port = await serve((_request, response) => response.end());
    await Promise.all(closers.splice(0).map((close) => close()));
    for (const check of [http('/'), tcp]) {
      expect(await attempt(check, port)).toMatchObject({
        ok: false,
        message: `nothing listens on ${port} yet`,
      });
    }
  });

  it('and a foreign process is named, and not probed', async () => {
    let requests = 0;
    const port = await serve((_request, response) => {
      requests += 1;
      response.end();
    });
    for (const check of [http('/'), http(`http://127.0.0.1:${port}/`), tcp]) {
      const result = await attempt(check, port, { pids: aSleeper() });
      expect(result.ok).toBe(false);
      expect(result.message).toMatch(new RegExp(`^answered by pid ${process.pid} \\(.+\\)$`));
    }
    expect(requests).toBe(0);
  });

  it('and a child that started after the last look belongs to it', async () => {
    const server = spawn(shell(`"${process.execPath}" "${fixturePath('hold-port.mjs')}"; true`));
    const port = Number((await server.saw(/^\d+$/m))[0]);
    expect(await attempt(tcp, port, { pids: new Set([server.handle.identity.pid]) })).toMatchObject({ ok: true });
  });

  it('and a daemon with the token of the service belongs to it', async () => {
    const server = spawn(fixture('hold-port.mjs'));
    const port = Number((await server.saw(/^\d+$/m))[0]);
    const pids = aSleeper();
    expect(await attempt(tcp, port, { pids, env: server.root.token })).toMatchObject({ ok: true });
    expect(await attempt(tcp, port, { pids, env: { ...server.root.token, DEV_SERVICE: 'other' } })).toMatchObject({
      ok: false,
    });
  });

  it('and a new owner of the port is noticed at the next attempt', async () => {
    const first = spawn(fixture('hold-port.mjs'));
    const port = Number((await first.saw(/^\d+$/m))[0]);
    const pids = new Set([first.handle.identity.pid]);
    const probes = createProbes(platform, processes);
    expect(await attempt(tcp, port, { pids }, probes)).toMatchObject({ ok: true });
    processes.signal(first.root, 'SIGKILL');
    await first.exit;
    await listen(createTcpServer(), '127.0.0.1', port);
    await expect.poll(async () => (await attempt(tcp, port, { pids }, probes)).message).toMatch(/^answered by pid/);
  });
});

describe('a tcp check', () => {
  it('passes when the connection opens', async () => {
    const port = await listen(createTcpServer((socket) => socket.end()));
    expect(await attempt(tcp, port)).toMatchObject({ ok: true, message: 'accepts connections' });
  });

  it('reports a refusal with the address', async () => {
    const port = await listen(createTcpServer());
    await Promise.all(closers.splice(0).map((close) => close()));
    expect(await attempt({ kind: 'tcp', target: `localhost:${port}` }, null)).toMatchObject({
      ok: false,
      message: `connection refused on [::1]:${port}`,
    });
  });

  it.each(['nowhere', 'a:b', '::1'])('says that "%s" is not an address', async (place) => {
    expect((await attempt({ kind: 'tcp', target: place }, null)).message).toBe(`"${place}" is not host:port`);
  });

  it('accepts an IPv6 address in brackets', async () => {
    const port = await listen(createTcpServer(), '::1');
    expect(await attempt({ kind: 'tcp', target: `[::1]:${port}` }, null)).toMatchObject({ ok: true });
  });
});

describe('a command check', () => {
  it('passes with exit code 0, with the first line', async () => {
    expect(await attempt(command('echo "PONG"; echo more'), null)).toMatchObject({
      ok: true,
      message: 'PONG',
      components: [],
    });
    expect(await attempt(command('true'), null)).toMatchObject({ ok: true, message: 'exit 0' });
  });

  it('says how it failed', async () => {
    expect((await attempt(command('echo "no such db" >&2; exit 3'), null)).message).toBe('exit 3: no such db');
    expect((await attempt(command('kill -SEGV $$'), null)).message).toBe('ended by SIGSEGV');
    const missing: ProbeCheck = { kind: 'command', command: { kind: 'argv', argv: ['no-such-tool'] } };
    expect((await attempt(missing, null)).message).toMatch(/"no-such-tool" was not found .* installed/);
  });

  it('gets the folder and the environment of the service', async () => {
    const changes = { cwd: tmpdir(), env: { GREETING: 'hello' } };
    expect((await attempt(command('echo "$GREETING from $(pwd -P)"'), null, changes)).message).toMatch(
      /^hello from .*tmp/,
    );
  });

  it('keeps control characters and endless output out of its message', async () => {
    const { message } = await attempt(command("printf '\\033]0;x\\007'; head -c 3000000 /dev/zero | tr '\\0' x"), null);
    expect(message).toMatch(/^\]0;x x+…$/);
    expect(message).toHaveLength(200);
  });

  it.each([
    ['does not end', 'sleep 60'],
    ['ignores signals', "trap '' TERM INT HUP; while :; do sleep 60; done"],
    ['left its group', 'setsid sleep 60 & wait'],
  ])('is killed with all it started when it %s', async (_case, line) => {
    const mark = { MARK: `probe-${process.pid}-${performance.now()}` };
    const result = await attempt(command(line), null, {
      timeoutMs: 300,
      env: { PATH: process.env['PATH'] ?? '', ...mark },
    });
    expect(result).toMatchObject({ ok: false, message: 'timed out after 0.3 s' });
    await expect.poll(() => countMarked(mark.MARK)).toBe(0);
  });

  it('leaves no process behind when it ends in time', async () => {
    const mark = { MARK: `probe-${process.pid}-${performance.now()}` };
    const env = { PATH: process.env['PATH'] ?? '', ...mark };
    const result = await attempt(command('sleep 60 & setsid sleep 60 & echo well'), null, { env });
    expect(result).toMatchObject({ ok: true, message: 'well' });
    await expect.poll(() => countMarked(mark.MARK)).toBe(0);
  });
});

it('a log check is not a probe that asks', async () => {
  expect((await attempt({ kind: 'log', pattern: 'ready' }, null)).ok).toBe(false);
});

it.runIf(onLinux)('probes leave no descriptor open after many attempts', async () => {
  const port = await serve((_request, response) => response.end());
  const openFiles = () => readdirSync('/proc/self/fd').length;
  const probes = createProbes(platform, processes);
  await attempt(http('/'), port, {}, probes);
  const before = openFiles();
  await Promise.all(Array.from({ length: 50 }, (_, n) => attempt(n % 2 ? tcp : http('/'), port, {}, probes)));
  await expect.poll(() => openFiles()).toBeLessThanOrEqual(before + 1);
});

/** Living processes with this value in their environment, wherever they are. */
function countMarked(value: string): number {
  return processes.members({ leader: { pid: 2 ** 30, startTicks: 0 }, token: { MARK: value } }, { sweep: true }).length;
}
