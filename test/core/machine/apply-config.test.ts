// A session that runs takes over another config.

import { array, assert, boolean, constantFrom, nat, property, record, subarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../src/core/messages/effects.ts';
import type { Project, ServiceSpec } from '../../../src/core/model/project.ts';
import { planChanges } from '../../../src/core/rules/project-change.ts';
import { isLive } from '../../../src/core/model/service.ts';
import { CoreSession } from '../../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../../helpers/service-spec.ts';

function projectOf(services: readonly ServiceSpec[]): Project {
  const rest = { onHangup: 'stop', reload: 'ask', profiles: {}, checks: [], secrets: [] } as const;
  return { name: 'shop', root: '/shop', configFile: '/shop/.project.config', services, ...rest };
}

/** Applies the config as one would, and ends every process that is asked to, until nothing is asked any more. */
function apply(session: CoreSession, services: readonly ServiceSpec[]): CoreSession {
  return settle(session.send({ type: 'applyConfig', project: projectOf(services) }));
}

function settle(session: CoreSession): CoreSession {
  for (;;) {
    session.bringUpReady();
    const watched = session.take('watchTree');
    for (const { service, run } of watched) {
      session.send({ type: 'processExited', service, run, exit: { code: null, signal: 'SIGTERM' } });
      session.send({ type: 'treeGone', service, run });
    }
    if (watched.length === 0) return session;
  }
}

function running(services: readonly ServiceSpec[]): CoreSession {
  return new CoreSession(services).send({ type: 'start', names: [], options: {} }).bringUpReady();
}

function said(session: CoreSession, services: readonly ServiceSpec[]): readonly string[] {
  return planChanges(session.state.services, services).map(({ text }) => text);
}

const db = serviceSpec('db', { port: portSpec(5432) });
const api = serviceSpec('api', {
  port: portSpec(8000),
  env: { DB: '${db.address}', MODE: 'dev' },
  dependsOn: [{ service: 'db', condition: 'ready' }],
});
const web = serviceSpec('web', { dependsOn: [{ service: 'api', condition: 'ready' }], env: { API: '${api.url}' } });
const worker = serviceSpec('worker');

const probe = (url: string) =>
  ({ check: { kind: 'http', url }, intervalMs: 5_000, timeoutMs: 1_000, retries: 3, startPeriodMs: 30_000 }) as const;

describe('the plan', () => {
  it('names the services that start, stop and restart, and why', () => {
    const session = running([db, api, worker]);
    const next = [db, { ...api, env: { ...api.env, MODE: 'test', NEW: '1' } }, serviceSpec('cache')];
    expect(said(session, next)).toEqual([
      'api restarts: its env MODE, NEW changed',
      'cache is new and starts',
      'worker stops: it is no longer in the config',
    ]);
  });

  it('never shows the values of variables', () => {
    const session = running([serviceSpec('api', { env: { TOKEN: 'old-secret' } })]);
    expect(said(session, [serviceSpec('api', { env: { TOKEN: 'new-secret' } })]).join()).not.toContain('secret');
  });

  it('restarts only services that refer to a service with a new port', () => {
    const session = running([db, api, web, worker]);
    expect(said(session, [{ ...db, port: portSpec(5433) }, api, web, worker])).toEqual([
      'db restarts: its port changes from 5432 to 5433',
      'api restarts: db moves from port 5432 to 5433',
    ]);
  });

  it('contains a restart that a dependency causes', () => {
    const following = { ...web, dependsOn: [{ service: 'api', condition: 'ready', restart: true }] } as const;
    const session = running([db, api, following]);
    const next = [db, { ...api, cwd: '/elsewhere' }, following];
    expect(said(session, next)).toEqual([
      'api restarts: its cwd changed',
      'web restarts: api does, and it asked to follow',
    ]);
    apply(session, next);
    expect(session.service('web').runs).toBe(2);
  });

  it('restarts no dependents of a new dependency', () => {
    const following = (service: string) => [{ service, condition: 'ready', restart: true }] as const;
    const session = running([db, worker]);
    const next = [{ ...db, cwd: '/elsewhere' }, serviceSpec('cache', { dependsOn: following('db') })];
    next.push({ ...worker, dependsOn: following('cache') });
    expect(said(session, next).join('; ')).not.toContain('asked to follow');
    apply(session, next);
    expect(session.service('worker').runs).toBe(1);
  });

  it('applies health, restart policy and similar keys to a running service', () => {
    const session = running([worker]);
    const next = [{ ...worker, restart: { ...worker.restart, max: 9 }, health: probe('http://localhost:1/') }];
    expect(said(session, next)).toEqual(['worker keeps running: its health changed, its restart policy changed']);
    apply(session, next);
    expect(session.service('worker')).toMatchObject({ runs: 1, spec: { restart: { max: 9 } } });
    expect(session.service('worker').health).toBeUndefined();
    session.fire('worker', 'probe').probed('worker', true);
    expect(session.service('worker').health?.ok).toBe(true);
  });

  it('is empty when only the order of variables changed', () => {
    const session = running([db, api]);
    expect(said(session, [db, { ...api, env: { MODE: 'dev', DB: '${db.address}' } }])).toEqual([]);
  });
});

describe('the session', () => {
  it('gives a new service the port of the removed one, once it is free', () => {
    const session = running([serviceSpec('api', { port: portSpec(8000) })]);
    session.send({ type: 'applyConfig', project: projectOf([serviceSpec('backend', { port: portSpec(8000) })]) });
    expect(session.take('checkPort')).toEqual([]);
    expect(session.service('backend').state).toMatchObject({ blockers: [{ text: 'api still has port 8000' }] });
    expect(session.status('api')).toBe('stopping');
    settle(session);
    expect(session.statuses()).toEqual({ backend: 'ready' });
  });

  it('lets two services swap their ports', () => {
    const [one, two] = [serviceSpec('one', { port: portSpec(8001) }), serviceSpec('two', { port: portSpec(8002) })];
    const session = running([one, two]);
    apply(session, [
      { ...one, port: portSpec(8002) },
      { ...two, port: portSpec(8001) },
    ]);
    expect(session.statuses()).toEqual({ one: 'ready', two: 'ready' });
    expect([session.service('one').port, session.service('two').port]).toEqual([8002, 8001]);
  });

  it('keeps a moved port while the config asks for the same one', () => {
    const session = new CoreSession([db, api]);
    session.send({ type: 'start', names: [], options: { ports: { db: 6000 } } }).bringUpReady();
    apply(session, [{ ...db, command: { kind: 'shell', line: 'other' } }, api]);
    expect(session.service('db')).toMatchObject({ port: 6000, wantedPort: 6000, runs: 2 });
    expect(session.service('api').runs).toBe(1);
  });

  it('starts a failed service again when its command changes', () => {
    const session = running([{ ...worker, restart: { ...worker.restart, when: 'no' } }]);
    session.exit('worker', 1).gone('worker');
    expect(session.status('worker')).toBe('failed');
    const mended = { ...worker, command: { kind: 'shell', line: 'mended' } } as const;
    expect(said(session, [mended])[0]).toBe('worker starts again: its command changed');
    apply(session, [mended]);
    expect(session.status('worker')).toBe('ready');
  });

  it('leaves stopped services stopped, and starts them with the new config later', () => {
    const session = running([worker, db]);
    settle(session.send({ type: 'stop', names: ['worker'], isForced: false }));
    const next = [{ ...worker, cwd: '/other' }, db];
    expect(said(session, next)).toEqual(['worker takes it at its next start: its cwd changed']);
    apply(session, next);
    expect(session.status('worker')).toBe('stopped');
  });

  it('starts the dependencies of a new service', () => {
    const lazy = { ...db, autostart: false };
    const session = running([lazy, worker]);
    expect(session.status('db')).toBe('stopped');
    apply(session, [lazy, worker, api]);
    expect(session.statuses()).toEqual({ db: 'ready', worker: 'ready', api: 'ready' });
  });

  it('ignores an answer about an earlier life of a service', () => {
    const session = running([worker, db]);
    session.exit('worker', 1).gone('worker');
    const { epoch } = session.service('worker');
    expect(session.status('worker')).toBe('backoff');
    apply(session, [db]);
    apply(session, [db, worker]);
    expect(session.service('worker').epoch).toBeGreaterThan(epoch);
    expect(session.service('worker').runs).toBe(2);
  });

  it('changes nothing while it ends', () => {
    const session = running([worker]);
    session.send({ type: 'shutdown', isForced: false });
    apply(session, [worker, db]);
    expect(session.statuses()).toEqual({ worker: 'stopped' });
  });
});

/** Five names of which some are there, each depending on names before it only. */
const configs = array(
  record({
    name: constantFrom('a', 'b', 'c', 'd', 'e'),
    version: nat({ max: 1 }),
    port: constantFrom(undefined, 8001, 8002, 8003, 8004),
    needs: subarray(['a', 'b', 'c', 'd']),
    restart: boolean(),
    grace: constantFrom(1_000, 2_000),
  }),
  { minLength: 1, maxLength: 8 },
).map((drafts) => {
  const byName = new Map(drafts.map((draft) => [draft.name, draft]));
  const ports = new Set<number>();
  return [...byName.values()]
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .map(({ name, version, port, needs, restart, grace }) => {
      const isFree = port !== undefined && !ports.has(port);
      if (isFree) ports.add(port);
      const dependsOn = needs
        .filter((need) => need < name && byName.has(need as typeof name))
        .map((service) => ({ service, condition: 'ready' as const, restart }));
      const command = { kind: 'shell', line: `run ${version}` } as const;
      const spec = { command, dependsOn, stop: { signal: 'SIGTERM', graceMs: grace } } as const;
      return serviceSpec(name, isFree ? { ...spec, port: portSpec(port) } : spec);
    });
});

/** Lets some of what is asked for happen, as chance has it. */
function happen(session: CoreSession, choices: readonly number[]): void {
  for (const choose of choices) {
    const [effect] = session.effects.splice(choose % Math.max(1, session.effects.length), 1);
    if (effect !== undefined) answer(session, effect);
  }
}

function answer(session: CoreSession, effect: Effect): void {
  if (effect.type === 'spawn') {
    const { service, run } = effect;
    session.send({ type: 'spawned', service, run, leader: { pid: 1000 + run, startTicks: run } });
  } else if (effect.type === 'checkPort') {
    const { service, epoch, port } = effect;
    session.send({ type: 'portChecked', service, epoch, use: { port, addresses: [], owners: [] } });
  } else if (effect.type === 'watchTree') {
    const { service, run } = effect;
    session.send({ type: 'processExited', service, run, exit: { code: null, signal: 'SIGTERM' } });
    session.send({ type: 'treeGone', service, run });
  } else {
    session.effects.push(effect);
  }
}

/** Processes as the system would have them. */
class Processes {
  readonly alive = new Map<string, number>();
  readonly session: CoreSession;

  constructor(session: CoreSession) {
    this.session = session;
  }

  /** Lets something happen: a command, an exit, a timer, an answer. */
  act(choose: number): void {
    const { session } = this;
    const names = [...session.state.services.keys()];
    const name = names[choose % Math.max(1, names.length)];
    session.nowMs += choose % 900;
    const kind = Math.floor(choose / 5) % 8;
    if (name === undefined) return;
    if (kind === 0) session.send({ type: 'stop', names: [name], isForced: choose % 2 === 0 });
    else if (kind === 1) session.send({ type: 'restart', names: [name] });
    else if (kind === 2) session.send({ type: 'start', names: [name], options: {} });
    else if (kind === 3) this.exit(name, choose % 2);
    else this.answer(choose);
  }

  answer(choose: number): void {
    const { session } = this;
    const [effect] = session.effects.splice(choose % Math.max(1, session.effects.length), 1);
    if (effect === undefined) return;
    if (effect.type === 'spawn') {
      expect(this.alive.has(effect.service), `two processes of ${effect.service}`).toBe(false);
      this.alive.set(effect.service, effect.run);
      answer(session, effect);
    } else if (effect.type === 'watchTree') {
      if (this.alive.get(effect.service) === effect.run) this.alive.delete(effect.service);
      answer(session, effect);
    } else if (effect.type === 'startTimer') {
      session.send({ type: 'timerFired', service: effect.service, epoch: effect.epoch, kind: effect.kind });
    } else if (effect.type === 'inspectExit') {
      const { service, epoch } = effect;
      session.send({ type: 'exitInspected', service, epoch, finding: undefined, lastLines: [], errorLine: undefined });
    } else if (effect.type === 'checkPort') {
      answer(session, effect);
    }
  }

  exit(name: string, code: number): void {
    const run = this.alive.get(name);
    if (run === undefined) return;
    this.alive.delete(name);
    this.session.send({ type: 'processExited', service: name, run, exit: { code, signal: null } });
  }

  check(): void {
    for (const name of this.alive.keys()) {
      const service = this.session.state.services.get(name);
      expect(service !== undefined && isLive(service), `${name} has a process that nobody knows`).toBe(true);
    }
  }
}

describe('for any sequence of configs', () => {
  it('every process belongs to a service of the session', () => {
    assert(
      property(
        configs,
        array(record({ next: configs, choices: array(nat({ max: 10_000 }), { maxLength: 25 }) })),
        (first, edits) => {
          const session = new CoreSession(first).send({ type: 'start', names: [], options: {} });
          const processes = new Processes(session);
          for (const { next, choices } of edits) {
            for (const choose of choices) {
              processes.act(choose);
              processes.check();
            }
            session.send({ type: 'applyConfig', project: projectOf(next) });
            processes.check();
          }
          session.send({ type: 'shutdown', isForced: false });
          for (let turn = 0; turn < 2_000 && session.effects.length > 0; turn += 1) processes.answer(0);
          expect([...processes.alive.keys()]).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('the session ends as a new one with the last config would', () => {
    assert(
      property(
        configs,
        array(record({ next: configs, choices: array(nat({ max: 50 }), { maxLength: 12 }) })),
        (first, edits) => {
          const session = new CoreSession(first).send({ type: 'start', names: [], options: {} });
          let last = first;
          for (const { next, choices } of edits) {
            happen(session, choices);
            session.send({ type: 'applyConfig', project: projectOf(next) });
            last = next;
          }
          settle(session);
          const fresh = running(last);
          expect([...session.state.services.keys()]).toEqual([...fresh.state.services.keys()]);
          expect(session.statuses()).toEqual(fresh.statuses());
          for (const [name, { spec, port, wanted }] of fresh.state.services) {
            expect(session.service(name)).toMatchObject({ spec, port, wanted, isRemoved: false });
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('services outside the plan keep their process, and the plan holds for the others', () => {
    assert(
      property(configs, configs, (first, next) => {
        const session = running(first);
        const before = session.state.services;
        const plan = new Map(planChanges(before, next).map((change) => [change.service, change]));
        apply(session, next);
        for (const [name, service] of before) {
          const effect = plan.get(name)?.effect ?? 'none';
          const after = session.state.services.get(name);
          if (effect === 'stop') expect(after, name).toBeUndefined();
          else expect((after?.runs ?? 0) > service.runs, `${name}: ${plan.get(name)?.text}`).toBe(effect === 'restart');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('applying the same config again changes nothing', () => {
    assert(
      property(configs, configs, (first, next) => {
        const session = apply(running(first), next);
        expect(planChanges(session.state.services, next)).toEqual([]);
        const before = session.state;
        session.effects = [];
        session.send({ type: 'applyConfig', project: projectOf(next) });
        expect(session.state.services).toEqual(before.services);
        expect(session.effects).toEqual([]);
        for (const service of session.state.services.values()) expect(isLive(service)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
