import { describe, expect, it } from 'vitest';
import type { LogHistory } from '../../src/cli/context.ts';
import { FakeSession, serviceView } from '../fakes/fake-session.ts';
import { NOW, runScripted, settle } from './scripted-context.ts';

function session(...names: readonly string[]): FakeSession {
  return new FakeSession({ services: names.map((name) => serviceView({ name })) });
}

describe('of a running session', () => {
  it('are the last lines of each service, in the order of their times, with names', async () => {
    const running = session('api', 'web');
    running.write('api', 'a0', 'a1', 'a2');
    running.write('web', 'w0');
    const run = runScripted('logs -n 2', { running });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe('web │ w0\napi │ a1\napi │ a2\n');
  });

  it('have no name in front when there is only one service', async () => {
    const running = session('api', 'web');
    running.write('api', 'a0');
    const run = runScripted('logs api -t', { running });
    await run.exitCode;
    expect(run.stdout()).toBe('2026-01-02T03:04:05.000Z a0\n');
  });

  it('are 200 unless told otherwise', async () => {
    const running = session('api');
    running.write('api', ...Array.from({ length: 250 }, (_, index) => `line ${index}`));
    const usual = runScripted('logs', { running });
    const all = runScripted('logs -n all', { running });
    await Promise.all([usual.exitCode, all.exitCode]);
    expect(usual.stdout().split('\n')).toHaveLength(201);
    expect(usual.stdout()).toMatch(/^line 50\n/);
    expect(all.stdout().split('\n')).toHaveLength(251);
  });

  it('reach back to a point in time', async () => {
    const running = session('api');
    // One a second, from 03:04:05 on.
    running.write('api', ...Array.from({ length: 2_500 }, (_, index) => `line ${index}`));
    const run = runScripted('logs --since 2026-01-02T03:10:00Z', { running });
    await run.exitCode;
    expect(run.stdout()).toMatch(/^line 355\n/);
    expect(run.stdout()).toMatch(/\nline 2499\n$/);
  });

  it('show a line that has no end yet when nobody waits for it', async () => {
    const running = session('api');
    const prompt = { seq: 0, time: '2026-01-02T03:04:05.000Z', text: 'Password: ', partial: true } as const;
    running.answer('readLogs', async ({ service, count }) => ({
      service,
      lines: count === 0 ? [] : [prompt],
      first: 0,
      next: 1,
    }));
    const run = runScripted('logs', { running });
    await run.exitCode;
    expect(run.stdout()).toBe('Password: \n');
  });

  it('print nothing when there is nothing', async () => {
    const run = runScripted('logs', { running: session('api') });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe('');
  });
});

describe('as JSON', () => {
  it('are one object a line, without colours', async () => {
    const running = session('api', 'web');
    running.write('api', '\u001B[32mok\u001B[0m');
    const run = runScripted('logs --json', { running, env: { FORCE_COLOR: '1' } });
    await run.exitCode;
    expect(run.stdout()).toBe('{"time":"2026-01-02T03:04:05.000Z","service":"api","cursor":0,"text":"ok"}\n');
  });
});

describe('--raw', () => {
  it('asks for the bytes as written, and leaves them so', async () => {
    const running = session('api');
    running.write('api', '\u001B[2Jok');
    const run = runScripted('logs --raw', { running });
    await run.exitCode;
    expect(run.stdout()).toBe('\u001B[2Jok\n');
    expect(running.callsOf('readLogs').at(-1)).toMatchObject([{ raw: true }]);
  });
});

describe('-f', () => {
  it('goes on with what comes, each line once, until Ctrl-C', async () => {
    const running = session('api');
    running.write('api', 'old');
    const run = runScripted('logs -f', { running });
    await settle();
    running.write('api', 'new');
    running.write('api', 'newer');
    await settle();
    run.signal('SIGINT');
    expect(await run.exitCode).toBe(130);
    expect(run.stdout()).toBe('old\nnew\nnewer\n');
    expect(running.callsOf('stop')).toEqual([]);
    expect(running.callsOf('shutdown')).toEqual([]);
  });

  it('ends with the session', async () => {
    const running = session('api');
    const run = runScripted('logs -f', { running });
    await settle();
    running.end({ leftovers: [] });
    expect(await run.exitCode).toBe(0);
  });
});

describe('without a session', () => {
  const asked: unknown[] = [];
  const logHistory = async (): Promise<LogHistory> => ({
    read: (service, range, options) => {
      asked.push([service, range, options]);
      const times = { api: '2026-01-02T03:04:06.000Z', web: '2026-01-02T03:04:05.000Z' };
      return [{ seq: -1, time: times[service as 'api' | 'web'], text: `last words of ${service}` }];
    },
  });

  it('come from the files', async () => {
    asked.length = 0;
    const run = runScripted('logs -n 5', { services: ['api', 'web'], logHistory });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe('web │ last words of web\napi │ last words of api\n');
    expect(asked).toEqual([
      ['api', { lastLines: 5 }, { raw: false }],
      ['web', { lastLines: 5 }, { raw: false }],
    ]);
  });

  it('reach back in time too', async () => {
    asked.length = 0;
    await runScripted('logs api --since 5m', { services: ['api', 'web'], logHistory }).exitCode;
    expect(asked).toEqual([['api', { sinceMs: NOW - 300_000 }, { raw: false }]]);
  });

  it('cannot be followed', async () => {
    const run = runScripted('logs -f api', { services: ['api', 'web'], logHistory });
    expect(await run.exitCode).toBe(6);
    expect(run.stdout()).toBe('last words of api\n');
  });

  it('know only services of the config', async () => {
    expect(await runScripted('logs apo', { services: ['api'], logHistory }).exitCode).toBe(4);
  });
});
