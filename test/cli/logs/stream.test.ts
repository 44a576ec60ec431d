import { describe, expect, it } from 'vitest';
import type { OwnerCard } from '../../../src/core/model/port-owner.ts';
import { DevError, EXIT } from '../../../src/errors.ts';
import { FakeSession, serviceView } from '../../fakes/fake-session.ts';
import { runScripted, settle } from '../scripted-context.ts';

/** Stops its services as soon as it is asked to. */
function obedientSession(options: ConstructorParameters<typeof FakeSession>[0]): FakeSession {
  const session = new FakeSession(options);
  session.answer('stop', async () => {
    const { services } = await session.snapshot();
    session.change(services.map(({ name }) => ({ name, state: 'stopped', ready: false, wanted: false, pid: null })));
  });
  return session;
}

function starting(name: string) {
  return serviceView({ name, state: 'starting', ready: false, pid: 812, readyAt: null, why: 'started a moment ago' });
}

describe('the stream of a new session', () => {
  it('prints every line once, with its service, and the changes of state between', async () => {
    const opens = obedientSession({ services: [starting('backend'), starting('web')] });
    opens.write('backend', 'booting');
    const run = runScripted('', { opens });
    await settle();
    opens.write('backend', 'listening');
    opens.change([
      {
        name: 'backend',
        state: 'ready',
        ready: true,
        url: 'http://localhost:8000',
        address: 'localhost:8000',
        why: '',
      },
    ]);
    opens.write('web', 'hello', 'world');
    await settle();
    expect(run.stdout()).toBe(
      [
        'backend │ booting',
        'backend │ ◐ starting (pid 812)',
        'web     │ ◐ starting (pid 812)',
        'backend │ listening',
        'web     │ hello',
        'web     │ world',
        'backend │ ● ready on http://localhost:8000',
        '',
      ].join('\n'),
    );
    run.signal('SIGINT');
    await run.exitCode;
  });

  it('continues with the services of an edited config, and reports the edit once', async () => {
    const opens = obedientSession({ services: [starting('web'), starting('old')] });
    const run = runScripted('', { opens });
    await settle();
    const changes = [{ service: 'cache', effect: 'start', text: 'cache is new and starts' }] as const;
    const config = { status: 'pending', file: '.project.config', version: 1, changes, problem: null } as const;
    opens.change([], { config });
    opens.change([{ name: 'web', restarts: 1 }]);
    await settle();
    expect(run.stderr().match(/cache starts; .\/dev reload applies it/g)).toHaveLength(1);
    opens.dropConfigNews();
    opens.change([{ name: 'cache' }]);
    opens.remove('old');
    opens.write('cache', 'warm');
    opens.write('web', 'still here');
    await settle();
    expect(run.stdout()).toContain('cache │ warm\n');
    expect(run.stdout()).toContain('web   │ still here\n');
    run.signal('SIGINT');
    await run.exitCode;
  });

  it('reports a failed check of the project once, with its hint', async () => {
    const opens = obedientSession({ services: [starting('web')] });
    const run = runScripted('', { opens });
    await settle();
    const failedChecks = [{ name: 'crypto', message: 'bcrypt is too new', hint: "pip install 'bcrypt<5'" }];
    opens.change([], { checking: true });
    opens.change([], { checking: false, failedChecks });
    opens.change([{ name: 'web', restarts: 1 }], { failedChecks });
    await settle();
    const warning = "▲ check crypto failed: bcrypt is too new\n  → pip install 'bcrypt<5'\n";
    expect(run.stderr().split(warning)).toHaveLength(2);
    run.signal('SIGINT');
    await run.exitCode;
  });

  it('says how long a service took to start', async () => {
    const opens = obedientSession({ services: [starting('web')] });
    const run = runScripted('--stream', { opens });
    await settle();
    opens.change([{ name: 'web', state: 'ready', ready: true, readyAt: '2026-01-02T03:04:06.240Z' }]);
    await settle();
    expect(run.stdout()).toContain('web │ ● ready after 1.2 s\n');
    run.signal('SIGINT');
    await run.exitCode;
  });

  it('merges the lines of all services by time', async () => {
    const opens = obedientSession({ services: [serviceView({ name: 'a' }), serviceView({ name: 'b' })] });
    opens.answer('readLogs', async ({ service, from, count }) => {
      const all = Array.from({ length: 2500 }, (_, seq) => ({
        seq,
        // Every third line is of b.
        time: new Date(seq * (service === 'a' ? 2 : 6) + (service === 'a' ? 0 : 1)).toISOString(),
        text: `${service}${seq}`,
      })).slice(0, service === 'a' ? 2500 : 800);
      return { service, lines: all.slice(from, from + count), first: 0, next: all.length };
    });
    const run = runScripted('', { opens });
    await settle();
    const lines = run
      .stdout()
      .split('\n')
      .filter((line) => /│ [ab]\d/.test(line));
    expect(lines).toHaveLength(3300);
    const times = lines.map((line) => {
      const [, service, seq] = /│ ([ab])(\d+)/.exec(line) ?? [];
      return service === 'a' ? Number(seq) * 2 : Number(seq) * 6 + 1;
    });
    expect(times).toEqual(times.toSorted((x, y) => x - y));
    run.signal('SIGINT');
    await run.exitCode;
  });

  it('waits for the end of a line that is half written', async () => {
    const opens = obedientSession({ services: [serviceView({ name: 'web' })] });
    let text = 'Compil';
    opens.answer('readLogs', async ({ service, from }) => {
      const partial = text === 'Compil' ? { partial: true as const } : {};
      const lines = [{ seq: 0, time: '2026-01-02T03:04:05.000Z', text, ...partial }].filter(({ seq }) => seq >= from);
      return { service, lines, first: 0, next: 1 };
    });
    const run = runScripted('', { opens });
    await settle();
    expect(run.stdout()).not.toContain('Compil');
    text = 'Compiled.';
    opens.emit({ type: 'logs', next: { web: 1 } });
    await settle();
    expect(run.stdout()).toContain('web │ Compiled.\n');
    run.signal('SIGINT');
    await run.exitCode;
  });

  it('says how many lines it missed when the log no longer holds them', async () => {
    const opens = obedientSession({ services: [serviceView({ name: 'web' })] });
    opens.answer('readLogs', async ({ service, from }) => ({
      service,
      lines: from > 40 ? [] : [{ seq: 40, time: '2026-01-02T03:04:05.000Z', text: 'kept' }],
      first: 40,
      next: 41,
    }));
    const run = runScripted('', { opens });
    await settle();
    expect(run.stdout()).toBe('web │ … 40 lines are no longer kept …\nweb │ kept\nweb │ ● ready after 1.0 s\n');
    run.signal('SIGINT');
    await run.exitCode;
  });

  it('drops colours of services with --no-color, and otherwise ends them with the line', async () => {
    const streams = [{}, { FORCE_COLOR: '1' }].map((env) => {
      const opens = obedientSession({ services: [serviceView({ name: 'web' })] });
      opens.write('web', '\u001B[32mok');
      return runScripted('', { opens, env });
    });
    await settle();
    for (const run of streams) run.signal('SIGINT');
    await Promise.all(streams.map((run) => run.exitCode));
    expect(streams.map((run) => run.stdout().split('\n')[0])).toEqual([
      'web │ ok',
      '\u001B[36mweb │ \u001B[39m\u001B[32mok\u001B[0m',
    ]);
  });
});

