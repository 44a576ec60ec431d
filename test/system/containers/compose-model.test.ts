// As `docker compose config --format json` prints it (Compose 2.26).

import { expect, it } from 'vitest';
import { changedModel, readModel } from '../../../src/system/containers/compose-model.ts';

const JSON_OF_COMPOSE = {
  name: 'shop',
  services: {
    db: {
      image: 'postgres:18',
      environment: { POSTGRES_PASSWORD: 'a$$b', EMPTY: null },
      ports: [
        { mode: 'ingress', target: 5432, published: '5432', protocol: 'tcp' },
        { mode: 'ingress', target: 53, published: '53', protocol: 'udp' },
        { mode: 'ingress', target: 9187, protocol: 'tcp' },
        { mode: 'ingress', host_ip: '127.0.0.1', target: 81, published: '8000-8010', protocol: 'tcp' },
      ],
      depends_on: {
        init: { condition: 'service_completed_successfully', required: true },
        cache: { condition: 'service_healthy', required: true },
        log: { condition: 'service_started', required: true },
      },
      profiles: ['dev'],
    },
    api: { build: { context: '/shop/api' }, image: 'api' },
  },
};

const known = (project?: string) => ({
  source: { folder: '/shop', files: [], profiles: [], ...(project === undefined ? {} : { project }) },
  profiles: [],
  folder: '/shop',
});

const model = () => {
  const read = readModel(JSON_OF_COMPOSE, known());
  if (read === undefined) throw new Error('it was not read');
  return read;
};

const portsOf = (changed: unknown) => (changed as typeof JSON_OF_COMPOSE).services.db.ports;

it('a Compose file is read with ports, dependencies, images and profiles', () => {
  const { project, services } = model();
  expect(project).toBe('shop');
  expect(services.get('db')).toEqual({
    facts: {
      project: 'shop',
      ports: [
        { published: 5432, inside: 5432, address: undefined },
        { published: undefined, inside: 9187, address: undefined },
        { published: 8000, inside: 81, address: '127.0.0.1' },
      ],
      dependsOn: [
        { service: 'init', condition: 'completed' },
        { service: 'cache', condition: 'ready' },
        { service: 'log', condition: 'started' },
      ],
    },
    image: 'postgres:18',
    isBuilt: false,
    profiles: ['dev'],
    pullPolicy: undefined,
  });
  expect(services.get('api')).toMatchObject({ isBuilt: true });
});

it('does not change when no setting differs', () => {
  const published = [{ inside: 5432, port: 5432, address: '127.0.0.1' }];
  expect(changedModel(model(), { service: 'db', published, env: {} })).toBe(undefined);
  expect(changedModel(model(), { service: 'db', published: [], env: {} })).toBe(undefined);
});

it('publishes one port elsewhere, and leaves the others', () => {
  const published = [{ inside: 5432, port: 5555, address: '127.0.0.1' }];
  const ports = portsOf(changedModel(model(), { service: 'db', published, env: {} }));
  expect(ports[0]).toEqual({ mode: 'ingress', target: 5432, published: '5555', protocol: 'tcp' });
  expect(ports.slice(1)).toEqual(JSON_OF_COMPOSE.services.db.ports.slice(1));
});

it('the override publishes a port that the file does not', () => {
  const published = [{ inside: 7000, port: 7001, address: '127.0.0.1' }];
  expect(portsOf(changedModel(model(), { service: 'db', published, env: {} })).at(-1)).toEqual({
    mode: 'ingress',
    target: 7000,
    published: '7001',
    protocol: 'tcp',
    host_ip: '127.0.0.1',
  });
});

it('the override adds variables, with every dollar as Compose writes it', () => {
  const changed = changedModel(model(), { service: 'db', published: [], env: { MODE: 'a$b' } });
  expect((changed as typeof JSON_OF_COMPOSE).services.db.environment).toEqual({
    POSTGRES_PASSWORD: 'a$$b',
    EMPTY: null,
    MODE: 'a$$b',
  });
});

it.each([undefined, [], {}, { services: {} }])('is not found in %j', (json) => {
  expect(readModel(json, known())).toBe(undefined);
});

it.each([
  ['10s', 10_000],
  ['1m30s', 90_000],
  ['1h0m0s', 3_600_000],
  ['500ms', 500],
  ['soon', undefined],
])('reads a grace period of %s', (stop_grace_period, stopGraceMs) => {
  const json = { name: 'shop', services: { web: { image: 'web', stop_grace_period } } };
  expect(readModel(json, known())?.services.get('web')?.facts.stopGraceMs).toBe(stopGraceMs);
});

it('has no fixed container names in a project with another name', () => {
  const json = {
    name: 'shop-2',
    services: { db: { image: 'x', container_name: 'db' }, web: { container_name: 'web' } },
  };
  const change = { service: 'db', published: [], env: {} };
  const asWritten = readModel(json, known());
  const renamed = readModel(json, known('shop-2'));
  expect(asWritten && changedModel(asWritten, change)).toBe(undefined);
  expect(renamed && changedModel(renamed, change)).toEqual({
    name: 'shop-2',
    services: { db: { image: 'x' }, web: {} },
  });
});
