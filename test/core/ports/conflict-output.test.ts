import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { findPortConflict, findPortPermission } from '../../../src/core/ports/conflict-output.ts';
import { cleanLine } from '../../../src/core/output/log-line.ts';

const CORPUS = join(import.meta.dirname, '../../fixtures/conflict-output');
const PORT = 4711;

/** The lines of a recording as a log has them, with a port in the place of `<PORT>`. */
function linesOf(file: string): string[] {
  const text = readFileSync(join(CORPUS, file), 'utf8').replaceAll('<PORT>', String(PORT));
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(cleanLine);
}

function recordings(folder: string): string[] {
  return readdirSync(join(CORPUS, folder)).filter((name) => name.endsWith('.txt'));
}

/** What is said of each recording: the program, and whether the output tells the port. */
const TAKEN: Readonly<Record<string, readonly [program: string, port: number | undefined]>> = {
  'actix.documented.txt': ['Rust', undefined],
  'aiohttp.txt': ['Python', PORT],
  'angular.documented.txt': ['the service', PORT],
  'astro.txt': ['the service', PORT],
  'bun.txt': ['Bun', PORT],
  'deno.txt': ['Deno', undefined],
  'django.txt': ['Django', PORT],
  'docker-host-process.documented.txt': ['Go', PORT],
  'docker.documented.txt': ['Docker', PORT],
  'ember.documented.txt': ['the service', PORT],
  'express.txt': ['Node.js', PORT],
  'fastify.txt': ['Node.js', PORT],
  'flask.txt': ['Flask', PORT],
  'go.txt': ['Go', PORT],
  'gunicorn.txt': ['gunicorn', PORT],
  'hypercorn.txt': ['Python', undefined],
  'java.txt': ['Java', undefined],
  'kestrel.documented.txt': ['.NET', PORT],
  'mongodb.documented.txt': ['MongoDB', PORT],
  'mysql.documented.txt': ['MySQL', PORT],
  'ncat.txt': ['netcat', PORT],
  'netcat.txt': ['netcat', undefined],
  'next.txt': ['Node.js', PORT],
  'nginx.txt': ['nginx', PORT],
  'node-8.documented.txt': ['Node.js', PORT],
  'node-error-object.txt': ['Node.js', PORT],
  'node.txt': ['Node.js', PORT],
  'nuxt.documented.txt': ['the service', PORT],
  'parcel.txt': ['Parcel', PORT],
  'phoenix.documented.txt': ['Elixir', PORT],
  'php.txt': ['PHP', PORT],
  'postgresql.txt': ['PostgreSQL', PORT],
  'puma.txt': ['Ruby', PORT],
  'python-http-server.txt': ['Python', undefined],
  'rails.documented.txt': ['Ruby', PORT],
  'redis.txt': ['Redis', PORT],
  'rust-hyper.documented.txt': ['Rust', PORT],
  'rust-result.txt': ['Rust', PORT],
  'rust.txt': ['Rust', undefined],
  'socat.txt': ['socat', PORT],
  'spring-boot-1.documented.txt': ['Spring Boot', PORT],
  'spring-boot.documented.txt': ['Spring Boot', PORT],
  'storybook.txt': ['Storybook', PORT],
  'tornado.txt': ['Python', undefined],
  'unicorn.documented.txt': ['Ruby', PORT],
  'uvicorn-macos.documented.txt': ['Python', PORT],
  'uvicorn-reload.txt': ['Python', undefined],
  'uvicorn.txt': ['Python', PORT],
  'vite.txt': ['the service', PORT],
  'webpack-dev-server.txt': ['webpack-dev-server', PORT],
  'webrick.txt': ['Ruby', PORT],
};

describe('the last output of a service with a taken port', () => {
  it.each(recordings(''))('is understood: %s', (file) => {
    const found = findPortConflict(linesOf(file));
    expect([found?.program, found?.port]).toEqual(TAKEN[file]);
    expect(findPortPermission(linesOf(file))).toBeUndefined();
  });
});

describe('the last output of a service that may not listen on its port', () => {
  it.each(recordings('permission'))('is understood: %s', (file) => {
    const lines = linesOf(join('permission', file));
    const isSilent = ['deno.txt', 'hypercorn.txt', 'java.txt', 'python-http-server.txt'].includes(file);
    expect(findPortPermission(lines)).toMatchObject({ port: isSilent ? undefined : PORT });
    expect(findPortConflict(lines)).toBeUndefined();
  });

  it.each([
    ["Error: EACCES: permission denied, open '/etc/shop/secret.json'"],
    ["PermissionError: [Errno 13] Permission denied: '/var/log/shop.log'"],
    ['Error: Os { code: 13, kind: PermissionDenied, message: "Permission denied" }'],
    ['Error: listen EACCES: permission denied /run/shop.sock'],
    ['fatal: permission denied for table orders'],
  ])('is not taken for it when something else is forbidden: %s', (line) => {
    expect(findPortPermission([line])).toBeUndefined();
  });
});

