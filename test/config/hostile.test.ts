import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProject, type ParseResult } from '../../src/config/parse.ts';
import { configError } from '../../src/config/report.ts';
import { errorOf, load } from './fixture.ts';

const CONFIG = `name: shop
defaults: {restart: no, health: {interval: 2s}}
services:
  db:
    command: redis-server --port $PORT
    port: 6379
    health: {tcp: true}
  backend: &backend
    command: [uvicorn, "app.main:app", --port, "\${backend.port}"]
    cwd: backend
    port: {default: "\${API_PORT:-8000}", range: 8000-8099, host: 127.0.0.1, env: PORT}
    health: {http: /health, interval: 5s, timeout: 5s, retries: 3, start_period: 30s}
    ready: {log: "started .*"}
    depends_on: {db: ready}
    restart: {policy: on-failure, max: 10, backoff: 1s, max_backoff: 30s, reset_after: 60s}
    stop: {signal: SIGTERM, grace: 10s, command: "curl \${backend.url}/stop"}
    env_file: [.env.backend]
    env: {DATABASE_URL: "redis://\${db.address}", V: 1.10, E: }
  frontend:
    command: npm run dev -- --port $PORT
    port: 5173
    depends_on: [backend]
    on_conflict: ask
    tty: true
    log: {max_size: 10MiB, keep: 5}
    autostart: true
on_hangup: stop
secrets: [STRIPE]
`;

const JUNK = [
  ...'{ } [ ] : - &a *a *backend !x " \' # | > ? ( $$ \\ ${ ${a.b} ${db.port} null ~ 0x1F 1e999 -1 NaN'.split(' '),
  ': ',
  '- ',
  '\t',
  '\n',
  '\r\n',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '__proto__: 1',
  'constructor: {}',
  '<<: *backend',
  '9'.repeat(30),
  '\u{1F600}',
  '\uD800',
  '\uFEFF',
];

function parse(text: string): ParseResult {
  const source = { file: '.project.config', text };
  return parseProject({ root: '/p', configFile: '/p/.project.config', sources: [source], variable: () => '1234' });
}

/** It never throws, and every issue has a place in the text. */
function expectProjectOrIssues(text: string): void {
  const parsed = parse(text);
  if (!('issues' in parsed)) return;
  const lines = text.split('\n');
  expect(parsed.issues.length).toBeGreaterThan(0);
  for (const { line, column, message, sourceLine } of parsed.issues) {
    expect(lines[line - 1]?.replace(/\r$/, '')).toBe(sourceLine);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual(sourceLine.length + 2);
    expect(message).not.toBe('');
  }
  expect(configError(parsed.issues).message).toContain('.project.config:');
}

describe('a mutated config', () => {
  it('is valid before the mutation', () => {
    expect(parse(CONFIG)).toMatchObject({ project: { name: 'shop', services: [{}, {}, {}] } });
  });

  it('loads or is refused with a position after any cut, insertion or repetition', () => {
    const junk = fc.oneof(fc.constantFrom(...JUNK), fc.string({ maxLength: 5 }));
    const edit = fc.record({ at: fc.nat(CONFIG.length), length: fc.nat(12), put: junk });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        let text = CONFIG;
        for (const { at, length, put } of edits) text = text.slice(0, at) + put + text.slice(at + length);
        expectProjectOrIssues(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('loads or is refused with a position when lines are moved, lost or doubled', () => {
    const lines = CONFIG.split('\n');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 40 }), (some) => {
        expectProjectOrIssues(some.join('\n'));
      }),
      { numRuns: 200 },
    );
  });

  it('loads or is refused with a position when any value changes', () => {
    const values = [
      '1',
      'x',
      '""',
      '[]',
      '{}',
      '[a]',
      '{a: b}',
      'true',
      'null',
      '"${x.port}"',
      '"${db.port}"',
      '-5',
      '1.5',
    ];
    const places = [...CONFIG.matchAll(/: (?=[^\n])/g)].map(({ index }) => index + 2);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...values), (place, value) => {
        const end = /[,}\n]/.exec(CONFIG.slice(place))?.index ?? 0;
        expectProjectOrIssues(CONFIG.slice(0, place) + value + CONFIG.slice(place + end));
      }),
      { numRuns: 600 },
    );
  });
});

