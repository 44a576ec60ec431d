import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/core/view/explain.ts';
import { viewService } from '../../../src/core/view/view.ts';
import { CoreSession } from '../../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

const httpProbe = {
  check: { kind: 'http', url: '/health' },
  intervalMs: 5_000,
  timeoutMs: 5_000,
  retries: 3,
  startPeriodMs: 30_000,
} as const;

const shop = () =>
  new CoreSession([
    serviceSpec('backend', { port: portSpec(8000), health: httpProbe }),
    serviceSpec('frontend', {
      port: portSpec(5173),
      dependsOn: [{ service: 'backend', condition: 'ready' }],
      env: { API: '${backend.url}' },
    }),
    serviceSpec('worker'),
  ]);

const start = { type: 'start', names: [], options: {} } as const;

describe('starting', () => {
  it('checks the port before the spawn, and waits for dependencies', () => {
    const session = shop().send(start);
    expect(session.take('checkPort')).toMatchObject([{ service: 'backend', port: 8000 }]);
    expect(session.take('spawn')).toMatchObject([{ service: 'worker' }]);
    expect(session.status('frontend')).toBe('waiting');
    expect(explain(session.service('frontend'))).toBe('waits ← backend is starting');
  });

  it('starts a dependent as soon as its dependency is ready', () => {
    const session = shop().send(start).bringUp();
    expect(session.statuses()).toEqual({ backend: 'starting', frontend: 'waiting', worker: 'starting' });
    session.becomeReady('backend');
    expect(session.take('checkPort')).toMatchObject([{ service: 'frontend', port: 5173 }]);
  });

  it('starts only the named service and its dependencies', () => {
    const session = shop()
      .send({ type: 'start', names: ['frontend'], options: {} })
      .bringUpReady();
    expect(session.statuses()).toEqual({ backend: 'ready', frontend: 'ready', worker: 'stopped' });
  });

  it('leaves the dependencies alone with --no-deps, and does not wait for them', () => {
    const session = shop()
      .send({ type: 'start', names: ['frontend'], options: { dependencies: false } })
      .bringUpReady();
    expect(session.statuses()).toEqual({ backend: 'stopped', frontend: 'ready', worker: 'stopped' });
  });

  it('names the cause along the whole chain when a dependency fails', () => {
    const session = shop().send(start).bringUp();
    session.exit('backend', 127).gone('backend');
    expect(session.status('backend')).toBe('failed');
    expect(explain(session.service('frontend'))).toBe('waits ← backend is failed: command not found (exit code 127)');
  });

  it('uses the port of --port in the environment of every service', () => {
    const session = shop().send({ type: 'start', names: [], options: { ports: { backend: 9000 } } });
    expect(session.take('checkPort')).toMatchObject([{ service: 'backend', port: 9000 }]);
    expect(session.take('spawn')[0]?.ports).toEqual({ backend: 9000, frontend: 5173 });
  });

  it('says why when the command cannot be started, and does not try again', () => {
    const session = shop().send(start);
    const [spawn] = session.take('spawn');
    session.send({ type: 'spawnFailed', service: 'worker', run: spawn?.run ?? 0, reason: 'command "wrk" not found' });
    expect(session.status('worker')).toBe('failed');
    expect(explain(session.service('worker'))).toBe('command "wrk" not found');
    expect(session.take('startTimer').filter(({ service }) => service === 'worker')).toEqual([]);
  });
});

