import { describe, expect, it } from 'vitest';
import type { ScreenOptions } from '../../../../src/cli/context/context.ts';
import { FakeSession, serviceView } from '../../../fakes/fake-session.ts';
import { PERSON, runScripted, settle } from '../../scripted-context.ts';

const starting = { state: 'starting', ready: false, why: 'waits for an answer on port 8000' } as const;

describe('up -d', () => {
  it('waits until all is ready, prints the table, and leaves the session running', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'web', ...starting })] });
    const run = runScripted('up -d', { opens });
    await settle();
    expect(run.stdout()).toBe('');
    opens.change([{ name: 'web', state: 'ready', ready: true, why: '', url: 'http://localhost:8000' }]);
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toMatch(/^NAME .*\nweb .*● ready .*http:\/\/localhost:8000\n$/);
    expect(opens.callsOf('detach')).toHaveLength(1);
    expect(opens.callsOf('shutdown')).toEqual([]);
    expect(opens.closed).toBe(true);
  });

  it('prints the output of status --json with --json, also when a service failed', async () => {
    const services = [
      serviceView({ name: 'db' }),
      serviceView({ name: 'web', state: 'failed', ready: false, why: 'exited with code 1' }),
    ];
    const run = runScripted('up -d --json', { opens: new FakeSession({ services }) });
    const status = runScripted('status --json', { running: new FakeSession({ services }) });
    expect(await run.exitCode).toBe(1);
    await status.exitCode;
    expect(JSON.parse(run.stdout())).toEqual(JSON.parse(status.stdout()));
    expect(run.stderr()).toContain('✖ web failed');
  });

  it('ends when a one-shot has completed', async () => {
    const services = [serviceView({ name: 'migrate', state: 'exited', ready: false }), serviceView({ name: 'web' })];
    expect(await runScripted('up -d', { opens: new FakeSession({ services }) }).exitCode).toBe(0);
  });

  it('shows what the last run of a failed service said, without what devdeck wrote beside it', async () => {
    const opens = new FakeSession({
      services: [serviceView({ name: 'web', ready: false, state: 'failed', why: 'no' })],
    });
    const line = (seq: number, text: string, more: object) => ({
      seq,
      time: '2026-01-01T00:00:00.000Z',
      text,
      ...more,
    });
    const lines = [
      line(0, 'of the run before', { run: 1 }),
      line(1, 'exited with code 2', { run: 1, own: true }),
      line(2, 'Error: no such option', { run: 2 }),
      line(3, 'exited with code 2', { run: 2, own: true }),
    ];
    opens.answer('readLogs', async ({ service }) => ({ service, lines, first: 0, next: 4 }));
    const run = runScripted('up -d', { services: ['web'], opens });
    expect(await run.exitCode).toBe(1);
    expect(run.stderr()).toContain('web failed: no\n    Error: no such option\n  more:');
  });

  it('ends at once with 1 when a service has failed, with why and its last lines', async () => {
    const opens = new FakeSession({
      services: [serviceView({ name: 'db' }), serviceView({ name: 'web', ...starting })],
    });
    opens.write('web', ...Array.from({ length: 12 }, (_, index) => `line ${index}`));
    const run = runScripted('up -d', { opens });
    await settle();
    opens.change([{ name: 'web', state: 'failed', why: 'exited with code 1' }]);
    expect(await run.exitCode).toBe(1);
    expect(run.stderr()).toMatch(/^✖ web failed: exited with code 1\n {4}line 2\n/);
    expect(run.stderr()).toContain('    line 11\n  more: ./dev logs web\n');
    expect(run.stderr()).toContain('The session keeps running');
  });

  it('ends with 1 when a dependency of a named service failed', async () => {
    const opens = new FakeSession({
      services: [
        serviceView({ name: 'db', state: 'failed', ready: false, why: 'exited with code 1' }),
        serviceView({ name: 'web', state: 'waiting', ready: false, dependsOn: ['db'] }),
      ],
    });
    const run = runScripted('up -d web', { opens, services: ['db', 'web'] });
    expect(await run.exitCode).toBe(1);
    expect(run.stderr()).toContain('✖ db failed');
  });

  it('ends with 124 on timeout, and names the services that are not ready', async () => {
    const opens = new FakeSession({
      services: [serviceView({ name: 'db' }), serviceView({ name: 'web', ...starting })],
    });
    const run = runScripted('up -d --timeout 5s', { opens });
    await settle();
    run.advance(4_999);
    await settle();
    expect(run.stderr()).toBe('');
    run.advance(1);
    expect(await run.exitCode).toBe(124);
    expect(run.stderr()).toMatch(/^Not ready after 5\.0 s:\n◐ web starting: waits for an answer on port 8000\n/);
    expect(run.stderr()).not.toContain('db');
  });

  it('waits for a minute by default', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'web', ...starting })] });
    const run = runScripted('up -d', { opens });
    await settle();
    run.advance(59_999);
    await settle();
    expect(run.stdout()).toBe('');
    run.advance(1);
    expect(await run.exitCode).toBe(124);
  });

  it('says so when the session ends during the wait', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'web', ...starting })] });
    const run = runScripted('up -d', { opens });
    await settle();
    opens.end({ leftovers: [] });
    expect(await run.exitCode).toBe(1);
    expect(run.stderr()).toContain('The session ended before the services were ready.');
  });
});

