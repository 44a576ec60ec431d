import { describe, expect, it } from 'vitest';
import type { ServiceStart, StartPhase, Startup } from '../../../../src/core/session/startup.ts';
import type { ConflictView } from '../../../../src/core/session/snapshot.ts';
import { FakeSession, serviceView } from '../../../fakes/fake-session.ts';
import { runScripted } from '../../scripted-context.ts';

const postgres = { pid: 812, name: 'postgres' };

function chain(): FakeSession {
  const conflict = { port: 5432, owners: [postgres] } as unknown as ConflictView;
  const down = { ready: false, pid: null } as const;
  return new FakeSession({
    services: [
      serviceView({
        name: 'web',
        ...down,
        state: 'waiting',
        dependsOn: ['cache', 'api'],
        why: 'waits ← api is waiting ← db is held up',
      }),
      serviceView({ name: 'api', ...down, state: 'waiting', dependsOn: ['db'], why: 'waits ← db is held up' }),
      serviceView({ name: 'db', ...down, state: 'conflict', conflict, why: 'port 5432 is taken' }),
      serviceView({
        name: 'low',
        ...down,
        state: 'conflict',
        conflict: { ...conflict, owners: [] },
        why: 'port 80 is privileged',
      }),
      serviceView({ name: 'cache' }),
      serviceView({ name: 'mail', ready: false, state: 'unhealthy', why: 'GET /health 503' }),
      serviceView({ name: 'jobs', ...down, state: 'stopped', wanted: false, why: 'no start requested' }),
    ],
  });
}

const startup: Startup = {
  at: '2026-01-02T03:04:05.000Z',
  elapsedMs: 15_700,
  readyMs: 15_700,
  services: [
    service('db', [], [['starting', 0, 2_400]]),
    service(
      'backend',
      ['db'],
      [
        ['waiting', 0, 2_400],
        ['before', 2_400, 4_000],
        ['starting', 4_000, 9_500],
      ],
    ),
    service('cache', [], [['starting', 0, 12.4]]),
    service(
      'frontend',
      ['backend'],
      [
        ['waiting', 0, 9_500],
        ['starting', 9_500, 15_700],
      ],
    ),
  ],
  criticalPath: [
    { service: 'db', ms: 2_400 },
    { service: 'backend', ms: 7_100 },
    { service: 'frontend', ms: 6_200 },
  ],
  usualMs: 9_000,
  comparedStarts: 10,
};

function service(
  name: string,
  dependsOn: readonly string[],
  spans: readonly [StartPhase, number, number][],
): ServiceStart {
  const phases = spans.map(([phase, fromMs, toMs]) => ({ phase, fromMs, toMs }));
  return { service: name, dependsOn, phases, outcome: 'ready', doneMs: spans.at(-1)?.[2] ?? null };
}

function started(told: Startup | undefined): FakeSession {
  const session = new FakeSession({
    services: ['db', 'backend', 'cache', 'frontend'].map((name) => serviceView({ name })),
  });
  session.answer('readStartup', async () => told);
  return session;
}

describe('why --startup', () => {
  it('explains how long the start took, service by service and phase by phase', async () => {
    const run = runScripted('why --startup', { running: started(startup) });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout().split('\n')).toEqual([
      'ready in 15.7 s (usually 9.0 s): db 2.4 → backend 7.1 → frontend 6.2',
      '',
      '   NAME      WAITING  BEFORE  STARTING  READY AFTER',
      '→  db              –       –     2.4 s        2.4 s',
      '→  backend     2.4 s   1.6 s     5.5 s        9.5 s',
      '   cache           –       –     12 ms        12 ms',
      '→  frontend    9.5 s       –     6.2 s       15.7 s',
      '',
    ]);
  });

  it('prints the same as JSON, also for one service', async () => {
    const run = runScripted('why backend --startup --json', { running: started(startup) });
    await run.exitCode;
    expect(JSON.parse(run.stdout())).toEqual({
      schemaVersion: 1,
      data: {
        at: startup.at,
        elapsedMs: 15_700,
        readyMs: 15_700,
        usualMs: 9_000,
        comparedStarts: 10,
        criticalPath: startup.criticalPath,
        services: [
          {
            service: 'backend',
            outcome: 'ready',
            waitingMs: 2_400,
            beforeMs: 1_600,
            startingMs: 5_500,
            readyMs: 9_500,
            phases: startup.services[1]?.phases,
          },
        ],
      },
    });
  });

  it('says what is not ready yet, what failed, and that nothing was started', async () => {
    const coming: ServiceStart = { ...service('web', [], []), outcome: 'coming', doneMs: null };
    const failed: ServiceStart = { ...coming, outcome: 'failed', doneMs: 10 };
    const firstLine = async (told: Startup | undefined) => {
      const run = runScripted('why --startup', { running: started(told) });
      await run.exitCode;
      return run.stdout().split('\n')[0];
    };
    const open = {
      ...startup,
      readyMs: null,
      usualMs: null,
      elapsedMs: 3_000,
      criticalPath: [{ service: 'web', ms: 3_000 }],
    };
    expect(await firstLine({ ...open, services: [coming, failed] })).toBe(
      'starting for 3.0 s, 1 of 2 to come: web 3.0',
    );
    expect(await firstLine({ ...open, services: [failed] })).toBe('not ready: web failed: web 3.0');
    expect(await firstLine(undefined)).toBe('Nothing was started in this session yet.');
  });
});

describe('why', () => {
  it.each([
    ['web', 'web waits ← api waits ← db is not started ← 5432 held by postgres (pid 812)'],
    ['db', 'db is not started ← 5432 held by postgres (pid 812)'],
    ['low', 'low is not started (port 80 is privileged)'],
    ['mail', 'mail is unhealthy (GET /health 503)'],
    ['jobs', 'jobs is not started (no start requested)'],
    ['cache', 'cache is ready'],
  ])('tells of %s down to the cause', async (name, text) => {
    const run = runScripted(`why ${name}`, { running: chain() });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe(`${text}\n`);
  });

  it('prints the same as JSON, link by link', async () => {
    const run = runScripted('why web --json', { running: chain() });
    await run.exitCode;
    const port = { port: 5432, owners: [postgres] };
    const db = { service: 'db', state: 'conflict', reason: 'is not started', port, causes: [] };
    const api = { service: 'api', state: 'waiting', reason: 'waits', port: null, causes: [db] };
    expect(JSON.parse(run.stdout())).toEqual({
      schemaVersion: 1,
      data: {
        service: 'web',
        state: 'waiting',
        reason: 'waits',
        port: null,
        causes: [api],
        text: 'web waits ← api waits ← db is not started ← 5432 held by postgres (pid 812)',
      },
    });
  });

  it('needs an existing service and a session', async () => {
    expect(await runScripted('why', { running: chain() }).exitCode).toBe(2);
    expect(await runScripted('why apii', { running: chain() }).exitCode).toBe(4);
    expect(await runScripted('why web').exitCode).toBe(6);
  });
});
