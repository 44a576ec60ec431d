// A session of the core alone, driven by hand: send an input, look at the effects, say what the system would say.

import type { Effect, TimerKind } from '../../src/core/messages/effects.ts';
import type { ExitFinding, Input } from '../../src/core/messages/inputs.ts';
import type { ServiceName, ServiceSpec } from '../../src/core/model/project.ts';
import { createSessionState, type Service, type SessionState } from '../../src/core/model/service.ts';
import type { OwnerCard } from '../../src/core/model/port-owner.ts';
import { step } from '../../src/core/machine/step.ts';

export class CoreSession {
  state: SessionState;
  nowMs = 0;
  /** Effects since the last look, oldest first. */
  effects: Effect[] = [];

  constructor(specs: readonly ServiceSpec[]) {
    this.state = createSessionState(specs);
  }

  send(input: Input): this {
    const result = step(this.state, input, this.nowMs);
    this.state = result.state;
    this.effects.push(...result.effects);
    return this;
  }

  service(name: ServiceName): Service {
    const service = this.state.services.get(name);
    if (service === undefined) throw new Error(`no service ${name}`);
    return service;
  }

  status(name: ServiceName): string {
    return this.service(name).state.status;
  }

  statuses(): Record<ServiceName, string> {
    return Object.fromEntries([...this.state.services].map(([name, { state }]) => [name, state.status]));
  }

  take<T extends Effect['type']>(type: T): Extract<Effect, { type: T }>[] {
    const taken = this.effects.filter((effect): effect is Extract<Effect, { type: T }> => effect.type === type);
    this.effects = this.effects.filter((effect) => effect.type !== type);
    return taken;
  }

  /** Answers every port check with "free" and every spawn with a new process, until nothing is asked any more. */
  bringUp(): this {
    for (;;) {
      const checks = this.take('checkPort');
      const spawns = this.take('spawn');
      if (checks.length + spawns.length === 0) return this;
      for (const { service, epoch, port } of checks) {
        this.send({ type: 'portChecked', service, epoch, use: { port, addresses: [], owners: [] } });
      }
      for (const { service, run } of spawns) {
        this.send({ type: 'spawned', service, run, leader: { pid: 1000 + run, startTicks: run } });
      }
    }
  }

  /** As bringUp, and every service that starts says it is ready. */
  bringUpReady(): this {
    for (;;) {
      this.bringUp();
      const starting = [...this.state.services].find(([, { state }]) => state.status === 'starting');
      if (starting === undefined) return this;
      // One at a time: a service that becomes ready may stop another, which follows its restarts.
      this.becomeReady(starting[0]);
    }
  }

  becomeReady(name: ServiceName): this {
    const { state, epoch, spec } = this.service(name);
    if (state.status !== 'starting') throw new Error(`${name} is ${state.status}`);
    const hasProbe = spec.health !== undefined || spec.ready !== undefined || spec.port !== undefined;
    if (!hasProbe) return this.send({ type: 'timerFired', service: name, epoch, kind: 'settle' });
    this.send({ type: 'timerFired', service: name, epoch, kind: 'probe' });
    return this.probed(name, true);
  }

  probed(name: ServiceName, ok: boolean): this {
    const run = this.service(name).runs;
    const result = { ok, latencyMs: 1, message: ok ? '200 OK' : '503 Service Unavailable', components: [] };
    return this.send({ type: 'probed', service: name, run, result });
  }

  exit(name: ServiceName, code: number | null, signal: string | null = null): this {
    const run = this.service(name).runs;
    return this.send({ type: 'processExited', service: name, run, exit: { code, signal } });
  }

  /** Nothing of the run is left; what its last words say of a taken port is nothing, unless the test says so. */
  gone(name: ServiceName, finding?: ExitFinding, lastLines: readonly string[] = []): this {
    this.send({ type: 'treeGone', service: name, run: this.service(name).runs });
    for (const { service, epoch } of this.take('inspectExit')) {
      this.send({ type: 'exitInspected', service, epoch, finding, lastLines, errorLine: lastLines.at(-1) });
    }
    return this;
  }

  fire(name: ServiceName, kind: TimerKind): this {
    return this.send({ type: 'timerFired', service: name, epoch: this.service(name).epoch, kind });
  }

  portTaken(name: ServiceName, owner: Partial<OwnerCard> = {}): this {
    const check = this.effects.find((effect) => effect.type === 'checkPort' && effect.service === name);
    if (check?.type !== 'checkPort') throw new Error(`${name} did not look at its port`);
    this.effects = this.effects.filter((effect) => effect !== check);
    const use = { port: check.port, addresses: ['127.0.0.1'], owners: [ownerCard(check.port, owner)] };
    return this.send({ type: 'portChecked', service: name, epoch: check.epoch, use });
  }
}

export function ownerCard(port: number, overrides: Partial<OwnerCard> = {}): OwnerCard {
  return {
    pid: 812,
    startTicks: 4_711,
    name: 'node',
    command: 'node server.js',
    cwd: '/elsewhere',
    project: null,
    user: 'ada',
    uid: 1000,
    startedAt: '2026-01-01T08:00:00.000Z',
    parents: [{ pid: 700, name: 'zsh' }],
    listening: [{ address: '127.0.0.1', port }],
    verdict: 'foreign',
    meaning: 'a program that devdeck did not start',
    refusal: null,
    ...overrides,
  };
}