describe('Ctrl-C', () => {
  it('stops a session that it opened, prints the last lines, and ends with 130', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'web', pid: 812 })] });
    opens.answer('stop', async () => {
      opens.change([{ name: 'web', state: 'stopping', ready: false, why: 'SIGTERM sent' }]);
    });
    const run = runScripted('', { opens });
    await settle();
    run.signal('SIGINT');
    await settle();
    expect(opens.callsOf('shutdown')).toEqual([]);
    opens.write('web', 'bye');
    opens.change([{ name: 'web', state: 'stopped', pid: null, wanted: false, why: 'no start requested' }]);
    expect(await run.exitCode).toBe(130);
    expect(run.stdout()).toMatch(/web │ ◌ stopping: SIGTERM sent\nweb │ bye\nweb │ ○ stopped\n$/);
    expect(opens.callsOf('stop')).toEqual([[[]]]);
    expect(opens.callsOf('shutdown')).toEqual([[]]);
  });

  it('kills at once when pressed twice', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'web', pid: 812 })] });
    opens.answer('stop', async (_names, options) => {
      if (options?.force) opens.change([{ name: 'web', state: 'stopped', pid: null, wanted: false }]);
    });
    const run = runScripted('', { opens });
    await settle();
    run.signal('SIGINT');
    await settle();
    run.signal('SIGINT');
    expect(await run.exitCode).toBe(130);
    expect(opens.callsOf('stop')).toEqual([[[]], [[], { force: true }]]);
  });

  it('names the survivors, and ends with 1', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'web', pid: null })] });
    opens.answer('shutdown', async () => ({ leftovers: [{ service: 'web', pid: 812, name: 'no\u001B[2Jde' }] }));
    const run = runScripted('', { opens });
    await settle();
    run.signal('SIGTERM');
    expect(await run.exitCode).toBe(1);
    expect(run.stderr()).toMatch(/survived SIGKILL:\n {2}web: no.*de \(pid 812\)\n$/);
    expect(run.stderr()).not.toContain('\u001B');
  });

  it('does not report a stop when the supervisor dies during it', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'web', pid: 812 })] });
    opens.answer('stop', async () => opens.end(null));
    opens.answer('shutdown', async () => {
      const message = 'The session ended before it answered.';
      throw new DevError({ code: 'session_unreachable', exitCode: EXIT.noSession, message });
    });
    const run = runScripted('', { opens });
    await settle();
    run.signal('SIGINT');
    expect(await run.exitCode).toBe(1);
    expect(run.stderr()).toMatch(/supervisor ended before it confirmed.*\n.*\.\/dev stop finds what it left/);
  });

  it('only disconnects from a session that ran before', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web' })] });
    running.write('web', 'old line');
    const run = runScripted('', { running });
    await settle();
    running.write('web', 'new line');
    await settle();
    run.signal('SIGINT');
    expect(await run.exitCode).toBe(130);
    expect(run.stdout()).not.toContain('old line');
    expect(run.stdout()).toContain('new line');
    expect(running.callsOf('stop')).toEqual([]);
    expect(running.callsOf('shutdown')).toEqual([]);
    expect(running.closed).toBe(true);
    expect(run.stderr()).toContain('The session keeps running');
  });
});

