import { expect, it } from 'vitest';
import type { ComposeFacts } from '../../../src/core/model/compose-facts.ts';
import type { ServiceSpec } from '../../../src/core/model/project.ts';
import { explain } from '../../../src/core/view/explain.ts';
import { CoreSession } from '../../helpers/core-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const FACTS: ComposeFacts = {
  project: 'shop',
  ports: [{ published: 5432, inside: 5432, address: undefined }],
  dependsOn: [],
};

function composed(name: string, overrides: Partial<ServiceSpec> = {}): ServiceSpec {
  const container = { kind: 'compose', service: name, files: [], profiles: [] } as const;
  return serviceSpec(name, { container, stop: { graceMs: 1_000 }, ...overrides });
}

function session(...specs: readonly ServiceSpec[]): CoreSession {
  return new CoreSession(specs).send({ type: 'start', names: [], options: {} });
}

const read = (core: CoreSession, service: string, facts: Partial<ComposeFacts> = {}) =>
  core.send({ type: 'composeRead', service, facts: { ...FACTS, ...facts } });

it('a service of a Compose file starts on the port of the file', () => {
  const core = session(composed('db'));
  expect(core.take('readCompose')).toMatchObject([{ service: 'db' }]);
  expect(explain(core.service('db'))).toContain('its Compose file is being read');
  read(core, 'db');
  expect(core.take('checkPort')).toMatchObject([{ service: 'db', port: 5432 }]);
});

it('the Compose file is read once', () => {
  const core = session(composed('db'), serviceSpec('web'));
  core.send({ type: 'restart', names: ['web'] }).send({ type: 'start', names: ['db'], options: {} });
  expect(core.take('readCompose')).toHaveLength(1);
});

it('the Compose file is read again for a restart, and moved ports stay', () => {
  const core = session(composed('db'));
  read(core, 'db').bringUpReady();
  core.take('readCompose');
  core.send({ type: 'restart', names: ['db'] });
  core.exit('db', 0).gone('db');
  expect(core.take('readCompose')).toHaveLength(1);
  read(core, 'db', { ports: [{ published: 5433, inside: 5432, address: undefined }] });
  expect(core.take('checkPort')).toMatchObject([{ port: 5433 }]);
});

it('a service that refers to its port waits for it without depends_on', () => {
  const core = session(serviceSpec('api', { env: { DB: '${db.address}' } }), composed('db', { autostart: false }));
  expect(core.status('api')).toBe('waiting');
  expect(core.take('readCompose')).toMatchObject([{ service: 'db' }]);
  read(core, 'db');
  expect(core.take('spawn')).toMatchObject([{ service: 'api', ports: { db: 5432 } }]);
});

it('a Compose service fails with the message of Compose, and so do services that refer to it', () => {
  const core = session(composed('db'), serviceSpec('api', { env: { DB: '${db.address}' } }));
  core.take('readCompose');
  core.send({ type: 'composeUnreadable', service: 'db', problem: 'docker compose: yaml: line 3' });
  expect(core.service('db').state).toMatchObject({ status: 'failed', reason: 'docker compose: yaml: line 3' });
  expect(explain(core.service('api'))).toContain('db: docker compose: yaml: line 3');
  core.send({ type: 'start', names: ['db'], options: {} });
  expect(core.take('readCompose')).toHaveLength(1);
});

it('a Compose service starts when a missing engine answers', () => {
  const core = session(composed('db'));
  core.take('readCompose');
  core.send({ type: 'composeUnreadable', service: 'db', problem: 'Docker does not run', awaitsEngine: true });
  core.send({ type: 'engineFound' });
  expect(core.take('readCompose')).toHaveLength(1);
  read(core, 'db');
  expect(core.status('db')).toBe('checking');
});

it('an edited config keeps the facts of the file, and restarts nothing for it', () => {
  const core = session(composed('db'));
  read(core, 'db').bringUpReady();
  const services = [composed('db', { autostart: false })];
  const project = { name: 'shop', services } as unknown as Parameters<typeof applied>[0];
  core.send(applied(project));
  expect(core.status('db')).toBe('ready');
  expect(core.service('db')).toMatchObject({ port: 5432, spec: { autostart: false, port: { wanted: 5432 } } });
});

function applied(project: Extract<Parameters<CoreSession['send']>[0], { type: 'applyConfig' }>['project']) {
  return { type: 'applyConfig', project } as const;
}