describe('output with such words that is no conflict', () => {
  it.each(recordings('healthy'))('is left alone when the service moved by itself: %s', (file) => {
    expect(findPortConflict(linesOf(join('healthy', file)))).toBeUndefined();
  });

  it.each([
    ['a retry', 'worker: retrying after listen EADDRINUSE in 200 ms'],
    ['a request', '127.0.0.1 - - "GET /docs/port-3000-is-already-in-use HTTP/1.1" 200 512'],
    ['a request for the words themselves', 'GET /search?q=address already in use 200 12ms'],
    ['a test that passed', '  ✓ throws listen EADDRINUSE when the port is taken'],
    ['a hint', 'If you see "address already in use", set PORT in .env'],
    ['a name in the code', "if (error.code === 'EADDRINUSE') retry();"],
    ['a comment in a code frame', '  12 | // Port 3000 is already in use by the old server'],
    ['a handled case', 'the proxy handles EADDRINUSE: address already in use'],
    ['a move', 'Port 3000 is in use, using port 3001 instead.'],
    ['a move of Next.js', '⚠ Port 3000 is in use by process 4242, using available port 3001 instead.'],
    ['a socket file', 'Error: listen EADDRINUSE: address already in use /run/shop.sock'],
    ['a socket file of Go', 'listen unix /run/shop.sock: bind: address already in use'],
    ['a refused connection', 'Error: connect ECONNREFUSED 127.0.0.1:5432'],
    ['an address of another machine', 'OSError: [Errno 99] Cannot assign requested address'],
    ['a note of devdeck', 'port 3000 is taken by node (pid 4242)'],
    ['nothing', ''],
  ])('is left alone: %s', (_case, line) => {
    expect(findPortConflict(['starting', line, 'Error: the schema is older than the code'])).toBeUndefined();
  });

  it('is ignored when the service listened after all', () => {
    const lines = [
      'Error: listen EADDRINUSE: address already in use :::3000',
      'Server listening on http://localhost:3001',
    ];
    expect(findPortConflict(lines)).toBeUndefined();
    expect(findPortConflict(lines.toReversed())).toMatchObject({ port: 3000 });
  });

  it('is ignored when the service answered afterwards', () => {
    const request = '127.0.0.1 - - [22/Nov/2026 18:30:31] "GET /health HTTP/1.1" 200 -';
    expect(findPortConflict(['OSError: [Errno 98] Address already in use', request])).toBeUndefined();
  });

  it('is ignored when much other output followed', () => {
    const error = 'Error: listen EADDRINUSE: address already in use :::3000';
    const work = (count: number) => Array.from({ length: count }, (_, index) => `job ${index} done`);
    expect(findPortConflict([error, ...work(30)])).toMatchObject({ port: 3000 });
    expect(findPortConflict([error, ...work(31)])).toBeUndefined();
  });

  it('is ignored beyond the last 200 lines', () => {
    const frames = (count: number) => Array.from({ length: count }, () => '    at frame (server.js:1:1)');
    const error = 'Error: listen EADDRINUSE: address already in use :::3000';
    expect(findPortConflict([error, ...frames(199)])).toMatchObject({ port: 3000 });
    expect(findPortConflict([error, ...frames(200)])).toBeUndefined();
  });
});

describe('the port of a conflict', () => {
  const conflict = (...lines: string[]) => findPortConflict(lines)?.port;

  it('is that of the last one when several ports are taken', () => {
    expect(
      conflict('listen tcp :8080: bind: address already in use', 'listen tcp :9090: bind: address already in use'),
    ).toBe(9090);
  });

  it.each([
    ['2026/11/22 18:30:32 listen tcp :8080: bind: address already in use', 8080],
    ['2026/11/22 18:30:32 listen tcp [::1]:8080: bind: address already in use', 8080],
    ['Error: listen EADDRINUSE: address already in use ::1:3000', 3000],
    ['Error: listen EADDRINUSE: address already in use 127.0.0.1:3000', 3000],
    ['Error: bind EADDRINUSE null:3000', 3000],
    ["[ERROR] Connection in use: ('::1', 8000)", 8000],
    ["[Errno 98] error while attempting to bind on address ('::', 8000, 0, 0): address already in use", 8000],
    ['bind: Address already in use', undefined],
    ['[18:30:31] server.js:12:5 Address already in use', undefined],
    ['Address already in use: port 70000', undefined],
  ])('is read from %s', (line, port) => {
    expect(findPortConflict([line])).toBeDefined();
    expect(conflict(line)).toBe(port);
  });

  it('is found in an earlier line about the start', () => {
    expect(conflict('Starting server at http://127.0.0.1:8000/', 'Error: That port is already in use.')).toBe(8000);
  });

  it('is not the port of a server to which the service connects', () => {
    expect(conflict('Connected to the database at 127.0.0.1:5432', 'OSError: [Errno 98] Address already in use')).toBe(
      undefined,
    );
  });

  it('comes with the line that says it, without colour', () => {
    const lines = ['\u001b[31mError: Port 5173 is already in use\u001b[39m', '    at startServer (vite.js:1:1)'];
    expect(findPortConflict(lines)).toEqual({
      port: 5173,
      program: 'the service',
      line: 'Error: Port 5173 is already in use',
    });
  });

  it('is found soon in the longest output', () => {
    const lines = Array.from({ length: 200 }, () => 'port '.repeat(13_000));
    const start = performance.now();
    expect(findPortConflict(lines)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('the protocol of a taken port', () => {
  it.each([
    ['udp', 'panic: listen udp 127.0.0.1:5353: bind: address already in use', 5353],
    ['udp', 'Error: bind EADDRINUSE 0.0.0.0:5353', 5353],
    ['tcp', 'listen tcp :5353: bind: address already in use', 5353],
    ['tcp', 'Error: listen EADDRINUSE: address already in use :::5353', 5353],
    [undefined, 'OSError: [Errno 98] Address already in use', undefined],
  ])('is %s by: %s', (protocol, line, port) => {
    expect(findPortConflict(['starting', line])).toMatchObject({ protocol, port });
  });
});
