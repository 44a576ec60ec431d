import { describe, expect, it } from 'vitest';
import type { LogQuery } from '../../../../src/core/session/log-query.ts';
import type { Session } from '../../../../src/core/session/session.ts';
import { FakeSession, serviceView } from '../../../fakes/fake-session.ts';
import { runScripted, settle } from '../../scripted-context.ts';

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

  it('are 200 by default', async () => {
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

  it.each([0, 1, 999, 1_000, 1_001, 7_777, 19_999])(
    'reach back %s seconds before the newest of twenty thousand',
    async (agoS) => {
      const running = session('api');
      running.write('api', ...Array.from({ length: 20_000 }, (_, index) => `line ${index}`));
      const since = new Date(Date.UTC(2026, 0, 2, 3, 4, 5 + 19_999 - agoS)).toISOString();
      const run = runScripted(`logs --since ${since}`, { running });
      await run.exitCode;
      const shown = run.stdout().trimEnd().split('\n');
      expect([shown.length, shown[0]]).toEqual([agoS + 1, `line ${19_999 - agoS}`]);
    },
  );

  it('show a last line without a line end when they do not follow', async () => {
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

  it('print nothing when the log is empty', async () => {
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
    expect(JSON.parse(run.stdout())).toEqual({
      time: '2026-01-02T03:04:05.000Z',
      service: 'api',
      run: null,
      cursor: expect.any(String) as string,
      level: null,
      text: 'ok',
    });
  });

  it('name the level, and the run that wrote the line', async () => {
    const running = session('api');
    const line = { seq: 4, time: '2026-01-02T03:04:05.000Z', text: 'ERROR: no', run: 3 } as const;
    running.answer('readLogs', async ({ service, from }) => ({
      service,
      lines: from <= 4 ? [line] : [],
      first: 4,
      next: 5,
    }));
    const run = runScripted('logs --json', { running });
    await run.exitCode;
    expect(JSON.parse(run.stdout())).toMatchObject({ level: 'error', run: 3 });
  });
});

describe('--raw', () => {
  it('prints the bytes as written', async () => {
    const running = session('api');
    running.write('api', '\u001B[2Jok');
    const run = runScripted('logs --raw', { running });
    await run.exitCode;
    expect(run.stdout()).toBe('\u001B[2Jok\n');
    expect(running.callsOf('readLogs').at(-1)).toMatchObject([{ raw: true }]);
  });
});

describe('-f', () => {
  it('continues with new lines, each once, until Ctrl-C', async () => {
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

const T = '2026-01-02T03:04:05.000Z';

interface JsonLine {
  readonly cursor: string;
  readonly text: string;
}

async function jsonLines(line: string, running: FakeSession): Promise<readonly JsonLine[]> {
  const run = runScripted(line, { running });
  expect(await run.exitCode).toBe(0);
  const lines = run
    .stdout()
    .split('\n')
    .filter((text) => text !== '');
  return lines.map((text) => JSON.parse(text) as JsonLine);
}

/** Sessions may differ, what was written stays the same: cursors are about the text, not about numbers. */
function sessionOf(texts: Readonly<Record<string, readonly (readonly [time: string, text: string])[]>>, firstSeq = 0) {
  const running = session(...Object.keys(texts));
  running.answer('readLogs', async ({ service, from, count }) => {
    const lines = (texts[service] ?? []).map(([time, text], index) => ({ seq: firstSeq + index, time, text }));
    const start = Math.max(from, firstSeq);
    const window = lines.filter(({ seq }) => seq >= start && seq < start + count);
    return { service, lines: window, first: firstSeq, next: firstSeq + lines.length };
  });
  return running;
}

describe('--after', () => {
  const texts = {
    api: [
      [T, 'a0'],
      [T, 'a1'],
      [T, 'a2'],
      ['2026-01-02T03:04:06.000Z', 'a3'],
    ],
    web: [
      [T, 'w0'],
      ['2026-01-02T03:04:07.000Z', 'w1'],
    ],
  } as const;

  it('continues after any line of any service, and prints none twice', async () => {
    const all = await jsonLines('logs --json', sessionOf(texts));
    expect(all.map(({ text }) => text)).toEqual(['a0', 'a1', 'a2', 'w0', 'a3', 'w1']);
    for (const [index, { cursor }] of all.entries()) {
      const rest = await jsonLines(`logs --json --after ${cursor}`, sessionOf(texts));
      expect(rest).toEqual(all.slice(index + 1));
    }
  });

  it('continues in a later session, in which lines have other numbers', async () => {
    const [, second] = await jsonLines('logs --json', sessionOf(texts));
    const rest = await jsonLines(`logs --json --after ${second?.cursor}`, sessionOf(texts, -6));
    expect(rest.map(({ text }) => text)).toEqual(['a2', 'w0', 'a3', 'w1']);
  });

  it('continues between lines of the same millisecond', async () => {
    const [first] = await jsonLines('logs api --json -n 2', sessionOf(texts));
    expect(first?.text).toBe('a2');
    const rest = await jsonLines(`logs api --json --after ${first?.cursor}`, sessionOf(texts));
    expect(rest.map(({ text }) => text)).toEqual(['a3']);
  });

  it('refuses anything else', async () => {
    const run = runScripted('logs --after 12', { running: session('api') });
    expect(await run.exitCode).toBe(2);
    expect(run.stderr()).toContain('--after does not take "12".');
  });
});

describe('--errors and --grep', () => {
  const noisy = [
    'INFO: starting',
    'ERROR: first',
    'Traceback (most recent call last):',
    '  File "x.py", line 1',
    'ValueError: 3',
    ...Array.from({ length: 3_000 }, (_, index) => `INFO: request ${index}`),
    'ERROR: second',
    'INFO: Request denied',
  ];

  it('show the latest errors with their traces, however far back they are', async () => {
    const running = session('api');
    running.write('api', ...noisy);
    const run = runScripted('logs --errors', { running });
    await run.exitCode;
    expect(run.stdout()).toBe([...noisy.slice(1, 5), 'ERROR: second', ''].join('\n'));
    const one = runScripted('logs --errors -n 1', { running });
    await one.exitCode;
    expect(one.stdout()).toBe('ERROR: second\n');
    const none = runScripted('logs --errors -n 0', { running });
    await none.exitCode;
    expect(none.stdout()).toBe('');
  });

  it('do not cut a trace', async () => {
    const running = session('api');
    running.write('api', ...noisy);
    const run = runScripted('logs --errors -n 2', { running });
    await run.exitCode;
    expect(run.stdout()).toBe([...noisy.slice(1, 5), 'ERROR: second', ''].join('\n'));
  });

  it('count matching lines, and match case only when the pattern has a capital', async () => {
    const running = session('api');
    running.write('api', ...noisy);
    const run = runScripted('logs --grep request -n 2', { running });
    await run.exitCode;
    expect(run.stdout()).toBe('INFO: request 2999\nINFO: Request denied\n');
    const exact = runScripted('logs --grep Request', { running });
    await exact.exitCode;
    expect(exact.stdout()).toBe('INFO: Request denied\n');
  });

  it('continue with new lines', async () => {
    const running = session('api');
    const run = runScripted('logs -f --errors', { running });
    await settle();
    running.write('api', 'INFO: fine', 'TypeError: x', '    at main (a.js:1:2)', 'INFO: fine');
    await settle();
    run.signal('SIGINT');
    await run.exitCode;
    expect(run.stdout()).toBe('TypeError: x\n    at main (a.js:1:2)\n');
  });

  it('name an invalid pattern', async () => {
    const run = runScripted('logs --grep (', { running: session('api') });
    expect(await run.exitCode).toBe(2);
    expect(run.stderr()).toContain('The pattern ( cannot be used: it is not a regular expression: missing closing ).');
  });
});

describe('--until', () => {
  it('ends at a point in time, with --since at both ends', async () => {
    const running = session('api');
    running.write('api', ...Array.from({ length: 2_500 }, (_, index) => `line ${index}`));
    const run = runScripted('logs --since 2026-01-02T03:04:10Z --until 2026-01-02T03:04:12Z', { running });
    await run.exitCode;
    expect(run.stdout()).toBe('line 5\nline 6\nline 7\n');
    const last = runScripted('logs --until 2026-01-02T03:04:12Z -n 2', { running });
    await last.exitCode;
    expect(last.stdout()).toBe('line 6\nline 7\n');
  });

  it('cannot be combined with --follow', async () => {
    expect(await runScripted('logs -f --until 5m', { running: session('api') }).exitCode).toBe(2);
  });
});

describe('without a session', () => {
  const asked: LogQuery[] = [];
  const logHistory = async (): Promise<Pick<Session, 'readLogs'>> => ({
    readLogs: async (query) => {
      asked.push(query);
      const { service, from, count } = query;
      const times = { api: '2026-01-02T03:04:06.000Z', web: T };
      const line = { seq: -1, time: times[service as 'api' | 'web'], text: `last words of ${service}` };
      const isAsked = count > 0 && from < 0;
      return { service, lines: isAsked ? [line] : [], first: -1, next: 0 };
    },
  });

  it('come from the files', async () => {
    const run = runScripted('logs -n 5', { services: ['api', 'web'], logHistory });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toBe('web │ last words of web\napi │ last words of api\n');
  });

  it('are read from the end only', async () => {
    asked.length = 0;
    await runScripted('logs api -n 5', { services: ['api', 'web'], logHistory }).exitCode;
    expect(Math.min(...asked.map(({ from }) => from))).toBe(-5);
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