describe('the end by itself', () => {
  it('is 0 when every service ended with success', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'migrate', pid: null })] });
    const run = runScripted('', { opens });
    await settle();
    opens.write('migrate', 'done');
    opens.change([{ name: 'migrate', state: 'exited', ready: false, why: 'exited with code 0' }]);
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toMatch(/migrate │ done\nmigrate │ ✓ exited: exited with code 0\n$/);
  });

  it('is 1 when all services failed, or wait for a failed one', async () => {
    const opens = new FakeSession({
      services: [
        serviceView({ name: 'db', pid: null }),
        serviceView({ name: 'web', state: 'waiting', ready: false, pid: null, dependsOn: ['db'] }),
      ],
    });
    const run = runScripted('', { opens });
    await settle();
    opens.change([
      { name: 'db', state: 'failed', ready: false, why: 'exited with code 1' },
      { name: 'web', isStuck: true },
    ]);
    expect(await run.exitCode).toBe(1);
  });

  it('does not come while one of them still runs', async () => {
    const opens = new FakeSession({ services: [serviceView({ name: 'db' }), serviceView({ name: 'web' })] });
    const run = runScripted('', { opens });
    await settle();
    opens.change([{ name: 'db', state: 'failed', ready: false }]);
    await settle();
    expect(opens.callsOf('shutdown')).toEqual([]);
    run.signal('SIGINT');
    opens.change([
      { name: 'web', pid: null },
      { name: 'db', pid: null },
    ]);
    expect(await run.exitCode).toBe(130);
  });

  it('comes with the end of the session', async () => {
    const running = new FakeSession({ services: [serviceView({ name: 'web' })] });
    const run = runScripted('', { running });
    await settle();
    running.end({ leftovers: [] });
    expect(await run.exitCode).toBe(0);
    expect(run.stderr()).toContain('The session has ended.');
  });
});

