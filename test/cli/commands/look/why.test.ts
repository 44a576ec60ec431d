import { describe, expect, it } from 'vitest';
import type { ConflictView } from '../../../../src/core/model/snapshot.ts';
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
      serviceView({ name: 'jobs', ...down, state: 'stopped', wanted: false, why: 'not asked for' }),
    ],
  });
}

describe('why', () => {
  it.each([
    ['web', 'web waits ← api waits ← db is not started ← 5432 held by postgres (pid 812)'],
    ['db', 'db is not started ← 5432 held by postgres (pid 812)'],
    ['low', 'low is not started (port 80 is privileged)'],
    ['mail', 'mail is unhealthy (GET /health 503)'],
    ['jobs', 'jobs is not started (not asked for)'],
    ['cache', 'cache is ready'],
  ])('tells of %s down to the cause', async (name, text) => {
    const run = runScripted(`why ${name}`, { running: chain() });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe(`${text}\n`);
  });

  it('tells the same as JSON, link by link', async () => {
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

  it('needs a service that there is, and a session', async () => {
    expect(await runScripted('why', { running: chain() }).exitCode).toBe(2);
    expect(await runScripted('why apii', { running: chain() }).exitCode).toBe(4);
    expect(await runScripted('why web').exitCode).toBe(6);
  });
});
