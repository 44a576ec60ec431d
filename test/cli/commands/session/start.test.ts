import { describe, expect, it } from 'vitest';
import { FakeSession, serviceView } from '../../../fakes/fake-session.ts';
import { runScripted, settle } from '../../scripted-context.ts';

const STARTING = serviceView({
  name: 'web',
  ready: false,
  state: 'starting',
  port: 8000,
  url: 'http://localhost:8000',
});
const startingSession = () => new FakeSession({ services: [STARTING, serviceView({ name: 'db' })] });
const shown = { name: 'web', state: 'starting', ready: false, url: null, port: 8000, why: '' };

describe('start --json', () => {
  it('prints the request at once, with no URL before the service answers', async () => {
    const run = runScripted('start web --json', { services: ['web', 'db'], opens: startingSession() });
    expect(await run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout())).toEqual({ schemaVersion: 1, data: { ready: false, services: [shown] } });
    expect(run.stderr()).toBe('');
  });

  it('prints the result with --wait', async () => {
    const opens = startingSession();
    const run = runScripted('start web --wait --json', { services: ['web', 'db'], opens });
    await settle();
    expect(run.stdout()).toBe('');
    opens.change([{ name: 'web', ready: true, state: 'ready' }]);
    expect(await run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout())).toMatchObject({
      data: { ready: true, services: [{ name: 'web', state: 'ready', url: 'http://localhost:8000' }] },
    });
  });
});

describe('wait --json', () => {
  it('prints each service once all are ready', async () => {
    const running = startingSession();
    const run = runScripted('wait --json', { running });
    await settle();
    expect(run.stdout()).toBe('');
    running.change([{ name: 'web', ready: true, state: 'ready' }]);
    expect(await run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout())).toMatchObject({
      data: { ready: true, services: [{ name: 'web', url: 'http://localhost:8000' }, { name: 'db' }] },
    });
  });

  it('prints their states on timeout, and ends with 124', async () => {
    const run = runScripted('wait web --json --timeout 5s', { running: startingSession() });
    await settle();
    run.advance(5_000);
    expect(await run.exitCode).toBe(124);
    expect(JSON.parse(run.stdout())).toMatchObject({ data: { ready: false, services: [shown] } });
  });
});
