import { describe, expect, it } from 'vitest';
import { CoreSession } from '../../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const restart = {
  when: 'on-failure',
  max: 50,
  backoffMs: 10,
  maxBackoffMs: 10,
  resetAfterMs: 60_000,
  coolDownMs: 30_000,
} as const;

function startedApi(overrides: Parameters<typeof serviceSpec>[1] = {}): CoreSession {
  const session = new CoreSession([serviceSpec('api', { restart, ...overrides })]);
  return session.send({ type: 'start', names: ['api'], options: {} }).bringUpReady();
}

const reasons = (session: CoreSession, name = 'api') => session.service(name).exits.map(({ reason }) => reason);

describe('how the last runs ended', () => {
  it('has the exit code, the length of the run, and its last output', () => {
    const session = startedApi();
    session.nowMs = 4_000;
    session.exit('api', 3).gone('api', undefined, ['loading', 'no such table: users']);
    expect(session.service('api').exits).toEqual([
      {
        run: 1,
        code: 3,
        signal: null,
        atMs: 4_000,
        uptimeMs: 4_000,
        reason: 'exited with code 3',
        isAsked: false,
        errorLine: 'no such table: users',
      },
    ]);
  });

  it('distinguish a requested restart from one by a changed file', () => {
    const session = startedApi();
    session
      .send({ type: 'restart', names: ['api'] })
      .exit('api', null, 'SIGTERM')
      .gone('api')
      .bringUpReady();
    session.nowMs = 10_000;
    session.send({ type: 'filesChanged', service: 'api', files: ['main.py', 'util.py'] });
    session.exit('api', null, 'SIGTERM').gone('api').bringUpReady();
    session.send({ type: 'stop', names: ['api'], isForced: false }).exit('api', null, 'SIGTERM');
    expect(reasons(session)).toEqual([
      'restarted: as asked',
      'restarted: main.py and 1 more changed',
      'stopped on request',
    ]);
  });

  it('name the moved service in the exit of the one that follows it', () => {
    const session = new CoreSession([
      serviceSpec('api', { port: portSpec(8000) }),
      serviceSpec('web', { dependsOn: [{ service: 'api', condition: 'ready' }] }),
    ]);
    session.send({ type: 'start', names: [], options: {} }).bringUpReady();
    session.send({ type: 'start', names: ['api'], options: { ports: { api: 8001 } } });
    session.exit('web', null, 'SIGTERM');
    expect(reasons(session, 'web')).toEqual(['restarted: api moved from port 8000 to 8001']);
  });

  it('says that a run was killed because it did not stop', () => {
    const session = startedApi();
    session.send({ type: 'stop', names: ['api'], isForced: true }).exit('api', null, 'SIGKILL');
    expect(reasons(session)).toEqual(['stopped on request, by SIGKILL']);
  });

  it('are the last ten of a crash loop', () => {
    const session = startedApi();
    for (let crash = 1; crash <= 14; crash += 1) {
      session.exit('api', 1).gone('api').fire('api', 'backoff').bringUpReady();
    }
    const { exits } = session.service('api');
    expect(exits.map(({ run }) => run)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });
});
