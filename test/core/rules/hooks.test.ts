// Commands before a start: each to its end, and what follows when one fails, hangs, or is not wanted any more.

import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/core/view/explain.ts';
import type { Hook } from '../../../src/core/model/project.ts';
import { viewService } from '../../../src/core/view/view.ts';
import { CoreSession } from '../../helpers/core-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const start = { type: 'start', names: [], options: {} } as const;

function hook(line: string, overrides: Partial<Hook> = {}): Hook {
  return { command: { kind: 'shell', line }, retries: 0, delayMs: 2_000, timeoutMs: undefined, ...overrides };
}

function apiWith(...before: readonly Hook[]): CoreSession {
  return new CoreSession([
    serviceSpec('api', { before }),
    serviceSpec('web', { dependsOn: [{ service: 'api', condition: 'started' }] }),
  ]).send(start);
}

const hooksSpawned = (session: CoreSession) => session.effects.flatMap((e) => (e.type === 'spawn' ? [e.hook] : []));

describe('commands before a start', () => {
  it('run one after the other, each to its end, and then the service starts', () => {
    const session = apiWith(hook('alembic upgrade head'), hook('seed'));
    expect(hooksSpawned(session)).toEqual([0]);
    session.bringUp();
    expect(explain(session.service('api'))).toBe('runs before: alembic upgrade head');
    expect(viewOf(session).state).toBe('starting');
    expect(session.status('web')).toBe('waiting');
    session.exit('api', 0);
    expect(hooksSpawned(session)).toEqual([1]);
    session.bringUp().exit('api', 0);
    expect(hooksSpawned(session)).toEqual([undefined]);
    session.bringUpReady();
    expect(session.statuses()).toEqual({ api: 'ready', web: 'ready' });
    expect(session.service('api').runs).toBe(1);
  });

  it('run again before a restart', () => {
    const session = apiWith(hook('migrate')).bringUp().exit('api', 0).bringUpReady();
    session
      .send({ type: 'restart', names: ['api'] })
      .exit('api', 0)
      .gone('api');
    expect(hooksSpawned(session)).toEqual([0]);
  });

  it('fail the start with the reason and the last lines, and dependents say so at once', () => {
    const session = apiWith(hook('migrate')).bringUp().exit('api', 1);
    session.gone('api', undefined, ['running 3 migrations', 'relation "users" exists']);
    expect(session.status('api')).toBe('failed');
    const reason = 'relation "users" exists (before: migrate exited with code 1)';
    expect(explain(session.service('api'))).toBe(reason);
    expect(viewOf(session).lastLines).toEqual(['running 3 migrations', 'relation "users" exists']);
    expect(explain(session.service('web'))).toBe(`waits ← api is failed: ${reason}`);
    expect(session.take('spawn')).toEqual([]);
  });

  it('name the program that a shell did not find', () => {
    const session = apiWith(hook('alembick upgrade')).bringUp().exit('api', 127);
    session.gone('api', undefined, ['/bin/sh: 1: alembick: not found']);
    expect(explain(session.service('api'))).toMatch(/^before: alembick upgrade command not found: alembick \(exit/);
  });

  it('are tried again after their pause, while their background processes keep running', () => {
    const session = apiWith(hook('wait-for-db', { retries: 1 }))
      .bringUp()
      .exit('api', 1);
    expect(session.take('signalTree')).toEqual([]);
    expect(explain(session.service('api'))).toBe('before: wait-for-db exited with code 1; tries again (try 2 of 2)');
    session.fire('api', 'hookRetry').bringUp();
    expect(explain(session.service('api'))).toBe('runs before: wait-for-db (try 2 of 2)');
    session.exit('api', 1).gone('api');
    expect(session.status('api')).toBe('failed');
  });

  it('are ended at their timeout with all children', () => {
    const session = apiWith(hook('hang', { timeoutMs: 5_000 })).bringUp();
    expect(session.take('startTimer')).toMatchObject([{ kind: 'hookTimeout', delayMs: 5_000 }]);
    session.fire('api', 'hookTimeout');
    expect(session.take('signalTree')).toMatchObject([{ service: 'api', signal: 'SIGTERM' }]);
    session.exit('api', null, 'SIGTERM').gone('api');
    expect(explain(session.service('api'))).toBe('before: hang took longer than its timeout of 5 s');
  });

  it.each(['stop', 'restart'] as const)('are ended by a %s, and not by the stop command of the service', (type) => {
    const stop = { signal: 'SIGTERM', graceMs: 5_000, command: { kind: 'shell', line: 'api stop' } } as const;
    const session = new CoreSession([serviceSpec('api', { stop, before: [hook('migrate')] })]).send(start).bringUp();
    session.send({ type, names: ['api'], isForced: false });
    expect(session.take('runStopCommand')).toEqual([]);
    expect(session.take('signalTree')).toMatchObject([{ service: 'api', signal: 'SIGTERM' }]);
    session.exit('api', null, 'SIGTERM').gone('api');
    expect(hooksSpawned(session)).toEqual(type === 'stop' ? [] : [0]);
  });

  it('leave nothing in the background when the service itself cannot be started', () => {
    const session = apiWith(hook('pg_ctl start')).bringUp().exit('api', 0);
    const [spawn] = session.take('spawn');
    session.send({ type: 'spawnFailed', service: 'api', run: spawn?.run ?? 0, reason: '"apy" was not found' });
    expect(session.take('signalTree')).toMatchObject([{ service: 'api', run: 1 }]);
    session.gone('api');
    expect(session.status('api')).toBe('failed');
    expect(explain(session.service('api'))).toBe('"apy" was not found');
  });
});

describe('commands after a start', () => {
  it('run once, when the run is ready for the first time', () => {
    const health = {
      check: { kind: 'http', url: '/' },
      intervalMs: 1_000,
      timeoutMs: 1_000,
      retries: 1,
      startPeriodMs: 0,
    } as const;
    const session = new CoreSession([serviceSpec('api', { health, after: [hook('seed')] })]).send(start).bringUpReady();
    expect(session.take('runAfterHooks')).toMatchObject([{ service: 'api', run: 1 }]);
    session.fire('api', 'probe').probed('api', false);
    session.fire('api', 'probe').probed('api', true);
    expect(session.status('api')).toBe('ready');
    expect(session.take('runAfterHooks')).toEqual([]);
  });
});

function viewOf(session: CoreSession) {
  const facts = { trees: new Map(), alerts: new Map(), logFile: String, toTime: String };
  return viewService(session.state, session.service('api'), facts);
}
