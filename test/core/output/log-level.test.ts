import { describe, expect, it } from 'vitest';
import { LogGroups } from '../../../src/core/output/log-groups.ts';
import { levelOf } from '../../../src/core/output/log-level.ts';

describe('the level of a line', () => {
  it.each([
    ['uvicorn', 'INFO:     127.0.0.1:52814 - "GET /health HTTP/1.1" 200 OK', 'info'],
    ['uvicorn, an error', 'ERROR:    Exception in ASGI application', 'error'],
    ['Python logging', '2026-01-31 12:00:00,123 - app.db - WARNING - pool is full', 'warn'],
    ['Python basicConfig', 'CRITICAL:root:disk is gone', 'fatal'],
    ['Django runserver', '[31/Jan/2026 12:00:00] ERROR [django.request:241] Internal Server Error: /', 'error'],
    ['pino', '{"level":50,"time":1769860800000,"msg":"boom"}', 'error'],
    ['pino, fatal', '{"level":60,"msg":"gone"}', 'fatal'],
    ['zap', '{"level":"warn","ts":1769860800.1,"msg":"slow"}', 'warn'],
    ['Google Cloud', '{"severity":"CRITICAL","message":"x"}', 'fatal'],
    ['Logstash', '{"@timestamp":"2026-01-31T12:00:00Z","log.level":"ERROR"}', 'error'],
    ['logfmt', 'time=2026-01-31T12:00:00Z level=error msg="no route"', 'error'],
    ['slog', 'time=2026-01-31T12:00:00.000Z level=DEBUG msg=hello', 'debug'],
    ['klog', 'E0131 12:00:00.000000   12345 reflector.go:138] failed to list', 'error'],
    ['Spring', '2026-01-31T12:00:00.000+01:00  INFO 4711 --- [main] c.e.Demo : Started Demo', 'info'],
    ['logback', '12:00:00.000 [main] ERROR com.example.App - it broke', 'error'],
    ['java.util.logging', 'SEVERE: Servlet threw exception', 'error'],
    ['Rust tracing', '2026-01-31T12:00:00.000000Z  WARN app::db: slow query', 'warn'],
    ['env_logger', '[2026-01-31T12:00:00Z ERROR app] no such file', 'error'],
    ['Rails', 'F, [2026-01-31T12:00:00.000000 #4711] FATAL -- : no route matches', 'fatal'],
    ['PostgreSQL', '2026-01-31 12:00:00.000 UTC [812] ERROR:  relation "users" does not exist', 'error'],
    ['PostgreSQL, quiet', '2026-01-31 12:00:00.000 UTC [812] LOG:  database system is ready', 'info'],
    ['Redis', '812:M 31 Jan 2026 12:00:00.000 # WARNING overcommit_memory is off', 'warn'],
    ['Redis, quiet', '812:M 31 Jan 2026 12:00:00.000 * Ready to accept connections tcp', 'info'],
    ['nginx', '2026/01/31 12:00:00 [error] 812#812: *1 connect() failed', 'error'],
    ['Vite', '\u001B[2m12:00:00 PM\u001B[22m \u001B[31m[vite]\u001B[39m Internal server error: no such file', 'error'],
    ['esbuild', '✘ [ERROR] Could not resolve "left-pad"', 'error'],
    ['TypeScript', "src/app.ts(3,7): error TS2304: Cannot find name 'x'.", 'error'],
    ['rustc', 'error[E0425]: cannot find value `x` in this scope', 'error'],
    ['gcc', 'main.c:3:5: warning: unused variable', 'warn'],
    ['npm', 'npm error code ENOENT', 'error'],
    ['old npm', 'npm ERR! missing script: dev', 'error'],
    ['winston', 'warn: cache is cold', 'warn'],
    ['Next.js', ' ⨯ ./app/page.tsx', 'error'],
    ['a Node warning', '(node:812) [DEP0040] DeprecationWarning: punycode is deprecated', 'warn'],
    ['a Node exception', 'TypeError [ERR_INVALID_ARG_TYPE]: The "path" argument must be of type string', 'error'],
    ['a Python exception', 'sqlalchemy.exc.OperationalError: connection refused', 'error'],
    ['a Java exception', 'Exception in thread "main" java.lang.IllegalStateException: closed', 'error'],
    ['a Ruby exception', "app.rb:3:in 'load': cannot load such file -- pg (LoadError)", 'error'],
    ['a Go panic', 'panic: runtime error: index out of range [3] with length 2', 'fatal'],
    ['a Rust panic', "thread 'main' panicked at src/main.rs:2:5:", 'fatal'],
  ] as const)('is told for %s', (_, line, level) => {
    expect(levelOf(line)).toBe(level);
  });

  it.each([
    'Compiled successfully with 0 errors',
    'GET /errors/INFO.txt 200',
    '{ error: null, data: 3 }',
    'No error was found',
    '  VITE v7.0.0  ready in 312 ms',
    'INFORMATION_SCHEMA loaded',
    '{"name":"level"}',
    '{"level":',
    '',
  ])('is not claimed for %j', (line) => {
    expect(levelOf(line)).toBeUndefined();
  });

  it('is the first of two, because the second belongs to the message', () => {
    expect(levelOf('INFO:     retrying after ERROR: timeout')).toBe('info');
    expect(levelOf('2026-01-31 12:00:00 ERROR could not print [info]')).toBe('error');
  });
});

