// The exported files are read by the real tools where they are installed, and by their shape everywhere.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { Service } from 'kubernetes-models/v1';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { composeFile } from '../../../src/cli/export/compose.ts';
import { kubernetesManifest } from '../../../src/cli/export/kubernetes.ts';
import { procfile } from '../../../src/cli/export/procfile.ts';
import { systemdUnits } from '../../../src/cli/export/systemd.ts';
import type { Project } from '../../../src/core/model/project.ts';
import { load } from '../../config/fixture.ts';

const CONFIG = `
name: Shop
secrets: [LICENCE]
services:
  db:
    container: {image: "postgres:18", volumes: ["data:/var/lib/postgresql", "./seed:/seed:ro"], pull: always}
    port: 15432
    container_port: 5432
    env: {POSTGRES_PASSWORD: pw-of-db}
    health: {command: "pg_isready -U postgres"}
  mail: {container: mailpit, ports: {smtp: 1025, web: 8025}}
  migrate: {command: "alembic upgrade head", depends_on: [db], restart: "no"}
  api:
    command: uvicorn app.main:app --port $PORT
    port: 8000
    cwd: backend
    health: {http: /health, restart: true, interval: 2s}
    env:
      DATABASE_URL: "postgresql://postgres:pw-in-url@\${db.address}/shop"
      MAIL: "\${mail.ports.web}"
      COST: "5 $$ 100%"
      LICENCE: abc-licence
    depends_on: {db: ready, migrate: completed}
    before: [echo hello]
    stop: {signal: SIGINT, grace: 90s}
    alerts: {memory: 1GiB}
  web: {command: [npm, run, dev, --, --port, "\${web.port}"], port: 5173, env: {API_URL: "\${api.url}"}, depends_on: [api], autostart: false}
`;

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'devdeck-export-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What the tool prints; undefined where it is not installed. */
function said(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const shop = (): Promise<Project> => load(CONFIG);

it.each([
  ['compose', (project: Project) => composeFile(project, () => false)],
  ['kubernetes', kubernetesManifest],
  ['procfile', procfile],
  [
    'systemd',
    (project: Project) =>
      systemdUnits(project)
        .map(({ text }) => text)
        .join('\n'),
  ],
])('%s names secrets and writes no value of them', async (_target, write) => {
  const text = write(await shop());
  for (const value of ['pw-of-db', 'pw-in-url', 'abc-licence']) expect(text).not.toContain(value);
  for (const name of ['POSTGRES_PASSWORD', 'DATABASE_URL', 'LICENCE']) expect(text).toContain(name);
});

it('compose: the services find each other by name, on the ports inside, and Compose accepts it', async () => {
  const text = composeFile(await shop(), (folder) => folder.endsWith('/backend'));
  const { services, volumes } = parse(text) as { services: Record<string, Record<string, unknown>>; volumes: unknown };
  expect(services['db']).toMatchObject({
    image: 'postgres:18',
    ports: ['127.0.0.1:15432:5432'],
    volumes: ['data:/var/lib/postgresql', './seed:/seed:ro'],
    environment: { POSTGRES_PASSWORD: '${POSTGRES_PASSWORD}' },
    healthcheck: { test: ['CMD-SHELL', 'pg_isready -U postgres'] },
    pull_policy: 'always',
  });
  expect(services['api']).toMatchObject({
    build: './backend',
    command: ['sh', '-c', 'uvicorn app.main:app --port $$PORT'],
    environment: { PORT: '8000', HOST: '0.0.0.0', MAIL: '8025', COST: '5 $$ 100%', DATABASE_URL: '${DATABASE_URL}' },
    depends_on: {
      db: { condition: 'service_healthy' },
      migrate: { condition: 'service_completed_successfully' },
    },
    stop_signal: 'SIGINT',
    stop_grace_period: '90s',
  });
  expect(services['web']).toMatchObject({ profiles: ['manual'], environment: { API_URL: 'http://api:8000' } });
  expect(volumes).toEqual({ data: {} });
  expect(text).toContain('# before is not said here');
  expect(text).toMatch(/# its folder has no Dockerfile: make an image web/);
  const file = join(temporaryFolder(), 'compose.yaml');
  writeFileSync(file, text);
  const read = said('docker', ['compose', '-f', file, 'config', '--format', 'json']);
  if (read !== undefined) {
    const api = (
      JSON.parse(read) as { services: Record<string, { command: string[]; environment: Record<string, string> }> }
    ).services['api'];
    expect(api?.command.at(-1)).toBe('uvicorn app.main:app --port $$PORT');
    expect(api?.environment['COST']).toBe('5 $$ 100%');
  }
});

/** The schemas of Kubernetes itself let unknown fields pass; these do not. */
const metadata = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
  labels: z.record(z.string(), z.string()),
});
const action = {
  httpGet: z.optional(z.strictObject({ path: z.string(), port: z.int() })),
  tcpSocket: z.optional(z.strictObject({ port: z.int() })),
  exec: z.optional(z.strictObject({ command: z.array(z.string()) })),
  periodSeconds: z.optional(z.int()),
  timeoutSeconds: z.optional(z.int()),
  failureThreshold: z.optional(z.int()),
  initialDelaySeconds: z.optional(z.int()),
};
const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  imagePullPolicy: z.optional(z.enum(['Always', 'Never', 'IfNotPresent'])),
  command: z.optional(z.array(z.string())),
  args: z.optional(z.array(z.string())),
  ports: z.optional(z.array(z.strictObject({ name: z.string().max(15), containerPort: z.int() }))),
  env: z.optional(
    z.array(
      z.union([
        z.strictObject({ name: z.string(), value: z.string() }),
        z.strictObject({
          name: z.string(),
          valueFrom: z.strictObject({ secretKeyRef: z.strictObject({ name: z.string(), key: z.string() }) }),
        }),
      ]),
    ),
  ),
  readinessProbe: z.optional(z.strictObject(action)),
  livenessProbe: z.optional(z.strictObject(action)),
  volumeMounts: z.optional(z.array(z.strictObject({ name: z.string(), mountPath: z.string() }))),
});
const template = z.strictObject({
  metadata: z.strictObject({ labels: z.record(z.string(), z.string()) }),
  spec: z.strictObject({
    restartPolicy: z.optional(z.literal('OnFailure')),
    terminationGracePeriodSeconds: z.int(),
    containers: z.array(container).length(1),
    volumes: z.optional(z.array(z.strictObject({ name: z.string(), emptyDir: z.strictObject({}) }))),
  }),
});
const manifest = z.union([
  z.strictObject({
    apiVersion: z.literal('apps/v1'),
    kind: z.literal('Deployment'),
    metadata,
    spec: z.strictObject({
      replicas: z.int(),
      selector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
      template,
    }),
  }),
  z.strictObject({
    apiVersion: z.literal('batch/v1'),
    kind: z.literal('Job'),
    metadata,
    spec: z.strictObject({ backoffLimit: z.int(), template }),
  }),
  z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('Service'),
    metadata,
    spec: z.strictObject({
      selector: z.record(z.string(), z.string()),
      ports: z.array(z.strictObject({ name: z.string().max(15), port: z.int(), targetPort: z.int() })),
    }),
  }),
]);

