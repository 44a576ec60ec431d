import { describe, expect, it } from 'vitest';
import type { ProbeCheck, ServiceSpec } from '../../../src/core/model/project.ts';
import { speaksHttp } from '../../../src/core/view/speaks-http.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

function hasPage(overrides: Partial<ServiceSpec>): boolean {
  const spec = serviceSpec('web', { port: portSpec(3000), ...overrides });
  return speaksHttp({ spec, port: spec.port?.wanted }, []);
}

function probedBy(check: ProbeCheck): Pick<ServiceSpec, 'health'> {
  return { health: { check, intervalMs: 1, timeoutMs: 1, retries: 1, startPeriodMs: 1 } };
}

const byCommand = (line: string) => probedBy({ kind: 'command', command: { kind: 'shell', line } });

describe('a service is shown with the URL of a page', () => {
  it.each<[string, Partial<ServiceSpec>]>([
    ['when nothing tells otherwise', {}],
    [
      'when it is asked over HTTP, wherever it listens',
      { port: portSpec(6379), ...probedBy({ kind: 'http', url: '/' }) },
    ],
    ['when its command asks over HTTP', byCommand('curl -fsS localhost:$PORT/health')],
  ])('%s', (_when, overrides) => expect(hasPage(overrides)).toBe(true));
});

describe('a service is shown with an address and no URL', () => {
  it.each<[string, Partial<ServiceSpec>]>([
    ['when only its port is tried', probedBy({ kind: 'tcp' })],
    ['when a command of its own asks it', byCommand('pg_isready -U postgres')],
    ['when it listens where a database does', { port: portSpec(5432) }],
    ['when its container listens where a database does', { port: { ...portSpec(15_432), inside: 5432 } }],
  ])('%s', (_when, overrides) => expect(hasPage(overrides)).toBe(false));

  it('when it listens for UDP alone', () => {
    const spec = serviceSpec('dns', { port: portSpec(5300) });
    const listening = [{ address: '127.0.0.1', port: 5300, pid: 1, protocol: 'udp' as const }];
    expect(speaksHttp({ spec, port: 5300 }, listening)).toBe(false);
  });
});
