// Random lives of a session: whatever people, processes and clocks do, in whatever order, some things always hold.

import { array, assert, boolean, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/core/messages/effects.ts';
import { explain } from '../../src/core/view/explain.ts';
import type { Hook } from '../../src/core/model/project.ts';
import { currentRun, isLive } from '../../src/core/model/service.ts';
import { CoreSession, ownerCard } from '../helpers/core-session.ts';
import { portSpec, serviceSpec } from '../helpers/service-spec.ts';

const names = ['db', 'api', 'web', 'worker'] as const;

function project(): CoreSession {
  return new CoreSession([
    serviceSpec('db', {
      port: portSpec(5432),
      container: { kind: 'image', image: 'postgres:18', volumes: [], pull: 'missing' },
    }),
    serviceSpec('api', {
      before: [hook({ retries: 2, timeoutMs: 5_000 }), hook({})],
      after: [hook({})],
      port: portSpec(8000),
      dependsOn: [{ service: 'db', condition: 'ready' }],
      env: { DB: '${db.address}' },
    }),
    serviceSpec('web', { port: portSpec(5173), dependsOn: [{ service: 'api', condition: 'ready' }] }),
    serviceSpec('worker', {
      container: { kind: 'compose', service: 'worker', files: [], profiles: [] },
      dependsOn: [{ service: 'db', condition: 'started' }],
      restart: {
        when: 'always',
        max: 2,
        backoffMs: 1_000,
        maxBackoffMs: 4_000,
        resetAfterMs: 60_000,
        coolDownMs: 5_000,
      },
    }),
  ]);
}

function hook(overrides: Partial<Hook>): Hook {
  const command = { kind: 'shell', line: 'migrate' } as const;
  return { command, retries: 0, delayMs: 1_000, timeoutMs: undefined, ...overrides };
}

/** The system around the core: knows which processes exist, and answers effects in an order that chance decides. */
class World {
  readonly session = project();
  /** Effects that still wait for their answer. */
  pending: Effect[] = [];
  /** Service → run of the process that exists. */
  readonly processes = new Map<string, number>();
  /** Runs of containers that were given up before they began. */
  readonly abandoned = new Set<string>();
  /** Runs whose end is being watched. */
  readonly watched = new Set<string>();

  act(choose: number): void {
    const name = names[choose % names.length] ?? 'db';
    const kind = Math.floor(choose / 4) % 12;
    const { session } = this;
    session.nowMs += choose % 700;
    if (kind === 0) session.send({ type: 'start', names: [name], options: {} });
    else if (kind === 1) session.send({ type: 'stop', names: [name], isForced: choose % 3 === 0 });
    else if (kind === 2) session.send({ type: 'restart', names: [name] });
    else if (kind === 3) session.send({ type: 'resolveConflict', service: name, decision: { choice: 'reroute' } });
    else if (kind === 6) session.send({ type: 'resolveConflict', service: name, decision: { choice: 'reuse' } });
    else if (kind === 4)
      session.send({
        type: 'resolveConflict',
        service: name,
        decision: { choice: choose % 2 === 0 ? 'retry' : 'skip' },
      });
    else if (kind === 5) this.exit(name, choose % 3);
    else if (kind === 7) session.send({ type: 'filesChanged', service: name, files: ['a.toml'] });
    else if (kind === 8) session.send({ type: 'engineFound' });
    else if (kind === 9) this.hinder(choose % 2 === 0 ? 'the container is paused' : undefined);
    else this.answer(choose);
    this.collect();
  }

  hinder(hindrance: string | undefined): void {
    const run = this.processes.get('db');
    if (run !== undefined) this.session.send({ type: 'containerHindered', service: 'db', run, hindrance });
  }

  startContainer(service: string, run: number, isLost: boolean): void {
    const { session } = this;
    session.send({ type: 'startProgress', service, run, progress: 'pulling postgres:18' });
    if (isLost || this.abandoned.has(`${service}#${run}`)) {
      const awaitsEngine = isLost;
      return void session.send({ type: 'spawnFailed', service, run, reason: 'Docker does not run', awaitsEngine });
    }
    this.processes.set(service, run);
    const facts = { id: 'ab'.repeat(32), name: 'shop-db', image: 'postgres:18', engine: 'Docker' };
    const container = { ...facts, hasHealthcheck: run % 2 === 0, hindrance: undefined };
    return void session.send({ type: 'containerStarted', service, run, container });
  }

  answer(choose: number): void {
    this.collect();
    const [effect] = this.pending.splice(choose % Math.max(1, this.pending.length), 1);
    if (effect !== undefined) this.perform(effect, choose);
    this.collect();
  }

  /** Lets everything come to rest: every process that was asked to stop does so, every port is free. */
  settle(): void {
    for (let turn = 0; turn < 2_000; turn += 1) {
      this.collect();
      const effect = this.pending.shift();
      if (effect !== undefined) this.perform(effect, 0);
      else if (!this.endHooks()) return;
    }
    throw new Error('the session does not come to rest');
  }

  /** Commands before a start end by themselves. False when there is none. */
  endHooks(): boolean {
    const preparing = names.filter((name) => this.session.status(name) === 'preparing');
    for (const name of preparing) this.exit(name, 0);
    return preparing.length > 0;
  }

  exit(name: string, code: number): void {
    const run = this.processes.get(name);
    if (run === undefined) return;
    this.processes.delete(name);
    this.session.send({ type: 'processExited', service: name, run, exit: { code, signal: null } });
    this.collect();
    this.tellGone(name, run);
  }

  tellGone(name: string, run: number): void {
    if (this.watched.delete(`${name}#${run}`)) this.session.send({ type: 'treeGone', service: name, run });
  }

  collect(): void {
    this.pending.push(...this.session.effects);
    this.session.effects = [];
  }

  askForPort(service: string, run: number): void {
    const question = { answerYes: 'y', port: 9_000, question: 'Another port?' };
    const use = { port: 9_000, addresses: ['127.0.0.1'], owners: [ownerCard(9_000)] };
    this.session.send({ type: 'portAsked', service, run, question, use });
  }

  perform(effect: Effect, choose: number): void {
    const { session } = this;
    switch (effect.type) {
      case 'checkPort': {
        const { service, epoch, port } = effect;
        const isTaken = choose % 5 === 4;
        const use = { port, addresses: isTaken ? ['127.0.0.1'] : [], owners: isTaken ? [ownerCard(port)] : [] };
        session.send({ type: 'portChecked', service, epoch, use });
        return;
      }
      case 'findPort':
        session.send({
          type: 'portFound',
          service: effect.service,
          epoch: effect.epoch,
          port: 9_000 + (choose % 50),
          purpose: effect.purpose,
        });
        return;
      case 'stopOwners':
      case 'stopContainer':
        session.send({
          type: 'ownersStopped',
          service: effect.service,
          epoch: effect.epoch,
          isFree: choose % 2 === 0,
          message: 'done',
        });
        return;
      case 'spawn':
        if (this.processes.has(effect.service)) throw new Error(`two live processes of ${effect.service}`);
        if (session.service(effect.service).spec.container !== undefined && effect.hook === undefined)
          return this.startContainer(effect.service, effect.run, choose % 5 === 4);
        this.processes.set(effect.service, effect.run);
        session.send({
          type: 'spawned',
          service: effect.service,
          run: effect.run,
          leader: { pid: 2, startTicks: effect.run },
        });
        return;
      case 'probe': {
        if (choose % 7 === 6) this.askForPort(effect.service, effect.run);
        const result = { ok: choose % 4 !== 3, latencyMs: 1, message: 'answer', components: [] };
        session.send({ type: 'probed', service: effect.service, run: effect.run, result });
        return;
      }
      case 'signalTree':
        if (this.processes.get(effect.service) === effect.run) this.exit(effect.service, 143);
        return;
      case 'watchTree':
        this.watched.add(`${effect.service}#${effect.run}`);
        if (this.processes.get(effect.service) !== effect.run) this.tellGone(effect.service, effect.run);
        return;
      case 'inspectExit': {
        const { service, epoch, port = 9_000 } = effect;
        const isTaken = choose % 5 === 4;
        const use = { port, addresses: isTaken ? ['127.0.0.1'] : [], owners: isTaken ? [ownerCard(port)] : [] };
        const finding = choose % 3 === 2 ? ({ program: 'Node.js', trouble: 'taken', use } as const) : undefined;
        session.send({ type: 'exitInspected', service, epoch, finding, lastLines: [], errorLine: undefined });
        return;
      }
      case 'readCompose': {
        const { service } = effect;
        const ports = [{ published: 6000 + (choose % 3), inside: 80, address: undefined }];
        const dependsOn = [{ service: 'worker', condition: 'started' }] as const;
        if (choose % 5 === 4) session.send({ type: 'composeUnreadable', service, problem: 'line 3 is wrong' });
        else session.send({ type: 'composeRead', service, facts: { project: 'shop', ports, dependsOn } });
        return;
      }
      case 'abandonStart':
        this.abandoned.add(`${effect.service}#${effect.run}`);
        return;
      case 'adopt': {
        const { service, epoch, run, owners } = effect;
        const named = owners.map((owner) => ({ ...owner, name: 'node' }));
        if (choose % 3 === 0) session.send({ type: 'reuseRefused', service, epoch, message: 'no' });
        else session.send({ type: 'adopted', service, epoch, run, owners: named, health: undefined });
        return;
      }
      case 'runStopCommand':
        session.send({ type: 'stopCommandEnded', service: effect.service, run: effect.run });
        return;
      case 'startTimer':
        // A health probe for ever is no rest; while settling (choose 0) only what leads somewhere fires.
        if (choose === 0 && effect.kind === 'probe' && session.service(effect.service).state.status !== 'starting')
          return;
        session.nowMs += effect.delayMs;
        session.send({ type: 'timerFired', service: effect.service, epoch: effect.epoch, kind: effect.kind });
        return;
      case 'runAfterHooks':
      case 'remember':
      case 'letGo':
      case 'watchReadyLine':
      case 'listSurvivors':
      case 'typeInto':
      case 'note':
        return;
    }
  }
}

function checkAlways({ session, processes }: World): void {
  for (const [name, service] of session.state.services) {
    const run = currentRun(service);
    if (processes.has(name)) expect(isLive(service), `${name} has a process and must count as live`).toBe(true);
    if (run !== undefined) expect(run.number).toBe(service.runs);
    const why = explain(service);
    if (service.state.status !== 'ready')
      expect(why, `${name} is ${service.state.status} without a reason`).not.toBe('');
  }
}

const lives = array(nat({ max: 100_000 }), { maxLength: 120 });

describe('for any sequence of inputs', () => {
  it('a service never has two processes, and a service with a process counts as live', () => {
    assert(
      property(lives, (choices) => {
        const world = new World();
        for (const choose of choices) {
          world.act(choose);
          checkAlways(world);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a session that ends has no process at last, and starts no more', () => {
    assert(
      property(lives, boolean(), (choices, isForced) => {
        const world = new World();
        for (const choose of choices) world.act(choose);
        world.session.send({ type: 'shutdown', isForced });
        world.settle();
        expect([...world.processes.keys()]).toEqual([]);
        for (const service of world.session.state.services.values()) expect(isLive(service)).toBe(false);
        world.session.send({ type: 'start', names: [], options: {} });
        world.settle();
        expect([...world.processes.keys()]).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('a session left alone comes to rest with every wanted service up, unless something real holds it back', () => {
    assert(
      property(lives, (choices) => {
        const world = new World();
        for (const choose of choices) world.act(choose);
        world.session.send({ type: 'start', names: [], options: { onConflict: 'reroute' } });
        world.settle();
        const statuses = new Set(Object.values(world.session.statuses()));
        for (const status of [
          'checking',
          'spawning',
          'starting',
          'stopping',
          'inspecting',
          'backoff',
          'preparing',
          'pausing',
        ])
          expect(statuses).not.toContain(status);
      }),
      { numRuns: 300 },
    );
  });

  it('the same inputs lead to the same states and effects', () => {
    assert(
      property(lives, (choices) => {
        const [first, second] = [new World(), new World()];
        for (const choose of choices) for (const world of [first, second]) world.act(choose);
        expect(first.session.state).toEqual(second.session.state);
        expect(first.pending).toEqual(second.pending);
      }),
      { numRuns: 100 },
    );
  });
});
