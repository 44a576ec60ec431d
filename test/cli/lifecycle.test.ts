import { describe, expect, it } from 'vitest';
import { FakeSession, serviceView } from '../fakes/fake-session.ts';
import { runScripted, settle } from './scripted-context.ts';

describe('start', () => {
  it('returns at once and keeps a new session open', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'web', state: 'starting', ready: false })] });
    const run = runScripted('start web', { opens, services: ['web'] });
    expect(await run.exitCode).toBe(0);
    expect(run.opened).toEqual([{ names: ['web'], options: {} }]);
    expect(opens.callsOf('detach')).toHaveLength(1);
  });

  it('does not keep open a session that another client opened', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web' })] });
    expect(await runScripted('start', { running }).exitCode).toBe(0);
    expect(running.callsOf('detach')).toEqual([]);
  });

  it.each(['start --wait', 'start --timeout 5s'])('%s waits until ready', async (line) => {
    const opens = new FakeSession({ services: [serviceView({ name: 'web', state: 'starting', ready: false })] });
    const run = runScripted(line, { opens });
    await settle();
    opens.change([{ name: 'web', state: 'failed', why: 'exited with code 1' }]);
    expect(await run.exitCode).toBe(1);
  });
});

describe('restart', () => {
  it('waits for the new process when asked to', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web' })] });
    running.answer('restart', async () => running.change([{ name: 'web', state: 'stopping', ready: false }]));
    const run = runScripted('restart web --wait', { running });
    await settle();
    expect(running.callsOf('restart')).toEqual([[['web']]]);
    running.change([{ name: 'web', state: 'ready', ready: true, run: 2 }]);
    expect(await run.exitCode).toBe(0);
  });

  it('needs a running session', async () => {
    expect(await runScripted('restart').exitCode).toBe(6);
  });
});

describe('wait', () => {
  it('ends when all wanted services are ready', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web', state: 'starting', ready: false })] });
    const run = runScripted('wait', { running });
    await settle();
    running.change([{ name: 'web', state: 'ready', ready: true }]);
    expect(await run.exitCode).toBe(0);
    expect(run.stdout() + run.stderr()).toBe('');
  });

  it('keeps waiting during a conflict', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web', state: 'conflict', ready: false })] });
    const run = runScripted('wait --timeout 1m', { running });
    await settle();
    run.advance(60_000);
    expect(await run.exitCode).toBe(124);
  });

  it('says so when no service was started', async () => {
    const services = [serviceView({ name: 'web', state: 'stopped', ready: false, wanted: false })];
    const run = runScripted('wait', { running: new FakeSession({ services }) });
    expect(await run.exitCode).toBe(1);
    expect(run.stderr()).toContain('no service has been started');
  });
});