describe('health', () => {
  it('probes quickly while starting and at the interval once ready', () => {
    const session = shop().send(start).bringUp();
    const delay = () => session.take('startTimer').find(({ service }) => service === 'backend')?.delayMs;
    expect(delay()).toBe(50);
    const delays = [1, 2, 3, 4].map(() => {
      session.fire('backend', 'probe').probed('backend', false);
      return delay();
    });
    expect(delays).toEqual([100, 200, 250, 250]);
    session.fire('backend', 'probe').probed('backend', true);
    expect(session.status('backend')).toBe('ready');
    expect(delay()).toBe(5_000);
  });

  it('turns unhealthy after three failures in a row, and ready again after one success', () => {
    const session = shop().send(start).bringUpReady();
    for (const expected of ['ready', 'ready', 'unhealthy']) {
      session.fire('backend', 'probe').probed('backend', false);
      expect(session.status('backend')).toBe(expected);
    }
    expect(explain(session.service('backend'))).toBe('503 Service Unavailable');
    session.fire('backend', 'probe').probed('backend', true);
    expect(session.status('backend')).toBe('ready');
  });

  it('remembers the last twenty answers of the run', () => {
    const session = shop().send(start).bringUpReady();
    for (let answer = 0; answer < 25; answer += 1) session.fire('backend', 'probe').probed('backend', answer !== 24);
    const { probes } = session.service('backend');
    expect(probes).toHaveLength(20);
    expect(probes.map(({ ok }) => ok).lastIndexOf(false)).toBe(19);
    session
      .send({ type: 'restart', names: ['backend'] })
      .exit('backend', 0)
      .gone('backend')
      .bringUp();
    expect(session.service('backend').probes).toEqual([]);
  });

  it('never runs two probes of one service at once', () => {
    const session = shop().send(start).bringUp();
    session.fire('backend', 'probe').fire('backend', 'probe');
    expect(session.take('probe')).toHaveLength(1);
  });

  it('tolerates failures during the start period, and no longer', () => {
    const session = shop().send(start).bringUp();
    for (let attempt = 0; attempt < 10; attempt += 1) session.fire('backend', 'probe').probed('backend', false);
    expect(session.status('backend')).toBe('starting');
    session.nowMs = 30_001;
    session.fire('backend', 'probe').probed('backend', false);
    expect(session.status('backend')).toBe('unhealthy');
  });

  it('ignores the answer of a probe that belongs to an earlier run', () => {
    const session = shop().send(start).bringUp();
    session.exit('backend', 1).gone('backend').fire('backend', 'backoff').bringUp();
    const result = { ok: true, latencyMs: 1, message: '200 OK', components: [] };
    session.send({ type: 'probed', service: 'backend', run: 1, result });
    expect(session.status('backend')).toBe('starting');
  });

  it('makes the service ready by a line of output when the config says so', () => {
    const ready = { ...httpProbe, check: { kind: 'log', pattern: 'listening' } } as const;
    const session = new CoreSession([serviceSpec('api', { ready })]).send(start).bringUp();
    expect(session.take('watchReadyLine')).toMatchObject([{ service: 'api', pattern: 'listening' }]);
    session.send({ type: 'readyLineSeen', service: 'api', run: 1 });
    expect(session.status('api')).toBe('ready');
  });
});

describe('stopping', () => {
  it('stops against the order of dependencies', () => {
    const session = shop().send(start).bringUpReady().send({ type: 'shutdown', isForced: false });
    expect(session.statuses()).toEqual({ backend: 'ready', frontend: 'stopping', worker: 'stopping' });
    session.exit('frontend', null, 'SIGTERM').gone('frontend');
    expect(session.statuses()).toEqual({ backend: 'stopping', frontend: 'stopped', worker: 'stopping' });
  });

  it('sends SIGKILL after the grace period, and names the survivors', () => {
    const session = shop()
      .send(start)
      .bringUpReady()
      .send({ type: 'stop', names: ['worker'], isForced: false });
    expect(session.take('signalTree')).toMatchObject([{ service: 'worker', signal: 'SIGTERM' }]);
    session.fire('worker', 'grace');
    expect(session.take('signalTree')).toMatchObject([{ service: 'worker', signal: 'SIGKILL' }]);
    // Born between the look and the signal: killed as well, before anything counts as a survivor.
    session.fire('worker', 'survivors');
    expect(session.take('signalTree')).toMatchObject([{ service: 'worker', signal: 'SIGKILL' }]);
    expect(session.take('listSurvivors')).toEqual([]);
    session.nowMs += 5_000;
    session.fire('worker', 'survivors');
    expect(session.take('listSurvivors')).toHaveLength(1);
    session.send({ type: 'treeSurvived', service: 'worker', run: 1, leftovers: [{ pid: 812, name: 'dd' }] });
    expect(explain(session.service('worker'))).toBe('outlived SIGKILL: dd (pid 812)');
  });

  it('ignores a grace timer that belongs to an earlier run', () => {
    const session = shop()
      .send(start)
      .bringUpReady()
      .send({ type: 'restart', names: ['worker'] });
    const { epoch } = session.service('worker');
    session.exit('worker', 0).gone('worker').bringUpReady();
    session.take('signalTree');
    session.send({ type: 'timerFired', service: 'worker', epoch, kind: 'grace' });
    expect(session.take('signalTree')).toEqual([]);
    expect(session.status('worker')).toBe('ready');
  });

  it('kills at once when forced, also a service that is already stopping', () => {
    const session = shop().send(start).bringUpReady().send({ type: 'shutdown', isForced: false });
    session.take('signalTree');
    session.send({ type: 'shutdown', isForced: true });
    const killed = session.take('signalTree').filter(({ signal }) => signal === 'SIGKILL');
    expect(killed.map(({ service }) => service).sort()).toEqual(['backend', 'frontend', 'worker']);
  });

  it('forgets a pending restart', () => {
    const session = shop().send(start).bringUpReady();
    session.exit('worker', 1).gone('worker');
    expect(session.status('worker')).toBe('backoff');
    const { epoch } = session.service('worker');
    session.send({ type: 'stop', names: ['worker'], isForced: false });
    session.take('spawn');
    session.send({ type: 'timerFired', service: 'worker', epoch, kind: 'backoff' });
    expect(session.status('worker')).toBe('stopped');
    expect(session.take('spawn')).toEqual([]);
  });

  it('runs the stop command instead of the signal, and signals the remaining processes', () => {
    const stop = { signal: 'SIGTERM', graceMs: 5_000, command: { kind: 'shell', line: 'app stop' } } as const;
    const session = new CoreSession([serviceSpec('app', { stop })]).send(start).bringUpReady();
    session.send({ type: 'stop', names: [], isForced: false });
    expect(session.take('signalTree')).toEqual([]);
    expect(session.take('runStopCommand')).toHaveLength(1);
    session.send({ type: 'stopCommandEnded', service: 'app', run: 1 });
    expect(session.take('signalTree')).toMatchObject([{ signal: 'SIGTERM' }]);
  });
});

