import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/core/view/explain.ts';
import type { ContainerSpec, ServiceSpec } from '../../../src/core/model/project.ts';
import type { RunContainer } from '../../../src/core/model/run.ts';
import { CoreSession } from '../../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const IMAGE: ContainerSpec = { kind: 'image', image: 'postgres:18', volumes: [], pull: 'missing' };
const CONTAINER: RunContainer = {
  id: 'ab'.repeat(32),
  name: 'shop-db',
  image: 'postgres:18',
  engine: 'Docker',
  hasHealthcheck: false,
  hindrance: undefined,
};

/** A session whose one service is a container that is being started. */
function starting(overrides: Partial<ServiceSpec> = {}): CoreSession {
  const db = serviceSpec('db', { container: IMAGE, stop: { graceMs: 10_000 }, ...overrides });
  const session = new CoreSession([db]);
  return session.send({ type: 'start', names: ['db'], options: {} });
}

function started(overrides: Partial<ServiceSpec> = {}, container: Partial<RunContainer> = {}): CoreSession {
  return starting(overrides).send({
    type: 'containerStarted',
    service: 'db',
    run: 1,
    container: { ...CONTAINER, ...container },
  });
}

const hinder = (session: CoreSession, hindrance: string | undefined) =>
  session.send({ type: 'containerHindered', service: 'db', run: 1, hindrance });

describe('a container that starts', () => {
  it('reports its progress', () => {
    const session = starting();
    session.send({ type: 'startProgress', service: 'db', run: 1, progress: 'pulling postgres:18, 34 %' });
    expect(explain(session.service('db'))).toBe('pulling postgres:18, 34 %');
  });

  it('is cancelled once when it is no longer wanted, and then stopped', () => {
    const session = starting();
    session.send({ type: 'stop', names: ['db'], isForced: false });
    session.send({ type: 'startProgress', service: 'db', run: 1, progress: 'pulling postgres:18, 35 %' });
    expect(session.take('abandonStart')).toHaveLength(1);
    session.send({ type: 'spawnFailed', service: 'db', run: 1, reason: 'its start was cancelled' });
    expect(session.status('db')).toBe('stopped');
  });

  it('starts again when it was restarted during its start', () => {
    const session = starting();
    session.send({ type: 'restart', names: ['db'] });
    session.send({ type: 'spawnFailed', service: 'db', run: 1, reason: 'its start was cancelled' });
    expect(session.status('db')).toBe('spawning');
    expect(session.take('spawn').map(({ run }) => run)).toEqual([1, 2]);
  });

  it('fails without an engine, and starts when an engine appears', () => {
    const session = starting();
    session.send({ type: 'spawnFailed', service: 'db', run: 1, reason: 'Docker does not run', awaitsEngine: true });
    expect(session.status('db')).toBe('failed');
    session.send({ type: 'engineFound' });
    expect(session.status('db')).toBe('spawning');
  });

  it('stays failed for another reason when an engine appears', () => {
    const session = starting();
    session.send({ type: 'spawnFailed', service: 'db', run: 1, reason: 'there is no such image' });
    session.send({ type: 'engineFound' });
    expect(session.status('db')).toBe('failed');
  });
});

describe('a container that runs', () => {
  it('is as healthy as the check of its image says', () => {
    const session = started({}, { hasHealthcheck: true });
    session.fire('db', 'probe');
    expect(session.take('probe')).toMatchObject([{ probe: { check: { kind: 'healthcheck' } } }]);
    session.probed('db', true);
    expect(session.status('db')).toBe('ready');
    session.fire('db', 'probe');
    session.probed('db', false);
    expect(session.status('db')).toBe('unhealthy');
  });

  it('is probed as the config says', () => {
    const command = { kind: 'shell', line: 'pg_isready' } as const;
    const timing = { intervalMs: 1, timeoutMs: 1, retries: 1, startPeriodMs: 1 };
    const session = started({ health: { check: { kind: 'command', command }, ...timing } }, { hasHealthcheck: true });
    session.fire('db', 'probe');
    expect(session.take('probe')).toMatchObject([{ probe: { check: { kind: 'command' } } }]);
  });

  it('is unhealthy while it is paused, and ready afterwards', () => {
    const session = started();
    session.fire('db', 'settle');
    hinder(session, 'the container is paused');
    expect(session.service('db').state).toMatchObject({ status: 'unhealthy', reason: 'the container is paused' });
    session.probed('db', true);
    expect(session.status('db')).toBe('unhealthy');
    hinder(session, undefined);
    expect(session.status('db')).toBe('ready');
  });

  it('is probed again when it was paused before it was ready', () => {
    const session = started();
    hinder(session, 'the container is paused');
    hinder(session, undefined);
    expect(session.status('db')).toBe('starting');
    session.fire('db', 'settle');
    expect(session.status('db')).toBe('ready');
  });

  it('is stopped by the signal that its image wants', () => {
    const session = started();
    session.send({ type: 'stop', names: ['db'], isForced: false });
    expect(session.take('signalTree')).toMatchObject([{ run: 1, signal: undefined }]);
    expect(explain(session.service('db'))).toBe('its stop signal sent, waiting for the container shop-db to stop');
  });

  it('says why it ended when its exit code does not', () => {
    const session = started({ restart: { ...serviceSpec('db').restart, when: 'no' } });
    const exit = { code: 137, signal: null, cause: 'killed: out of memory' };
    session.send({ type: 'processExited', service: 'db', run: 1, exit });
    session.gone('db');
    expect(session.service('db').state).toMatchObject({ status: 'failed', reason: 'killed: out of memory' });
  });
});

it("a port of the service's own container is no conflict", () => {
  const session = starting({ port: portSpec(5432) });
  const [check] = session.take('checkPort');
  session.send({
    type: 'portChecked',
    service: 'db',
    epoch: check?.epoch ?? 0,
    use: { port: 5432, addresses: ['127.0.0.1'], owners: [] },
    isOwnContainer: true,
  });
  expect(session.status('db')).toBe('spawning');
});
