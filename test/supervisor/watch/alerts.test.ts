import { expect, it } from 'vitest';
import { openLocalSession } from '../../helpers/local-session.ts';
import { AlertHook } from '../../../src/supervisor/chronicle/alert-hook.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const rule = (above: number, forMs = 30_000) => ({ above, forMs, severity: 'warning' as const });

it('too many errors a minute raise an alert until they are over, beside a ready line', async () => {
  const ready = {
    check: { kind: 'log', pattern: 'listening on \\d+' },
    intervalMs: 1_000,
    timeoutMs: 1_000,
    retries: 3,
    startPeriodMs: 30_000,
  } as const;
  const { system, session, view } = openLocalSession([
    serviceSpec('api', { ready, alerts: { errors_per_minute: rule(2, 0) } }),
  ]);
  await session.start([]);
  await system.advance(100);
  const { handlers } = system.child('api');
  const write = (text: string) => handlers.onData(Buffer.from(`${text}\n`), 'out');
  write('ERROR cannot connect');
  write('0 errors found');
  write('listening \u001B[2mon \u001B[22m\u001B[1m8000\u001B[22m');
  write('ERROR cannot connect');
  await system.advance(2_000);
  expect(view('api')).toMatchObject({ state: 'ready', alerts: [] });

  write('FATAL gave up');
  await system.advance(2_000);
  expect(view('api')?.alerts).toMatchObject([{ kind: 'errors_per_minute', message: 'more than 2 errors a minute' }]);
  expect(system.logs.get('api')).toContain('alert: more than 2 errors a minute');
  await system.advance(70_000);
  expect(view('api')?.alerts).toEqual([]);
  expect(system.logs.get('api')).toContain('alert over: more than 2 errors a minute');
});

it('a last line without a line end counts once', async () => {
  const { system, session, view } = openLocalSession([
    serviceSpec('api', { alerts: { errors_per_minute: rule(1, 0) } }),
  ]);
  await session.start([]);
  await system.advance(100);
  const write = (text: string) => system.child('api').handlers.onData(Buffer.from(text), 'out');
  write('ERROR one');
  await system.advance(2_000);
  write(' more\n');
  await system.advance(2_000);
  expect(view('api')?.alerts).toEqual([]);
  write('ERROR two');
  await system.advance(2_000);
  expect(view('api')?.alerts).toMatchObject([{ message: 'more than 1 errors a minute' }]);
});

it('a last line without a line end can make a service ready', async () => {
  const check = { kind: 'log', pattern: 'ready$' } as const;
  const ready = { check, intervalMs: 1_000, timeoutMs: 1_000, retries: 3, startPeriodMs: 30_000 };
  const { system, session, view } = openLocalSession([serviceSpec('api', { ready })]);
  await session.start([]);
  await system.advance(100);
  system.child('api').handlers.onData(Buffer.from('server ready'), 'out');
  await system.advance(1_000);
  expect(view('api')?.state).toBe('ready');
});

it('memory above its limit raises an alert until the service stops', async () => {
  const { system, session, view } = openLocalSession([serviceSpec('api', { alerts: { memory: rule(1_000) } })]);
  await session.start([]);
  await system.advance(10_000);
  expect(view('api')?.alerts).toEqual([]);
  await system.advance(40_000);
  expect(view('api')?.alerts).toMatchObject([{ kind: 'memory', value: 1_000_000, limit: 1_000 }]);
  await session.stop([]);
  await system.advance(5_000);
  expect(view('api')?.alerts).toEqual([]);
});

it('a log that cannot be written raises an alert until it can', async () => {
  const { system, session, view } = openLocalSession([serviceSpec('api')]);
  await session.start([]);
  await system.advance(2_000);
  system.logProblems.set('api', 'the log cannot be written: the disk is full; kept in memory for now');
  system.child('api').handlers.onData(Buffer.from('a line\n'), 'out');
  await system.advance(2_000);
  expect(view('api')?.alerts).toMatchObject([{ kind: 'log', message: expect.stringContaining('the disk is full') }]);
  system.logProblems.clear();
  await system.advance(2_000);
  expect(view('api')?.alerts).toEqual([]);
});

it('slow starts, slow and failing health checks, and error rates raise alerts', async () => {
  const health = {
    check: { kind: 'http', url: '/' },
    intervalMs: 1_000,
    timeoutMs: 1_000,
    retries: 2,
    startPeriodMs: 0,
  } as const;
  const alerts = {
    ready_within: rule(5_000, 0),
    latency: rule(100, 0),
    unhealthy_for: rule(10_000, 0),
    error_rate: rule(10, 0),
  };
  const { system, session, view, told } = openLocalSession([
    serviceSpec('api', { port: portSpec(8000), ready: { ...health, startPeriodMs: 60_000 }, health, alerts }),
  ]);
  const answer = (ok: boolean, latencyMs: number) =>
    system.probeAnswers.set(8000, { ok, latencyMs, message: ok ? '200' : '503', components: [] });
  const kinds = () => view('api')?.alerts.map(({ kind }) => kind);
  answer(false, 5);
  await session.start([]);
  await system.advance(4_000);
  expect(kinds()).toEqual([]);
  await system.advance(3_000);
  expect(kinds()).toEqual(['ready_within']);
  answer(true, 5);
  await system.advance(2_000);
  expect(kinds()).toEqual([]);

  answer(true, 300);
  await system.advance(20_000);
  expect(kinds()).toEqual(['latency']);
  answer(false, 5);
  await system.advance(25_000);
  expect(kinds()).toEqual(['unhealthy_for']);
  answer(true, 5);
  await system.advance(5_000);
  expect(kinds()).toEqual([]);

  for (let line = 0; line < 40; line += 1) {
    system.child('api').handlers.onData(Buffer.from(line % 5 === 0 ? 'ERROR no\n' : 'fine\n'), 'out');
  }
  await system.advance(5_000);
  expect(kinds()).toEqual(['error_rate']);
  const facts = told().filter((fact) => fact.type === 'alert');
  expect(facts.map((fact) => `${fact.rule} ${fact.state}`)).toEqual([
    'ready_within raised',
    'ready_within cleared',
    'latency raised',
    'unhealthy_for raised',
    'latency cleared',
    'unhealthy_for cleared',
    'error_rate raised',
  ]);
});

it('on_alert runs with the facts, once when an alert is raised and once when it is cleared', async () => {
  const { system, session, events, project } = openLocalSession([
    serviceSpec('api', { alerts: { memory: rule(1_000, 0) } }),
  ]);
  const ran: Readonly<Record<string, string>>[] = [];
  const hook = new AlertHook({
    events,
    project: () => ({ ...project, onAlert: { kind: 'shell', line: 'ring' } }),
    callerEnv: { PATH: '/bin' },
    shortCommands: {
      run: async ({ env }) => {
        ran.push(env);
        return { ok: true, message: 'exited with code 0' };
      },
    },
    onProblem: () => {},
  });
  expect(hook).toBeDefined();
  await session.start([]);
  await system.advance(60_000);
  await session.stop([]);
  await system.advance(5_000);
  expect(ran).toMatchObject([
    {
      PATH: '/bin',
      DEV_PROJECT: 'shop',
      DEV_ALERT_RULE: 'memory',
      DEV_ALERT_SERVICE: 'api',
      DEV_ALERT_VALUE: '1000000',
      DEV_ALERT_LIMIT: '1000',
      DEV_ALERT_STATE: 'raised',
      DEV_ALERT_SEVERITY: 'warning',
    },
    { DEV_ALERT_RULE: 'memory', DEV_ALERT_STATE: 'cleared' },
  ]);
});