/** By the schemas of Kubernetes. */
function validate(object: z.output<typeof manifest>): void {
  const models = { Deployment, Job, Service };
  // Their types do not allow a property that is undefined.
  new models[object.kind](object as never).validate();
}

it('kubernetes: every object is valid, and has the fields of its kind and no others', async () => {
  const documents = parseAllDocuments(kubernetesManifest(await shop())).map((document) => document.toJSON() as unknown);
  const objects = documents.filter((one) => one !== null).map((one) => z.parse(manifest, one));
  for (const object of objects) validate(object);
  expect(objects.map(({ kind, metadata: { name } }) => `${kind} ${name}`)).toEqual([
    'Deployment db',
    'Service db',
    'Deployment mail',
    'Service mail',
    'Job migrate',
    'Deployment api',
    'Service api',
    'Deployment web',
    'Service web',
  ]);
  const api = objects.find(({ kind, metadata: { name } }) => kind === 'Deployment' && name === 'api');
  expect(api).toMatchObject({
    spec: {
      replicas: 1,
      template: {
        spec: {
          terminationGracePeriodSeconds: 90,
          containers: [
            {
              readinessProbe: { httpGet: { path: '/health', port: 8000 }, periodSeconds: 2 },
              livenessProbe: { httpGet: { path: '/health' } },
            },
          ],
        },
      },
    },
  });
});

it('systemd: the units are accepted by systemd-analyze, and wait for each other', async () => {
  const project = await shop();
  const folder = temporaryFolder();
  const units = systemdUnits({ ...project, services: project.services.map((spec) => ({ ...spec, cwd: '/' })) });
  for (const { name, text } of units) writeFileSync(join(folder, name), text);
  const paths = units.map(({ name }) => join(folder, name));
  const api = units.find(({ name }) => name === 'shop-api.service')?.text ?? '';
  expect(api).toMatch(/Requires=shop-db\.service\nAfter=shop-db\.service/);
  expect(api).toContain('Environment="COST=5 $ 100%%"');
  expect(api).toContain('ExecStart=/bin/sh -c "uvicorn app.main:app --port $$PORT"');
  expect(api).toContain('MemoryHigh=1073741824');
  expect(units.find(({ name }) => name === 'shop.target')?.text).not.toContain('shop-web.service');
  expect(said('systemd-analyze', ['verify', ...paths]) ?? '').toBe('');
});

it('procfile: a line for each service that a shell can run', async () => {
  const text = procfile(await shop());
  const entries = text.split('\n').filter((line) => /^[\w-]+: /.test(line));
  expect(entries.map((line) => line.split(':')[0])).toEqual(['db', 'mail', 'migrate', 'api', 'web']);
  for (const line of entries) execFileSync('sh', ['-n', '-c', line.replace(/^[\w-]+: /, '')]);
  const file = join(temporaryFolder(), 'Procfile');
  writeFileSync(file, text);
  expect(said('foreman', ['check', '-f', file]) ?? 'valid procfile').toContain('valid procfile');
  expect(text).toContain(`COST='5 $ 100%' sh -c 'uvicorn app.main:app --port $PORT'`);
});

it('a service of a Compose file stays one if possible; otherwise a comment says so', async () => {
  const project = await load('name: shop\nservices:\n  cache: {compose: {file: dev.yaml, service: redis}}\n');
  expect(parse(composeFile(project, () => false))).toMatchObject({
    services: { cache: { extends: { file: './dev.yaml', service: 'redis' } } },
  });
  expect(kubernetesManifest(project)).toContain('# cache: comes from a Compose file (redis)');
  expect(procfile(project)).toMatch(/^cache: docker compose -f \S+dev\.yaml up --no-deps --no-log-prefix redis$/m);
});