describe('stop', () => {
  it('ends the session, and says that nothing is left when the kernel says so', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web' })] });
    running.answer('shutdown', async () => ({ leftovers: [], isProven: true }));
    const run = runScripted('stop', { running });
    expect(await run.exitCode).toBe(0);
    expect(running.callsOf('shutdown')).toEqual([[{ force: false, remove: false }]]);
    expect(run.stderr()).toBe('Stopped. Nothing is left.\n');
  });

  it('says only that it found nothing when the kernel keeps no record', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web' })] });
    const run = runScripted('stop', { running });
    expect(await run.exitCode).toBe(0);
    expect(run.stderr()).toBe('Stopped. No process of it is found any more.\n');
  });

  it('names the survivors, and ends with 1', async () => {
    const running = new FakeSession();
    running.answer('shutdown', async () => ({ leftovers: [{ service: 'web', pid: 812, name: 'node' }] }));
    const run = runScripted('down --force', { running });
    expect(await run.exitCode).toBe(1);
    expect(running.callsOf('shutdown')).toEqual([[{ force: true, remove: false }]]);
    expect(run.stderr()).toContain('web: node (pid 812)');
  });

  it('names the services that it waits for, and gives up on timeout', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web', state: 'stopping', ready: false })] });
    running.answer('shutdown', () => new Promise(() => {}));
    const run = runScripted('stop --timeout 3s', { running });
    await settle();
    run.advance(1_500);
    await settle();
    expect(run.stderr()).toBe('Waiting for web to stop.\n');
    run.advance(1_500);
    expect(await run.exitCode).toBe(124);
    expect(run.stderr()).toContain('Still stopping after 3.0 s: web.');
  });

  it('succeeds when nothing runs', async () => {
    const run = runScripted('stop');
    expect(await run.exitCode).toBe(0);
    expect(run.stderr()).toBe('No session of this project is running.\n');
  });

  it('stops leftovers of a killed session, names them, and ends with 1 when one survives', async () => {
    const stopped = [
      { service: 'web', count: 2 },
      { service: 'db', count: 1 },
    ];
    const run = runScripted('stop', { stopLostSession: async () => ({ stopped, leftovers: [] }) });
    expect(await run.exitCode).toBe(0);
    expect(run.stderr()).toBe(
      'No session of this project is running. Stopped services that a killed session left running: web (2 processes), db (one process).\n',
    );
    const leftovers = [{ service: 'db', pid: 812, name: 'postgres' }];
    const failing = runScripted('stop', { stopLostSession: async () => ({ stopped, leftovers }) });
    expect(await failing.exitCode).toBe(1);
    expect(failing.stderr()).toContain('db: postgres (pid 812)');
  });

  it('waits until a named service is down', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web' }), serviceView({ name: 'db' })] });
    const run = runScripted('stop web', { running });
    await settle();
    running.change([{ name: 'web', state: 'stopping', ready: false, wanted: false }]);
    await settle();
    expect(running.closed).toBe(false);
    running.change([{ name: 'web', state: 'stopped', pid: null }]);
    expect(await run.exitCode).toBe(0);
    expect(running.callsOf('stop')).toEqual([[['web'], { force: false }]]);
  });

  it('ends with 1 when processes of a named service outlive SIGKILL', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web' })] });
    const run = runScripted('stop web', { running });
    await settle();
    const why = 'outlived SIGKILL: node (pid 812)';
    running.change([{ name: 'web', state: 'failed', ready: false, wanted: false, pid: null, why }]);
    expect(await run.exitCode).toBe(1);
    expect(run.stderr()).toContain(why);
  });

  it('--no-wait returns as soon as the stop has begun', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web' })] });
    running.answer('shutdown', () => new Promise(() => {}));
    expect(await runScripted('stop --no-wait', { running }).exitCode).toBe(0);
    expect(await runScripted('stop web --no-wait', { running }).exitCode).toBe(0);
    expect(running.callsOf('shutdown')).toHaveLength(1);
    expect(running.callsOf('stop')).toHaveLength(1);
  });
});

describe('health', () => {
  const health = {
    status: 'fail',
    consecutiveFailures: 3,
    failureThreshold: 3,
    checkedAt: '2026-01-02T03:14:05.000Z',
    latencyMs: 12,
    message: '503 Service Unavailable',
    components: [{ name: 'db', status: 'down', ok: false, message: 'refused' }],
  } as const;

  it('shows each answer with its components', async () => {
    const services = [serviceView({ name: 'api', health }), serviceView({ name: 'worker' })];
    const run = runScripted('health', { running: new FakeSession({ services }) });
    expect(await run.exitCode).toBe(1);
    expect(run.stdout()).toBe(
      [
        'NAME    HEALTH  LATENCY  ANSWER',
        'api     ▲ fail    12 ms  503 Service Unavailable',
        '  └ db: down, refused',
        'worker  –             –  no probe',
        '',
      ].join('\n'),
    );
  });

  it('counts a service without a probe by its state', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'worker' })] });
    expect(await runScripted('health', { running }).exitCode).toBe(0);
    running.change([{ name: 'worker', state: 'backoff', ready: false }]);
    expect(await runScripted('health', { running }).exitCode).toBe(1);
  });

  it('prints JSON', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'api', health })] });
    const run = runScripted('health api --json', { running });
    expect(await run.exitCode).toBe(1);
    expect(JSON.parse(run.stdout())).toEqual({
      schemaVersion: 1,
      data: { healthy: false, services: [{ name: 'api', health, message: '503 Service Unavailable' }] },
    });
  });
});