describe('restarting', () => {
  it('spawns the new run only after the tree of the old one has ended', () => {
    const session = shop()
      .send(start)
      .bringUpReady()
      .send({ type: 'restart', names: ['backend'] });
    expect(session.status('backend')).toBe('stopping');
    session.exit('backend', null, 'SIGTERM');
    expect(session.take('checkPort')).toEqual([]);
    session.gone('backend');
    expect(session.take('checkPort')).toHaveLength(1);
    expect(session.status('frontend')).toBe('ready');
  });

  it('counts two quick requests as two generations, and ends with one process', () => {
    const session = shop().send(start).bringUpReady();
    session.send({ type: 'restart', names: ['worker'] }).send({ type: 'restart', names: ['worker'] });
    session.exit('worker', 0).gone('worker').bringUpReady();
    expect(session.service('worker').runs).toBe(2);
    expect(session.status('worker')).toBe('ready');
  });

  it('starts a failed service again with a fresh count', () => {
    const session = shop().send(start).bringUp();
    session.exit('worker', 127).gone('worker');
    session.send({ type: 'restart', names: ['worker'] });
    expect(session.take('spawn')).toMatchObject([{ service: 'worker', run: 2 }]);
  });
});

describe('crashing', () => {
  it('shows no health for a service that does not run', () => {
    const session = shop().send(start).bringUpReady();
    const facts = { trees: new Map(), alerts: new Map(), logFile: String, toTime: String };
    const health = () => viewService(session.state, session.service('backend'), facts).health;
    expect(health()).toMatchObject({ status: 'pass', message: '200 OK' });
    session.exit('backend', 1).gone('backend');
    expect(health()).toMatchObject({ status: 'unknown', latencyMs: null, message: 'does not run' });
  });

  it('backs off 1, 2, 4 s, cools down once, and then gives up with the reason', () => {
    const session = new CoreSession([serviceSpec('worker')]).send(start).bringUp();
    const delays: (number | undefined)[] = [];
    for (let crash = 0; crash < 5; crash += 1) {
      session.exit('worker', 1).gone('worker');
      const timers = session.take('startTimer').filter(({ kind }) => kind === 'backoff');
      delays.push(timers[0]?.delayMs);
      if (session.status('worker') === 'failed') break;
      session.fire('worker', 'backoff').bringUp();
    }
    // Each a little shorter than planned, so that services that died together do not come back in one instant.
    expect(delays.map((ms) => ms && Math.ceil(ms / 1_000) * 1_000)).toEqual([1_000, 2_000, 4_000, 30_000, undefined]);
    expect(delays[2]).toBeGreaterThanOrEqual(3_600);
    expect(explain(session.service('worker'))).toBe('exited with code 1; gave up after 4 restarts in a row');
    expect(session.service('worker').restarts).toBe(4);
  });

  it('resets the count after a run that was stable for a minute', () => {
    const session = new CoreSession([serviceSpec('worker')]).send(start).bringUp();
    session.exit('worker', 1).gone('worker').fire('worker', 'backoff').bringUp();
    session.nowMs += 60_000;
    session.exit('worker', 1).gone('worker');
    expect(session.service('worker').attempts).toBe(1);
  });

  it('stops remaining processes before a restart', () => {
    const session = shop().send(start).bringUpReady();
    session.exit('backend', 1);
    expect(session.take('signalTree')).toMatchObject([{ service: 'backend', signal: 'SIGTERM' }]);
    expect(session.status('backend')).toBe('stopping');
    session.gone('backend');
    expect(session.status('backend')).toBe('backoff');
  });

  it('says that processes left by a daemon were stopped', () => {
    const session = new CoreSession([serviceSpec('migrate')]).send(start).bringUpReady().exit('migrate', 0);
    session.send({ type: 'leftBehind', service: 'migrate', run: 1, count: 2 });
    session.send({ type: 'leftBehind', service: 'migrate', run: 1, count: 1 });
    session.gone('migrate');
    expect(explain(session.service('migrate'))).toContain(
      'ended with success; stopped 2 processes that it left behind',
    );
  });

  it('leaves a service exited after success', () => {
    const session = new CoreSession([serviceSpec('migrate')]).send(start).bringUp();
    session.exit('migrate', 0).gone('migrate');
    expect(session.status('migrate')).toBe('exited');
  });

  it('lets a dependent start once a one-shot has completed', () => {
    const session = new CoreSession([
      serviceSpec('migrate'),
      serviceSpec('api', { dependsOn: [{ service: 'migrate', condition: 'completed' }] }),
    ]);
    session.send(start).bringUp();
    expect(session.status('api')).toBe('waiting');
    session.exit('migrate', 0).gone('migrate').bringUp();
    expect(session.status('api')).toBe('starting');
  });
});

