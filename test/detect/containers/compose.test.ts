import { expect, it } from 'vitest';
import { ofFile, proposed } from '../proposed.ts';

const of = (text: string, others: Readonly<Record<string, string>> = {}) => ofFile('compose.yaml', text, others);

it('merge keys are expanded', () => {
  const { service } = of(
    'x-db: &db {image: "postgres:16", ports: ["15432:5432"]}\nservices: {store: {<<: *db}, api: {build: ., depends_on: {store: {condition: service_healthy}}}}',
  );
  expect(service('store').health?.check).toMatchObject({
    command: { line: 'pg_isready -q' },
  });
  expect(service('api').dependsOn).toEqual([{ service: 'store', condition: 'ready' }]);
});

it('many aliases are read', () => {
  const services = Array.from({ length: 80 }, (_, index) => `  s${index}:\n    <<: *all\n    image: x\n`).join('');
  const { names } = of(
    `x-a: &a {restart: no}\nx-b: &b {a: *a, b: *a}\nx-all: &all {l: *b, m: *b, n: *b}\nservices:\n${services}`,
  );
  expect(names).toHaveLength(80);
});

it('services of a profile start when they are named', () => {
  const { service } = of('services: {db: {image: "postgres:16"}, admin: {image: pgadmin, profiles: [tools]}}');
  expect(service('db').autostart).toBe(true);
  expect(service('admin')).toMatchObject({ autostart: false, container: { profiles: ['tools'] } });
});

it.each([
  ['[CMD-SHELL, "curl -f http://localhost/ || exit 1"]', 'curl -f http://localhost/ || exit 1'],
  ['[CMD, mysqladmin, ping, "-p$$ROOT"]', "mysqladmin ping '-p$ROOT'"],
  ['redis-cli ping', 'redis-cli ping'],
])('a healthcheck %s is asked inside the container', (test, asked) => {
  const { service } = of(`services: {a: {image: x, healthcheck: {test: ${test}}}}`);
  expect(service('a').health?.check).toMatchObject({ command: { line: asked } });
});

it('a published port from a variable of .env is used', () => {
  const { service } = of('services: {a: {image: x, ports: ["127.0.0.1:${A_PORT}:80"]}}', { '.env': 'A_PORT=8088' });
  expect(service('a').health?.check).toEqual({ kind: 'tcp', target: 'localhost:8088' });
});

it('the override file and extended files are included', () => {
  const { service, names } = of('services: {db: {extends: {file: base.yaml, service: pg}}}', {
    'base.yaml': 'services: {pg: {image: "postgres:16"}}',
    'compose.override.yaml': 'services: {db: {ports: ["5433:5432"]}, mail: {image: mailpit}}',
  });
  expect(names).toEqual(['db', 'mail']);
  expect(service('db').container).toMatchObject({ kind: 'compose', service: 'db', files: [] });
  expect(service('db').health?.check).toMatchObject({ kind: 'command' });
});

const NEXT = { 'package.json': '{"scripts":{"dev":"next dev"},"dependencies":{"next":"15"}}' };

it('a compose file for development gives its databases', () => {
  const { service } = proposed({ ...NEXT, 'docker-compose.dev.yml': 'services: {pg: {image: "postgres:16"}}' });
  expect(service('pg').container).toMatchObject({ service: 'pg', files: ['/shop/docker-compose.dev.yml'] });
});

it('a development file is merged over the main one', () => {
  const { service } = proposed({
    ...NEXT,
    'docker-compose.yml': 'services: {pg: {image: "postgres:16"}, app: {build: .}}',
    'docker-compose.dev.yml': 'services: {pg: {ports: ["5432:5432"]}}',
  });
  expect(service('pg').container).toMatchObject({
    files: ['/shop/docker-compose.yml', '/shop/docker-compose.dev.yml'],
  });
});

it('services that are left out beside code are named', () => {
  const { notes, names } = proposed({ ...NEXT, 'compose.yaml': 'services: {pg: {image: postgres}, api: {build: .}}' });
  expect(names).toEqual(['pg', 'frontend']);
  expect(notes).toEqual(['Left out of compose.yaml: api. To take all of it: devdeck init --from compose.yaml']);
});

it('a dependency outside of the services is reported', () => {
  const { leftOut } = of('services: {a: {image: x, depends_on: [gone]}}');
  expect(leftOut('a')).toEqual(['depends_on: gone (it is not among the services)']);
});

it('one of several files is taken, and the others are named', () => {
  const { names, notes } = proposed({
    ...NEXT,
    'compose.local.yaml': 'services: {redis: {image: redis}}',
    'docker-compose.dev.yml': 'services: {pg: {image: postgres}}',
  });
  expect(names).toEqual(['pg', 'frontend']);
  expect(notes).toEqual([
    'There is compose.local.yaml too, with redis. To take all of it: devdeck init --from compose.local.yaml',
  ]);
});

it('a file that a script names is included', () => {
  const { service } = proposed({
    'package.json':
      '{"scripts":{"dev":"vite","db":"docker compose -f infra/db.yml up -d","ci":"docker compose -f ci.yml up"}}',
    'infra/db.yml': 'services: {pg: {image: postgres}}',
    'ci.yml': 'services: {mongo: {image: mongo}}',
  });
  expect(service('pg').container).toMatchObject({ files: ['/shop/infra/db.yml'] });
});

it('a healthcheck keeps the times of the file', () => {
  const { service } = of(
    'services: {a: {image: x, healthcheck: {test: [CMD, ok], interval: 5s, timeout: 1m30s, retries: 4, start_period: "${P:-1s}"}}}',
  );
  expect(service('a').health).toMatchObject({
    intervalMs: 5_000,
    timeoutMs: 90_000,
    retries: 4,
    startPeriodMs: 60_000,
  });
});

it('included files are read with their own includes, relative to their folders', () => {
  const { names } = proposed(
    {
      'compose.yaml': 'include: [infra/compose.yaml, {path: [./mail.yaml]}]\nservices: {web: {image: x}}\n',
      'infra/compose.yaml': 'include: [more/db.yaml]\nservices: {cache: {image: redis}}\n',
      'infra/more/db.yaml': 'services: {db: {image: postgres}}\n',
      'mail.yaml': 'services: {mail: {image: axllent/mailpit}}\n',
    },
    'compose.yaml',
  );
  expect(names.toSorted()).toEqual(['cache', 'db', 'mail', 'web']);
});

it('what a container of the code is told of its databases is said as the line to write', () => {
  const compose = (environment: string) =>
    `services:\n  app: {build: ., environment: ${environment}}\n  db: {image: postgres}\n  cache: {image: redis}\n`;
  const told = (environment: string) =>
    proposed({
      'compose.yaml': compose(environment),
      'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
    }).notes.join('\n');
  expect(told('{URL: "postgres://a:b@db:5432/x?s=1", DB: db, MODE: dev}')).toContain(
    'For its code write env: {URL: "postgres://a:b@${db.address}/x?s=1", DB: "${db.host}"}',
  );
  expect(told('["CACHE_URL=redis://cache"]')).toContain('env: {CACHE_URL: "redis://${cache.address}"}');
  expect(told('{URL: "https://dbs.example.com/db", N: 5}')).not.toContain('For its code');
});

it.each(['scale: 0', 'deploy: {replicas: 0}'])('a service with %s is not started by itself', (none) => {
  const { service } = of(`services: {a: {image: x, ${none}}, b: {image: x, deploy: {replicas: 2}}}`);
  expect([service('a').autostart, service('b').autostart]).toEqual([false, true]);
});
