import { describe, expect, it } from 'vitest';
import type { ServiceSpec } from '../../../src/core/model/project.ts';
import {
  expandCommand,
  expandProbe,
  expandReferences,
  findReferences,
  refersTo,
  textsOf,
  variableStem,
} from '../../../src/core/env/references.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const endpoints = new Map([
  ['api', { host: 'localhost', port: 8001 }],
  ['my-db.1', { host: '0.0.0.0', port: 5432 }],
  ['six', { host: '::1', port: 6 }],
  ['api.ports.admin', { host: 'localhost', port: 9001 }],
]);

describe('references', () => {
  it('are found with service, field and position', () => {
    expect(findReferences('curl ${api.url}/x --port ${my-db.1.port}')).toEqual([
      { service: 'api', field: 'url', index: 5, text: '${api.url}' },
      { service: 'my-db.1', field: 'port', index: 25, text: '${my-db.1.port}' },
    ]);
  });

  it('name a port of several by its own name', () => {
    expect(findReferences('${my-db.1.ports.web}')).toMatchObject([{ service: 'my-db.1', field: 'ports.web' }]);
    expect(expandReferences('${api.ports.admin} ${api.ports.none} ${api.port}', endpoints)).toBe(
      '9001 ${api.ports.none} 8001',
    );
  });

  it.each([
    '$PORT',
    '${PORT}',
    '${PORT:-8000}',
    '${FILE%.txt}',
    '${API:-http://a.b}',
    '${A.}',
    '${.port}',
    '$api.port',
    '\\${api.port}',
    '$${api.port}',
    '$(cat a.port)',
  ])('leave %s to the shell', (text) => {
    expect(findReferences(text)).toEqual([]);
    expect(expandReferences(text, endpoints)).toBe(text);
  });

  it.each([
    ['${api.port}', '8001'],
    ['${api.host}', 'localhost'],
    ['${api.address}', 'localhost:8001'],
    ['${api.url}', 'http://localhost:8001'],
    ['${my-db.1.host}', 'localhost'],
    ['${my-db.1.address}', 'localhost:5432'],
    ['${six.url}', 'http://[::1]:6'],
    ['${six.host}', '::1'],
    ['--a=${api.port} --b=${six.port}', '--a=8001 --b=6'],
  ])('expand %s to %s', (text, expanded) => {
    expect(expandReferences(text, endpoints)).toBe(expanded);
  });

  it('stay as written when the service or the field is unknown', () => {
    expect(expandReferences('${nobody.port} ${api.colour}', endpoints)).toBe('${nobody.port} ${api.colour}');
  });

  it('expand in both kinds of commands and in probes', () => {
    expect(expandCommand({ kind: 'shell', line: 'x ${api.port}' }, endpoints)).toEqual({
      kind: 'shell',
      line: 'x 8001',
    });
    expect(expandCommand({ kind: 'argv', argv: ['x', '${api.port}'] }, endpoints)).toEqual({
      kind: 'argv',
      argv: ['x', '8001'],
    });
    const timing = { intervalMs: 1, timeoutMs: 1, retries: 1, startPeriodMs: 1 };
    const checks = [
      { kind: 'http', url: '${api.url}/health' },
      { kind: 'tcp', target: '${api.address}' },
      { kind: 'tcp' },
      { kind: 'command', command: { kind: 'shell', line: 'ping ${api.host}' } },
      { kind: 'log', pattern: '${api.port}' },
    ] as const;
    expect(checks.map((check) => expandProbe({ check, ...timing }, endpoints).check)).toEqual([
      { kind: 'http', url: 'http://localhost:8001/health' },
      { kind: 'tcp', target: 'localhost:8001' },
      { kind: 'tcp' },
      { kind: 'command', command: { kind: 'shell', line: 'ping localhost' } },
      { kind: 'log', pattern: '${api.port}' },
    ]);
  });
});

describe('a service refers to another', () => {
  const quiet = serviceSpec('web', { dependsOn: [{ service: 'api', condition: 'ready' }] });
  const probe = { intervalMs: 1, timeoutMs: 1, retries: 1, startPeriodMs: 1 };
  const cases: readonly (readonly [string, Partial<ServiceSpec>])[] = [
    ['a reference in its command', { command: { kind: 'shell', line: 'serve ${api.url}' } }],
    ['a reference in a list command', { command: { kind: 'argv', argv: ['serve', '${api.url}'] } }],
    ['a variable in its command', { command: { kind: 'shell', line: 'serve $API_PORT' } }],
    ['a variable in braces', { command: { kind: 'shell', line: 'serve ${API_URL:-none}' } }],
    ['a value in its env', { env: { X: 'http://${api.address}/v1' } }],
    ['a variable in its env', { env: { X: '${API_URL}/v1' } }],
    ['its health probe', { health: { ...probe, check: { kind: 'http', url: '${api.url}/health' } } }],
    ['its ready probe', { ready: { ...probe, check: { kind: 'tcp', target: '${api.address}' } } }],
    [
      'a probe command',
      { health: { ...probe, check: { kind: 'command', command: { kind: 'argv', argv: ['nc', '$API_PORT'] } } } },
    ],
    [
      'its stop command',
      { stop: { signal: 'SIGTERM', graceMs: 1, command: { kind: 'shell', line: 'bye ${api.port}' } } },
    ],
  ];

  it.each(cases)('by %s', (_, change) => {
    expect(refersTo({ ...quiet, ...change }, 'api')).toBe(true);
    const spec = { ...quiet, ...change };
    expect(['web', 'api', 'db'].filter((name) => refersTo(spec, name))).toEqual(['api']);
  });

  it('not by depends_on alone, by part of a longer name, or by naming itself', () => {
    expect(refersTo(quiet, 'api')).toBe(false);
    expect(
      refersTo({ ...quiet, command: { kind: 'shell', line: 'serve $MY_API_PORT $API_PORTS ${my-api.port}' } }, 'api'),
    ).toBe(false);
    expect(refersTo({ ...quiet, command: { kind: 'shell', line: 'serve ${web.port}' } }, 'web')).toBe(false);
  });

  it('once for any number of services', () => {
    let reads = 0;
    const spec = {
      ...quiet,
      get command(): ServiceSpec['command'] {
        reads += 1;
        return { kind: 'shell', line: 'serve ${api.url} $A_PORT_B_PORT' };
      },
    };
    const names = Array.from({ length: 1_000 }, (_, index) => `s${index}`);
    expect([...names, 'api', 'a', 'a-port-b', 'b'].filter((name) => refersTo(spec, name))).toEqual([
      'api',
      'a',
      'a-port-b',
    ]);
    expect(reads).toBe(1);
  });

  it('by variables in capitals, with anything but letters and digits as an underscore', () => {
    expect(variableStem('my-api.v2')).toBe('MY_API_V2');
    expect(refersTo({ ...quiet, env: { X: '$MY_API_V2_PORT' } }, 'my-api.v2')).toBe(true);
  });

  it('in texts that are named by their keys in the config', () => {
    const spec: ServiceSpec = {
      ...quiet,
      command: { kind: 'argv', argv: ['a', 'b'] },
      env: { X: 'c' },
      health: { ...probe, check: { kind: 'http', url: '/d' } },
      ready: { ...probe, check: { kind: 'command', command: { kind: 'shell', line: 'e' } } },
    };
    expect(textsOf(spec)).toEqual([
      { path: ['command', 0], text: 'a' },
      { path: ['command', 1], text: 'b' },
      { path: ['env', 'X'], text: 'c' },
      { path: ['health', 'http'], text: '/d' },
      { path: ['ready', 'command'], text: 'e' },
    ]);
  });
});
