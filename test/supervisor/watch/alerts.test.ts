import { expect, it } from 'vitest';
import { openLocalSession } from '../../helpers/local-session.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

it('tells of too many errors a minute, beside a line that makes the service ready, until they are over', async () => {
  const ready = {
    check: { kind: 'log', pattern: 'listening on \\d+' },
    intervalMs: 1_000,
    timeoutMs: 1_000,
    retries: 3,
    startPeriodMs: 30_000,
  } as const;
  const { system, session, view } = openLocalSession([serviceSpec('api', { ready, alerts: { errorsPerMinute: 2 } })]);
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
  expect(view('api')?.alerts).toMatchObject([{ kind: 'errors', message: 'more than 2 errors a minute' }]);
  expect(system.logs.get('api')).toContain('alert: more than 2 errors a minute');
  await system.advance(70_000);
  expect(view('api')?.alerts).toEqual([]);
  expect(system.logs.get('api')).toContain('alert over: more than 2 errors a minute');
});

it('counts a last line without a line end, which may be all that a program says, and not twice', async () => {
  const { system, session, view } = openLocalSession([serviceSpec('api', { alerts: { errorsPerMinute: 1 } })]);
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

it('is ready by a last line without a line end', async () => {
  const check = { kind: 'log', pattern: 'ready$' } as const;
  const ready = { check, intervalMs: 1_000, timeoutMs: 1_000, retries: 3, startPeriodMs: 30_000 };
  const { system, session, view } = openLocalSession([serviceSpec('api', { ready })]);
  await session.start([]);
  await system.advance(100);
  system.child('api').handlers.onData(Buffer.from('server ready'), 'out');
  await system.advance(1_000);
  expect(view('api')?.state).toBe('ready');
});

it('tells of memory above its limit, and no longer once the service is stopped', async () => {
  const { system, session, view } = openLocalSession([serviceSpec('api', { alerts: { rssBytes: 1_000 } })]);
  await session.start([]);
  await system.advance(30_000);
  expect(view('api')?.alerts).toMatchObject([{ kind: 'memory' }]);
  await session.stop([]);
  await system.advance(5_000);
  expect(view('api')?.alerts).toEqual([]);
});

it('tells of a log that cannot be written, of any service, until it can', async () => {
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
