import { describe, expect, it } from 'vitest';
import { ProbeLines } from '../../../src/core/logs/probe-lines.ts';

function probed(path = '/health'): ProbeLines {
  const lines = new ProbeLines(path);
  lines.begin();
  return lines;
}

const COLOURED =
  '\u001b[32mINFO\u001b[0m:     127.0.0.1:53422 - "\u001b[1mGET /health HTTP/1.1\u001b[0m" \u001b[32m200 OK\u001b[0m';

describe('log lines of a probe', () => {
  it.each([
    ['uvicorn', COLOURED],
    ['http.server, werkzeug', '127.0.0.1 - - [29/Nov/2026 15:42:10] "GET /health HTTP/1.1" 200 -'],
    ['Django', '[29/Nov/2026 15:42:10] "GET /health HTTP/1.1" 200 15'],
    ['combined', '::1 - - [29/Nov/2026:15:42:10 +0000] "GET /health HTTP/1.1" 200 2 "-" "devdeck"'],
    ['morgan dev', '\u001b[0mGET /health \u001b[32m200\u001b[0m 1.234 ms - 2\u001b[0m'],
    ['Next.js', ' GET /health 200 in 5ms'],
    ['gin', '[GIN] 2026/11/29 - 15:42:10 | 200 |  1.2ms | 127.0.0.1 | GET      "/health"'],
    ['pino', '{"level":30,"req":{"method":"GET","url":"/health","remotePort":51234},"msg":"incoming request"}'],
    ['Rails', 'Started GET "/health" for 127.0.0.1 at 2026-11-29 15:42:10 +0000'],
    ['a path with a slash added', '"GET /health/ HTTP/1.1" 200'],
    ['a query', '"GET /health?full=1 HTTP/1.1" 200'],
    ['not ready yet', '"GET /health HTTP/1.1" 503 19'],
  ])('are known as %s writes them', (_, line) => {
    expect(probed().takes(line)).toBe(true);
  });

  it.each([
    ['another path', '"GET /healthy HTTP/1.1" 200'],
    ['a longer path', '"GET /api/health HTTP/1.1" 200'],
    ['another method', '"POST /health HTTP/1.1" 200'],
    ['another caller', '::1 - - "GET /health HTTP/1.1" 200 2 "-" "curl/8.5.0"'],
    ['an error', 'ERROR: GET /health failed: the database is down'],
    ['a word about it', 'health route is /health'],
  ])('are not %s', (_, line) => {
    expect(probed().takes(line)).toBe(false);
  });

  it('are not confused with dates when the root is probed', () => {
    expect(probed('/').takes('127.0.0.1 - - [29/Nov/2026 15:42:10] "GET / HTTP/1.1" 200 -')).toBe(true);
    expect(probed('/').takes('127.0.0.1 - - [29/Nov/2026 15:42:10] "GET /items HTTP/1.1" 200 -')).toBe(false);
  });

  it('are recognised once for each probe, so that a foreign request for the same path is shown', () => {
    const line = (port: number): string => `INFO: 127.0.0.1:${port} - "GET /health HTTP/1.1" 200 OK`;
    const lines = probed();
    expect([1, 2].map((port) => lines.takes(line(port)))).toEqual([true, false]);
    lines.begin();
    expect([3, 4].map((port) => lines.takes(line(port)))).toEqual([true, false]);
  });
});
