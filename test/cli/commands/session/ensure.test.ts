import { describe, expect, it } from 'vitest';
import type { ServiceView } from '../../../../src/core/session/snapshot.ts';
import type { ConflictChoiceName } from '../../../../src/core/model/vocabulary.ts';
import { FakeSession, serviceView } from '../../../fakes/fake-session.ts';
import { ownerCard } from '../../../helpers/core-session.ts';
import { runScripted, settle } from '../../scripted-context.ts';

describe('ensure', () => {
  it('opens a session that stays, waits until its services are ready, and prints their URLs', async () => {
    const opens = new FakeSession({
      services: [
        serviceView({ name: 'backend', ready: false, state: 'starting', url: 'http://localhost:8000' }),
        serviceView({ name: 'db', address: 'localhost:5432' }),
        serviceView({ name: 'worker' }),
      ],
    });
    const run = runScripted('ensure', { services: ['backend', 'db', 'worker'], opens });
    await settle();
    expect(run.stdout()).toBe('');
    opens.change([{ name: 'backend', ready: true, state: 'ready' }]);
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe('backend  http://localhost:8000\ndb       localhost:5432\nworker   –\n');
    expect(opens.callsOf('detach')).toHaveLength(1);
  });

  it('does not change an existing session', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'db', port: 6379 })] });
    const run = runScripted('ensure db --json', { services: ['db'], running });
    expect(await run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout())).toEqual({
      schemaVersion: 1,
      data: {
        ready: true,
        services: [{ name: 'db', state: 'ready', ready: true, url: null, port: 6379, why: '' }],
      },
    });
    expect(running.callsOf('detach')).toEqual([]);
  });

  it('gives up on timeout, and at once when a service fails for good', async () => {
    const slow = new FakeSession({
      services: [serviceView({ name: 'db', ready: false, state: 'starting', why: 'slow' })],
    });
    const run = runScripted('ensure --timeout 5s', { services: ['db'], running: slow });
    await settle();
    run.advance(5_000);
    expect(await run.exitCode).toBe(124);
    expect(run.stdout()).toBe('');
    const failed = new FakeSession({
      services: [serviceView({ name: 'db', ready: false, state: 'failed', why: 'no' })],
    });
    expect(await runScripted('ensure', { services: ['db'], running: failed }).exitCode).toBe(1);
  });

  it('starts nothing for an unknown service', async () => {
    const run = runScripted('ensure dv', { services: ['db'] });
    expect(await run.exitCode).toBe(4);
    expect(run.stderr()).toContain('did you mean "db"?');
    expect(run.opened).toEqual([]);
  });
});

describe('the JSON of a service in a conflict', () => {
  const conflict = (choices: readonly { readonly name: ConflictChoiceName; readonly unavailable: string | null }[]) =>
    serviceView({
      name: 'web',
      ready: false,
      state: 'conflict',
      port: 8000,
      url: 'http://localhost:8000',
      conflict: {
        port: 8000,
        since: '2026-01-01T00:00:00.000Z',
        owners: [ownerCard(8000)],
        container: null,
        obstacles: [],
        choices,
        suggestedPort: 8001,
        rewires: [],
        progress: null,
        problem: null,
      },
    });
  const waysOf = async (view: ServiceView): Promise<unknown> => {
    const run = runScripted('ensure --json', { services: ['web'], running: new FakeSession({ services: [view] }) });
    expect(await run.exitCode).toBe(5);
    const { data } = JSON.parse(run.stdout()) as {
      data: { services: { url: unknown; waysOut: { write: string }[] }[] };
    };
    expect(data.services[0]?.url).toBeNull();
    return data.services[0]?.waysOut.map(({ write }) => write);
  };

  it('has the ways out, another port first, and no URL of the foreign server', async () => {
    expect(await waysOf(conflict([]))).toEqual([
      '--on-conflict reroute',
      '--port web=8001',
      '--on-conflict kill',
      '--on-conflict reuse',
      './dev kill 8000',
    ]);
  });

  it('has no way that cannot work', async () => {
    const unavailable = 'it starts again at once';
    expect(
      await waysOf(
        conflict([
          { name: 'kill', unavailable },
          { name: 'reuse', unavailable },
        ]),
      ),
    ).toEqual(['--on-conflict reroute', '--port web=8001']);
  });
});
