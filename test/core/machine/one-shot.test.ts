import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/core/view/explain.ts';
import { viewService } from '../../../src/core/view/view.ts';
import { markOneShots } from '../../../src/core/rules/graph.ts';
import { CoreSession } from '../../helpers/core-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const start = { type: 'start', names: [], options: {} } as const;
const facts = { trees: new Map(), alerts: new Map(), logFile: String, toTime: String };

const app = () =>
  new CoreSession(
    markOneShots([
      serviceSpec('migrate'),
      serviceSpec('web', { dependsOn: [{ service: 'migrate', condition: 'completed' }] }),
    ]),
  );
const viewOf = (session: CoreSession, name: string) => viewService(session.state, session.service(name), facts);
const migrated = () => app().send(start).bringUp().exit('migrate', 0).gone('migrate').bringUpReady();

describe('a one-shot', () => {
  it('is running and never ready until it ends', () => {
    const session = app().send(start).bringUp();
    expect(session.take('startTimer').filter(({ kind }) => kind === 'settle')).toEqual([]);
    expect(viewOf(session, 'migrate')).toMatchObject({
      state: 'running',
      ready: false,
      why: 'runs until it has completed',
    });
    expect(viewOf(session, 'web')).toMatchObject({ state: 'waiting', why: 'waits ← migrate is starting' });
  });

  it('counts as ready for dependents once it has completed', () => {
    const session = new CoreSession(
      markOneShots([
        serviceSpec('migrate'),
        serviceSpec('web', { dependsOn: [{ service: 'migrate', condition: 'completed' }] }),
        serviceSpec('worker', { dependsOn: [{ service: 'migrate', condition: 'ready' }] }),
      ]),
    );
    session.send(start).bringUp().exit('migrate', 0).gone('migrate').bringUpReady();
    expect(session.statuses()).toEqual({ migrate: 'exited', web: 'ready', worker: 'ready' });
  });

  it('does not run again when all services, or its dependents, start', () => {
    const session = migrated();
    session.send(start).bringUp();
    session
      .send({ type: 'stop', names: ['web'], isForced: false })
      .exit('web', 0)
      .gone('web');
    session.send({ type: 'start', names: ['web'], options: {} }).bringUpReady();
    session.send({ type: 'start', names: ['migrate'], options: { repeatsCompleted: false } }).bringUp();
    expect(session.statuses()).toEqual({ migrate: 'exited', web: 'ready' });
    expect([session.service('migrate').runs, session.service('web').runs]).toEqual([1, 2]);
  });

  it.each([
    ['it is named', { type: 'start', names: ['migrate'], options: {} }],
    ['it is restarted', { type: 'restart', names: ['migrate'] }],
    ['a file changes that it watches', { type: 'filesChanged', service: 'migrate', files: ['db/1.sql'] }],
  ] as const)('runs again when %s', (_what, input) => {
    expect(migrated().send(input).bringUp().service('migrate').runs).toBe(2);
  });
});

describe('a dependency that failed for good', () => {
  const pair = () =>
    new CoreSession([
      serviceSpec('boot'),
      serviceSpec('web', { dependsOn: [{ service: 'boot', condition: 'ready' }] }),
      serviceSpec('e2e', { dependsOn: [{ service: 'web', condition: 'ready' }] }),
    ]);

  it('makes its dependents give up at once, with a hint', () => {
    const session = pair().send(start).bringUp().exit('boot', 0).gone('boot');
    expect(viewOf(session, 'web')).toMatchObject({ state: 'waiting', isStuck: true });
    expect(viewOf(session, 'e2e').isStuck).toBe(true);
    expect(explain(session.service('web'))).toBe(
      'waits ← boot is exited and will not be ready; if it is meant to end, write depends_on: {boot: completed}',
    );
  });

  it('lets its dependents start after all when it recovers', () => {
    const session = pair().send(start).bringUp().exit('boot', 127).gone('boot');
    expect(viewOf(session, 'web').isStuck).toBe(true);
    session.send({ type: 'restart', names: ['boot'] });
    expect([viewOf(session, 'web').isStuck, viewOf(session, 'e2e').isStuck]).toEqual([false, false]);
    expect(session.bringUpReady().statuses()).toEqual({ boot: 'ready', web: 'ready', e2e: 'ready' });
  });

  it('does not count as failed while it is tried again', () => {
    const session = pair().send(start).bringUp().exit('boot', 1).gone('boot');
    expect([session.status('boot'), viewOf(session, 'web').isStuck]).toEqual(['backoff', false]);
  });
});