describe('liveness', () => {
  const lively = { ...httpProbe, restart: true };
  const unhealthy = (session: CoreSession) => {
    for (let failure = 0; failure < 3; failure += 1) session.fire('api', 'probe').probed('api', false);
    return session;
  };

  it('ends an unhealthy run when the config says so, and restarts it as after a crash', () => {
    const session = new CoreSession([serviceSpec('api', { port: portSpec(8000), health: lively })]).send(start);
    unhealthy(session.bringUpReady());
    expect(session.take('signalTree')).toMatchObject([{ service: 'api', signal: 'SIGTERM' }]);
    session.exit('api', null, 'SIGTERM').gone('api');
    expect(session.status('api')).toBe('backoff');
    expect(explain(session.service('api'))).toBe('unhealthy: 503 Service Unavailable');
    expect(session.service('api').attempts).toBe(1);
  });

  it('ignores a service that was never ready, and one whose config does not ask for it', () => {
    for (const health of [{ ...lively, startPeriodMs: 0 }, httpProbe]) {
      const session = new CoreSession([serviceSpec('api', { port: portSpec(8000), health })]).send(start).bringUp();
      session.nowMs = 60_000;
      if (health === httpProbe) session.becomeReady('api');
      unhealthy(session);
      expect(session.status('api')).toBe('unhealthy');
      expect(session.take('signalTree')).toEqual([]);
    }
  });
});

describe('a restart of a dependency', () => {
  const stack = (restart: boolean) =>
    new CoreSession([
      serviceSpec('db'),
      serviceSpec('api', { dependsOn: [{ service: 'db', condition: 'ready', restart }] }),
    ]).send(start);

  it('restarts a dependent when the config says so, once the dependency is ready again', () => {
    const session = stack(true).bringUpReady();
    session
      .send({ type: 'restart', names: ['db'] })
      .exit('db', 0)
      .gone('db');
    expect(session.status('api')).toBe('stopping');
    session.exit('api', 0).gone('api');
    expect(explain(session.service('api'))).toBe('waits ← db is starting');
    session.bringUpReady();
    expect(session.statuses()).toEqual({ db: 'ready', api: 'ready' });
    expect(session.service('api').runs).toBe(2);
  });

  it('leaves the others running', () => {
    const session = stack(false).bringUpReady();
    session.exit('db', 1).gone('db').fire('db', 'backoff').bringUpReady();
    expect(session.service('db').runs).toBe(2);
    expect(session.service('api').runs).toBe(1);
  });
});