describe('the set of started services', () => {
  it('follows the options', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'web' }), serviceView({ name: 'db' })] });
    const run = runScripted('up -d web --no-deps --port web=9000 --kill-existing', { opens, services: ['web', 'db'] });
    expect(await run.exitCode).toBe(0);
    expect(run.opened).toEqual([
      { names: ['web'], options: { dependencies: false, ports: { web: 9000 }, onConflict: 'kill' } },
    ]);
  });

  it('is everything by default', async () => {
    const run = runScripted('up -d', { opens: new FakeSession({ services: [serviceView({ name: 'web' })] }) });
    await run.exitCode;
    expect(run.opened).toEqual([{ names: [], options: {} }]);
  });
});

describe('a typo', () => {
  const services = ['backend', 'frontend'];

  it('opens no session', async () => {
    const run = runScripted('bakend', { services });
    expect(await run.exitCode).toBe(4);
    expect(run.opened).toEqual([]);
    expect(run.stderr()).toBe(
      '✖ "bakend" is neither a command nor a service of this project.\n  did you mean "backend"?\n',
    );
  });

  it('suggests commands as well as services', async () => {
    const run = runScripted('stat', { services: ['stats'] });
    expect(await run.exitCode).toBe(4);
    expect(run.stderr()).toMatch(/did you mean "stats"\? \(a service\)\n {2}did you mean "sta\w+"\? \(a command\)/);
  });

  it('suggests only services after up', async () => {
    const run = runScripted('up statsu', { services });
    expect(await run.exitCode).toBe(4);
    expect(run.stderr()).toBe('✖ There is no service "statsu".\n  services: backend, frontend\n');
  });

  it('is explained when it is a command in the wrong place', async () => {
    const run = runScripted('backend status', { services });
    expect(await run.exitCode).toBe(4);
    expect(run.stderr()).toContain('it is a command, and commands come first: ./dev status …');
  });

  it('is also found in --port', async () => {
    expect(await runScripted('up --port bakend=9000', { services }).exitCode).toBe(4);
  });
});

describe('the screen', () => {
  function shown(script: Parameters<typeof runScripted>[1] & object, end: 'quit' | 'detach' = 'quit') {
    const seen: ScreenOptions[] = [];
    const run = runScripted('', {
      terminal: PERSON,
      services: ['web'],
      loadScreen: async () => async (options) => {
        seen.push(options);
        await options.session;
        return { reason: end, report: { leftovers: [] } };
      },
      ...script,
    });
    return { run, seen };
  }

  it('opens for a person at a terminal, with the names of the config', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'web' })] });
    const { run, seen } = shown({ opens });
    expect(await run.exitCode).toBe(0);
    expect(seen).toMatchObject([{ projectName: 'shop', serviceNames: ['web'] }]);
    expect(opens.closed).toBe(true);
    expect(run.stdout() + run.stderr()).toBe('');
  });

  it('says how to come back after a detach', async () => {
    const { run } = shown({ opens: new FakeSession() }, 'detach');
    expect(await run.exitCode).toBe(0);
    expect(run.stderr()).toContain('./dev attach');
  });

  it('opens on a running session whose config has been broken since', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'api' })] });
    const { run, seen } = shown({ running, loadProject: () => Promise.reject(new Error('broken')) });
    expect(await run.exitCode).toBe(0);
    expect(seen).toMatchObject([{ projectName: 'shop', serviceNames: ['api'] }]);
  });

  it('never opens when the session cannot be opened', async () => {
    const problem = Promise.reject(new Error('no luck'));
    problem.catch(() => undefined);
    const { run, seen } = shown({ openSession: () => problem, loadProject: () => problem });
    expect(await run.exitCode).toBe(70);
    expect(seen).toEqual([]);
  });

  it.each([
    ['CI', { CI: 'true' }],
    ['a dumb terminal', { TERM: 'dumb' }],
    ['a coding agent', { CLAUDECODE: '1' }],
    ['another agent', { AI_AGENT: 'some-agent' }],
  ])('gives way to the stream in %s', async (_name, env) => {
    const opens = new FakeSession({
      services: [serviceView({ name: 'web', state: 'exited', ready: false, pid: null })],
    });
    const { run, seen } = shown({ opens, env });
    expect(await run.exitCode).toBe(0);
    expect(seen).toEqual([]);
    expect(run.stdout()).toContain('web │ ✓ exited');
  });

  it.each([{ CI: 'false' }, { CI: '' }, { CLAUDECODE: '0' }])('opens despite %o', async (env) => {
    const { run, seen } = shown({ opens: new FakeSession(), env });
    await run.exitCode;
    expect(seen).toHaveLength(1);
  });

  it('cannot be attached when there is none', async () => {
    const run = runScripted('attach', { running: new FakeSession() });
    expect(await run.exitCode).toBe(2);
    expect(run.stderr()).toContain('stdin is not a terminal');
  });
});

it.each(['--timeout 5s', '--json'])('%s without -d is refused', async (option) => {
  const run = runScripted(`up ${option}`);
  expect(await run.exitCode).toBe(2);
  expect(run.opened).toEqual([]);
});