describe('a taken port', () => {
  const owner: OwnerCard = {
    pid: 4711,
    startTicks: 1,
    name: 'node\u001B]0;x\u0007',
    command: 'node other-shop/server.js',
    cwd: '/home/ann/other-shop',
    project: { name: 'other-shop', root: '/home/ann/other-shop', branch: 'main' },
    user: 'ann',
    uid: 1000,
    startedAt: '2026-01-02T03:12:00.000Z',
    parents: [{ pid: 4000, name: 'bash' }],
    listening: [{ address: '::1', port: 8000 }],
    verdict: 'foreign',
    meaning: 'somebody else started it',
    refusal: null,
  };

  it('ends the stream with 5, the owner, and the flags that settle it', async () => {
    const opens = new FakeSession({ services: [starting('backend')] });
    const run = runScripted('', { opens });
    await settle();
    opens.change([
      {
        name: 'backend',
        state: 'conflict',
        pid: null,
        port: 8000,
        why: 'port 8000 is taken by node (pid 4711)',
        conflict: {
          port: 8000,
          since: '2026-01-02T03:14:00.000Z',
          owners: [owner],
          container: null,
          obstacles: [],
          choices: [],
          suggestedPort: 8002,
          rewires: [],
          progress: null,
          problem: null,
        },
      },
    ]);
    expect(await run.exitCode).toBe(5);
    expect(run.stderr()).toMatchInlineSnapshot(`
      "backend cannot start: port 8000 is taken
        node (pid 4711)
          command    node other-shop/server.js
          folder     /home/ann/other-shop
          project    other-shop on main, /home/ann/other-shop
          user       ann
          runs for   2m 05s
          started by bash (pid 4000)
          listens on [::1]:8000
          verdict    foreign: somebody else started it
        ways out:
          --on-conflict kill     stop the owner, then start
          --on-conflict reuse    use it in place of the service
          --on-conflict reroute  take the next free port
          --port backend=8002    take this port
          ./dev kill 8000        stop the owner only
      Stopping. Ctrl-C again kills at once.
      "
    `);
    expect(opens.callsOf('shutdown')).toHaveLength(1);
  });

  it('does not end the stream while a decision is under way', async () => {
    const opens = new FakeSession({ services: [starting('backend')] });
    const run = runScripted('', { opens });
    await settle();
    opens.change([
      {
        name: 'backend',
        state: 'conflict',
        pid: null,
        conflict: {
          port: 8000,
          since: '2026-01-02T03:14:00.000Z',
          owners: [owner],
          container: null,
          obstacles: [],
          choices: [],
          suggestedPort: null,
          rewires: [],
          progress: 'asking the owner to stop',
          problem: null,
        },
      },
    ]);
    await settle();
    expect(opens.callsOf('shutdown')).toEqual([]);
    opens.change([{ name: 'backend', state: 'ready', ready: true, conflict: null }]);
    run.signal('SIGINT');
    expect(await run.exitCode).toBe(130);
  });
});
