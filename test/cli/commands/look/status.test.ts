import { describe, expect, it } from 'vitest';
import type { ServiceView } from '../../../../src/core/session/snapshot.ts';
import { displayWidth } from '../../../../src/format/text.ts';
import { FakeSession, serviceView } from '../../../fakes/fake-session.ts';
import { runScripted, settle } from '../../scripted-context.ts';

const MIB = 1024 ** 2;

function shop(): readonly ServiceView[] {
  return [
    serviceView({
      name: 'backend',
      port: 8001,
      wantedPort: 8000,
      url: 'http://localhost:8001',
      cpuPercent: 1.25,
      rssBytes: 87 * MIB,
      restarts: 2,
      health: {
        status: 'pass',
        consecutiveFailures: 0,
        failureThreshold: 3,
        checkedAt: '2026-01-02T03:14:00.000Z',
        latencyMs: 3.2,
        message: '200 OK',
        components: [{ name: 'cache', status: 'degraded', ok: false, message: 'slow' }],
      },
    }),
    serviceView({
      name: 'frontend',
      state: 'waiting',
      ready: false,
      pid: null,
      pids: [],
      port: 5173,
      wantedPort: 5173,
      startedAt: null,
      why: 'waits ← backend is unhealthy (GET /health answered 503 Service Unavailable)',
    }),
    serviceView({ name: 'migrate', state: 'exited', ready: false, pid: null, pids: [], startedAt: null, why: '' }),
  ];
}

describe('the table', () => {
  it('shows all columns when there is room', async () => {
    const run = runScripted('status', { running: new FakeSession({ services: shop() }) });
    expect(await run.exitCode).toBe(1);
    expect(run.stdout()).toMatchInlineSnapshot(`
      "NAME      STATE           PORT   PID   CPU     MEM  HEALTH   RESTARTS   UPTIME  URL
      backend   ● ready    8000→8001  4242  1.3%  87 MiB  ok 3 ms         2  10m 00s  http://localhost:8001
        └ cache: degraded, slow
      frontend  … waiting       5173     –     –       –  –               0        –
        └ waits ← backend is unhealthy (GET /health answered 503 Service Unavailable)
      migrate   ✓ exited           –     –     –       –  –               0        –
      "
    `);
  });

  it('fits into 80 columns by leaving out the least important columns', async () => {
    const run = runScripted('status', { running: new FakeSession({ services: shop() }), columns: 80 });
    await run.exitCode;
    expect(run.stdout()).toMatchInlineSnapshot(`
      "NAME      STATE           PORT   CPU     MEM  HEALTH   URL
      backend   ● ready    8000→8001  1.3%  87 MiB  ok 3 ms  http://localhost:8001
        └ cache: degraded, slow
      frontend  … waiting       5173     –       –  –
        └ waits ← backend is unhealthy (GET /health answered 503 Service Unavailable)
      migrate   ✓ exited           –     –       –  –
      "
    `);
  });

  it.each([20, 40, 60, 79, 100, 120])('is not wider than a terminal of %i columns', async (columns) => {
    const run = runScripted('status', { running: new FakeSession({ services: shop() }), columns });
    await run.exitCode;
    const widths = run.stdout().split('\n').map(displayWidth);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
  });

  it('has no colour in a pipe, and colour when it is forced', async () => {
    const running = new FakeSession({ services: shop() });
    const plain = runScripted('status', { running });
    const coloured = runScripted('status', { running, env: { FORCE_COLOR: '1' } });
    const forbidden = runScripted('status --no-color', { running, env: { FORCE_COLOR: '1' } });
    await Promise.all([plain.exitCode, coloured.exitCode, forbidden.exitCode]);
    expect(plain.stdout()).not.toContain('\u001B');
    expect(coloured.stdout()).toContain('\u001B[32m● ready');
    expect(forbidden.stdout()).toBe(plain.stdout());
  });
});

describe('the exit code', () => {
  it('is 0 when every wanted service is ready, or ended with success', async () => {
    const services = [
      serviceView({ name: 'web' }),
      serviceView({ name: 'migrate', state: 'exited', ready: false }),
      serviceView({ name: 'spare', state: 'stopped', ready: false, wanted: false, why: 'no start requested' }),
    ];
    expect(await runScripted('status', { running: new FakeSession({ services }) }).exitCode).toBe(0);
    expect(await runScripted('status spare', { running: new FakeSession({ services }) }).exitCode).toBe(1);
  });

  it('is 6 without a session, with a hint how to start one', async () => {
    const run = runScripted('status');
    expect(await run.exitCode).toBe(6);
    expect(run.stdout()).toBe('');
    expect(run.stderr()).toBe(
      '✖ No session of this project is running.\n  ./dev starts one with the screen, ./dev up -d in the background\n',
    );
  });

  it('is 4 for a service that does not exist', async () => {
    const run = runScripted('status bakend', { running: new FakeSession({ services: shop() }) });
    expect(await run.exitCode).toBe(4);
    expect(run.stderr()).toBe('✖ There is no service "bakend".\n  did you mean "backend"?\n');
  });
});

describe('as JSON', () => {
  it('is one object with the snapshot', async () => {
    const running = new FakeSession({ services: shop() });
    const run = runScripted('status --json', { running });
    expect(await run.exitCode).toBe(1);
    expect(JSON.parse(run.stdout())).toEqual({ schemaVersion: 1, data: await running.snapshot() });
  });

  it('holds only the named services', async () => {
    const run = runScripted('ps --json migrate', { running: new FakeSession({ services: shop() }) });
    expect(await run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout())).toMatchObject({ data: { services: [{ name: 'migrate' }] } });
  });

  it('prints failures as JSON too, on stdout', async () => {
    const run = runScripted('status --json');
    expect(await run.exitCode).toBe(6);
    expect(JSON.parse(run.stdout())).toEqual({
      schemaVersion: 1,
      error: {
        code: 'no_session',
        message: 'No session of this project is running.',
        hint: './dev starts one with the screen, ./dev up -d in the background',
      },
    });
    expect(run.stderr()).toBe('');
  });
});

describe('--watch', () => {
  it('draws again in place every second until Ctrl-C', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web', state: 'starting', ready: false })] });
    const run = runScripted('status --watch', { running, columns: 80 });
    await settle();
    expect(run.stdout()).toContain('◐ starting');
    running.change([{ name: 'web', state: 'ready', ready: true }]);
    run.advance(1000);
    await settle();
    const drawn = run.stdout().split('\u001B[3A\r\u001B[J');
    expect(drawn).toHaveLength(2);
    expect(drawn[1]).toContain('● ready');
    run.signal('SIGINT');
    expect(await run.exitCode).toBe(130);
    expect(running.closed).toBe(true);
  });

  it('prints one object a line as JSON', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web' })] });
    const run = runScripted('status --watch --json', { running });
    await settle();
    run.advance(1000);
    await settle();
    const lines = run.stdout().trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines.map((line) => (JSON.parse(line) as { project: unknown }).project)).toEqual([
      { name: 'shop', root: '/shop' },
      { name: 'shop', root: '/shop' },
    ]);
    run.signal('SIGTERM');
    expect(await run.exitCode).toBe(143);
  });

  it('ends with the session', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web' })] });
    const run = runScripted('status --watch', { running });
    await settle();
    running.end({ leftovers: [] });
    expect(await run.exitCode).toBe(6);
  });
});