/** Marks each line that belongs to an error. */
function marked(lines: readonly string[]): string[] {
  const groups = new LogGroups();
  return lines.map((line) => {
    const { level, continues } = groups.next(line);
    return `${level ?? '-'}${continues ? '+' : ''}`;
  });
}

describe('lines that belong together', () => {
  it('keeps a Python trace with the logged error, causes included', () => {
    const lines = [
      'ERROR:    Exception in ASGI application',
      'Traceback (most recent call last):',
      '  File "/app/main.py", line 3, in get',
      '    raise ValueError("INFO: not what it seems")',
      'ValueError: INFO: not what it seems',
      '',
      'During handling of the above exception, another exception occurred:',
      '',
      'Traceback (most recent call last):',
      '  File "/app/main.py", line 9, in get',
      'KeyError: 3',
      'INFO:     127.0.0.1 - "GET / HTTP/1.1" 200 OK',
    ];
    expect(marked(lines).join(' ')).toBe('error error+ error+ error+ error+ - error+ - error+ error+ error+ info');
  });

  it('keeps a Node stack and the properties of its error together', () => {
    const lines = [
      "Error: Cannot find module 'left-pad'",
      '    at Module._load (node:internal/modules/cjs/loader:1)',
      '    at node:internal/main/run_main_module:33:47 {',
      "  code: 'MODULE_NOT_FOUND'",
      '}',
      'listening',
    ];
    expect(marked(lines)).toEqual(['error', 'error+', 'error+', 'error+', 'error+', '-']);
  });

  it('keeps the causes of a Java exception with it', () => {
    const lines = [
      'Exception in thread "main" java.lang.IllegalStateException: closed',
      '\tat com.example.App.main(App.java:5)',
      'Caused by: java.io.IOException: INFO',
      '\t... 23 more',
      '2026-01-31T12:00:00.000+01:00  INFO 4711 --- [main] c.e.Demo : next',
    ];
    expect(marked(lines)).toEqual(['error', 'error+', 'error+', 'error+', 'info']);
  });

  it('keeps the goroutines of a Go panic with it', () => {
    const lines = [
      'panic: boom',
      '',
      'goroutine 1 [running]:',
      'main.(*Server).run(0xc000012120)',
      '\t/src/main.go:12 +0x1d',
      'exit status 2',
      'restarting',
    ];
    expect(marked(lines)).toEqual(['fatal', 'fatal+', 'fatal+', 'fatal+', 'fatal+', 'fatal+', '-']);
  });

  it('keeps the message of a Rust panic with it', () => {
    const lines = [
      "thread 'main' panicked at src/main.rs:2:5:",
      'no such user',
      'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
      'bye',
    ];
    expect(marked(lines)).toEqual(['fatal', 'fatal+', 'fatal+', '-']);
  });

  it('knows the middle of a trace without its beginning', () => {
    expect(
      marked(['    at Module._load (node:internal/modules/cjs/loader:1)', '    at main (x.js:1:2)', 'ok']),
    ).toEqual(['error', 'error+', '-']);
  });

  it('starts again at an indented line with its own level', () => {
    expect(marked(['ERROR: one', '  INFO: two', '  more of two'])).toEqual(['error', 'info', 'info+']);
  });

  it('ends with the next line that is neither indented nor part of a trace', () => {
    expect(marked(['ERROR: one', 'plain'])).toEqual(['error', '-']);
  });
});
