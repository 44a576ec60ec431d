import { describe, expect, it } from 'vitest';
import { FakeSession, serviceView } from '../../../fakes/fake-session.ts';
import { runScripted, settle } from '../../scripted-context.ts';

describe('ensure', () => {
  it('opens a session that stays, waits until its services are ready, and prints where they are', async () => {
    const opens = new FakeSession({
      services: [
        serviceView({ name: 'backend', ready: false, state: 'starting', url: 'http://localhost:8000' }),
        serviceView({ name: 'db' }),
      ],
    });
    const run = runScripted('ensure', { services: ['backend', 'db'], opens });
    await settle();
    expect(run.stdout()).toBe('');
    opens.change([{ name: 'backend', ready: true, state: 'ready' }]);
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe('backend  http://localhost:8000\ndb       –\n');
    expect(opens.callsOf('detach')).toHaveLength(1);
  });

  it('leaves a session of somebody else as it is', async () => {
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

  it('gives up when the time is over, and at once when one fails for good', async () => {
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

  it('starts nothing for a name that is no service', async () => {
    const run = runScripted('ensure dv', { services: ['db'] });
    expect(await run.exitCode).toBe(4);
    expect(run.stderr()).toContain('did you mean "db"?');
    expect(run.opened).toEqual([]);
  });
});
