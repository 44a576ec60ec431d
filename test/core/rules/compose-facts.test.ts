import { expect, it } from 'vitest';
import type { ComposeFacts } from '../../../src/core/model/compose-facts.ts';
import type { ServiceSpec } from '../../../src/core/model/project.ts';
import { neededServices, withComposeFacts } from '../../../src/core/rules/compose-facts.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const composed = (name: string, service = name, files: readonly string[] = []): ServiceSpec =>
  serviceSpec(name, { container: { kind: 'compose', service, files, profiles: [] } });

const facts = (overrides: Partial<ComposeFacts> = {}): ComposeFacts => ({
  project: 'shop',
  ports: [
    { published: undefined, inside: 9000, address: undefined },
    { published: 8025, inside: 80, address: '127.0.0.1' },
  ],
  dependsOn: [],
  ...overrides,
});

it('the first published port of the file is the port of the service', () => {
  expect(withComposeFacts(composed('mail'), facts(), [])).toMatchObject({
    port: { wanted: 8025, inside: 80, host: '127.0.0.1', env: 'PORT', range: { from: 8025, to: 8124 } },
    container: { project: 'shop' },
  });
});

it('further published ports are named by their port inside, or by the config', () => {
  const two = facts({
    ports: [
      { published: 1025, inside: 1025, address: undefined },
      { published: 8025, inside: 80, address: '127.0.0.1' },
    ],
  });
  expect(withComposeFacts(composed('mail'), two, [])).toMatchObject({
    port: { wanted: 1025 },
    morePorts: [{ name: '80', wanted: 8025, inside: 80, host: '127.0.0.1', env: 'PORT_80' }],
  });
  const named = { ...composed('mail'), morePorts: [{ ...portSpec(8025), name: 'web', env: 'PORT_web' }] };
  expect(withComposeFacts(named, two, [])).toMatchObject({
    port: { wanted: 1025 },
    morePorts: [{ name: 'web', wanted: 8025, inside: 80 }],
  });
});

it('a port of the config wins, and maps to the port inside of the file', () => {
  const own = { ...composed('mail'), port: portSpec(9999) };
  expect(withComposeFacts(own, facts(), []).port).toEqual({ ...portSpec(9999), inside: 9000 });
  const same = { ...composed('mail'), port: portSpec(8025) };
  expect(withComposeFacts(same, facts(), []).port?.inside).toBe(80);
  const said = { ...composed('mail'), port: { ...portSpec(9999), inside: 1 } };
  expect(withComposeFacts(said, facts(), []).port?.inside).toBe(1);
});

it('the grace period of the file holds, unless the config has one', () => {
  const slow = facts({ stopGraceMs: 90_000 });
  expect(withComposeFacts(composed('mail'), slow, []).stop.graceMs).toBe(90_000);
  const container = { kind: 'compose', service: 'mail', files: [], profiles: [], hasOwnGrace: true } as const;
  expect(withComposeFacts({ ...composed('mail'), container }, slow, []).stop.graceMs).toBe(10_000);
});

it('dependencies of the file become dependencies of the services of the same file', () => {
  const dependsOn = [
    { service: 'postgres', condition: 'ready' },
    { service: 'unknown', condition: 'started' },
  ] as const;
  const others = [
    composed('db', 'postgres'),
    composed('other', 'postgres', ['/x/compose.yaml']),
    serviceSpec('unknown'),
  ];
  expect(withComposeFacts(composed('mail'), facts({ dependsOn }), others).dependsOn).toEqual([
    { service: 'db', condition: 'ready' },
  ]);
  const own = { ...composed('mail'), dependsOn: [{ service: 'db', condition: 'started' }] as const };
  expect(withComposeFacts(own, facts({ dependsOn }), others).dependsOn).toEqual(own.dependsOn);
});

it('further services of the file that it needs start with it, unless the session has them', () => {
  const needs = (...names: readonly string[]) => ({
    dependsOn: names.map((service) => ({ service, condition: 'started' as const })),
  });
  const model = new Map([
    ['web', needs('api', 'db')],
    ['api', needs('cache', 'web')],
    ['db', needs('disk')],
  ]);
  expect(neededServices('web', model, new Set(['db']))).toEqual(['web', 'api', 'cache']);
});