/** Ten times what it takes, since other tests run at the same time. The library alone takes up to three minutes. */
const BOUND_MS = 5000;

describe('a config made to hurt', () => {
  const named = (count: number, keys: string) =>
    Array.from({ length: count }, (_, index) => `name${index}: {${keys}}`).join();
  const nines = (name: string) => Array.from({ length: 9 }, () => name).join(', ');
  it.each<readonly [string, string]>([
    [
      'aliases of aliases of aliases',
      `a: &a [${nines('x')}]\nb: &b [${nines('*a')}]\nc: &c [${nines('*b')}]\nd: &d [${nines('*c')}]\ne: &e [${nines('*d')}]\nf: [${nines('*e')}]\n`,
    ],
    ['a million brackets', '['.repeat(1_000_000)],
    ['brackets over many lines', '[\n'.repeat(400_000)],
    ['maps in maps', '{a: '.repeat(200_000)],
    ['lists in lists', '- '.repeat(400_000)],
    ['very many keys', Array.from({ length: 70_000 }, (_, index) => `key${index}: 1`).join('\n')],
    ['many unknown keys', Array.from({ length: 14_000 }, (_, index) => `key${index}: 1`).join('\n')],
    ['a list of empty lines in quotes', `a: "${'a\n'.repeat(400_000)}"`],
    ['a block of very many lines', `a: |\n${'  x\n'.repeat(200_000)}`],
    ['one line with very many references', `services: {a: {command: "${'${a.b} '.repeat(100_000)}"}}`],
    [
      'a chain of very many services',
      `services:\n${Array.from({ length: 3000 }, (_, index) => `  s${index}: {command: x, depends_on: [s${index + 1}]}`).join('\n')}`,
    ],
    [
      'a very long key above many values',
      `services: {a: {command: x}}\nx: {${'k'.repeat(300_000)}: [${'1,'.repeat(20_000)}]}`,
    ],
    ['an alias of a long text', `x: &x "${'x'.repeat(500_000)}"\nservices: {${named(900, 'command: *x')}}`],
    ['a long default', `defaults: {env: {A: "${'x'.repeat(500_000)}"}}\nservices: {${named(900, 'command: x')}}`],
    ['many copies', `services: {${named(900, 'command: x, replicas: 100')}}`],
    ['many copies of a long text', `services: {a: {command: "${'x'.repeat(900_000)}", replicas: 100}}`],
    [
      'dependencies of copies on copies',
      `services: {b: {command: x, replicas: 100}, ${named(8, 'command: x, replicas: 100, depends_on: [b]')}}`,
    ],
    [
      'many misspelt dependencies',
      `services: {${named(900, 'command: x')}, z: {command: x, depends_on: [${Array.from({ length: 15_000 }, (_, index) => `nmae${index}`).join()}]}}`,
    ],
    [
      'circles within circles',
      `services: {${Array.from({ length: 1000 }, (_, index) => `n${index}: {command: x, depends_on: [n${index + 1}, ${Array.from({ length: 15 }, (_, back) => `n${Math.max(0, index - back)}`).join()}]}`).join()}}`,
    ],
    ['defaults in defaults', `services: {a: {command: x, env: {A: "${'${A:-'.repeat(100_000)}"}}}`],
  ])('is refused soon: %s', async (_, text) => {
    const start = performance.now();
    const error = await errorOf(load(text));
    expect(performance.now() - start).toBeLessThan(BOUND_MS);
    expect(error.issues[0]?.line).toBeGreaterThanOrEqual(1);
    expect(error.message.length).toBeLessThan(20_000);
  });
});
