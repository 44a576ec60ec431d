// Turns answers of probes into readiness and health. Failing probes never restart a service.
// While a service starts, it is asked quickly; failures count only once it was ready or its start period is over.

import type { Observation } from '../messages/inputs.ts';
import type { Probe } from '../model/project.ts';
import { currentRun, type HealthFact, isUp, type Service } from '../model/service.ts';
import type { Run } from '../model/run.ts';
import type { Turn } from './turn.ts';

type ProbedService = Pick<Service, 'spec' | 'state'>;

/** How often a starting service is asked: at once, then after 50, 100, 200 ms, and every 250 ms from there on. */
const STARTING_INTERVAL_MS = 250;
const FIRST_RETRY_MS = 50;

/** A service without a probe and without a port counts as ready once it has lived this long. */
const SETTLE_MS = 1_000;

/** How many answers are kept to be looked at. */
const MOST_PROBES = 20;

/** Asks the engine for what its check of the container says; how often that runs is the image's own affair. */
const HEALTHCHECK: Probe = {
  check: { kind: 'healthcheck' },
  intervalMs: 5_000,
  timeoutMs: 5_000,
  retries: 1,
  startPeriodMs: Number.MAX_SAFE_INTEGER,
};

/** The question that decides whether the service is ready. */
export function readyProbeOf({ spec, state }: ProbedService): Probe | undefined {
  if (spec.ready !== undefined) return spec.ready;
  const health = healthOf({ spec, state });
  if (health !== undefined) return health;
  if (spec.port === undefined) return undefined;
  // Without a probe of its own, ready means: the service's own tree listens on its port.
  return {
    check: { kind: 'tcp', orUdp: true },
    intervalMs: 5_000,
    timeoutMs: 1_000,
    retries: 3,
    startPeriodMs: 30_000,
  };
}

/** What watches the service: the probe of the config, else the container's own check. */
export function healthOf({ spec, state }: ProbedService): Probe | undefined {
  if (spec.health !== undefined) return spec.health;
  const isChecked = 'run' in state && state.run.container?.hasHealthcheck === true;
  return isChecked ? HEALTHCHECK : undefined;
}

/** The question asked for as long as it runs; a log line says nothing about later. */
function healthProbeOf(service: ProbedService): Probe | undefined {
  const health = healthOf(service);
  return health?.check.kind === 'log' ? undefined : health;
}

/** A service that never became ready is still asked its readiness question, or it could never recover. */
function probeInForce(service: Service): Probe | undefined {
  switch (service.state.status) {
    case 'starting':
      return readyProbeOf(service);
    case 'unhealthy':
      // Its port is open, so whoever looks at the port alone would find it well.
      return healthProbeOf(service) ?? (isDeserted(service) ? undefined : readyProbeOf(service));
    default:
      return healthProbeOf(service);
  }
}

/** A run has begun: ask, listen or wait, as the config says. */
export function beginProbing(turn: Turn, service: Service, run: Run, epoch: number): void {
  const { name } = service.spec;
  const probe = readyProbeOf(service);
  if (probe === undefined) {
    if (service.spec.isOneShot !== true)
      turn.emit({ type: 'startTimer', service: name, epoch, kind: 'settle', delayMs: SETTLE_MS });
  } else if (probe.check.kind === 'log') {
    turn.emit({ type: 'watchReadyLine', service: name, run: run.number, pattern: probe.check.pattern });
  } else {
    turn.emit({ type: 'startTimer', service: name, epoch, kind: 'probe', delayMs: FIRST_RETRY_MS });
  }
}

/** The moment for the next question has come. */
export function askProbe(turn: Turn, service: Service): void {
  const run = currentRun(service);
  if (run === undefined || run.isProbing || !isUp(service)) return;
  // The front end of a container that cannot work may answer in its place.
  if (run.container?.hindrance !== undefined) return;
  const probe = probeInForce(service);
  if (probe === undefined || probe.check.kind === 'log') return;
  amendRun(turn, service, { isProbing: true });
  turn.emit({ type: 'probe', service: service.spec.name, run: run.number, probe });
}

/** The config asks in another way now. A question under way schedules the next one by itself. */
export function renewProbing(turn: Turn, service: Service): void {
  const { name } = service.spec;
  const run = currentRun(service);
  turn.patch(name, { health: undefined });
  if (run === undefined || !isUp(service)) return;
  const asked: Run = { ...run, failuresInARow: 0 };
  const { status } = service.state;
  const probe = probeInForce(service);
  const isPolled = probe !== undefined && probe.check.kind !== 'log';
  amendRun(turn, service, { failuresInARow: 0 });
  const epoch = turn.enter(name, turn.service(name).state);
  if (isPolled && run.isProbing) return;
  if (status === 'starting') return beginProbing(turn, turn.service(name), asked, epoch);
  if (!isPolled) return becomeReady(turn, service, asked);
  turn.emit({ type: 'startTimer', service: name, epoch, kind: 'probe', delayMs: FIRST_RETRY_MS });
}

export function onProbed(turn: Turn, input: Extract<Observation, { type: 'probed' }>): void {
  const service = turn.service(input.service);
  const run = currentRun(service);
  if (run === undefined || run.number !== input.run || !isUp(service)) return;
  if (run.container?.hindrance !== undefined) return amendRun(turn, service, { isProbing: false });
  const { result } = input;
  if (healthOf(service) !== undefined) remember(turn, service, { ...result, checkedAtMs: turn.nowMs });
  const answered: Run = {
    ...run,
    isProbing: false,
    attempts: run.attempts + 1,
    failuresInARow: result.ok ? 0 : run.failuresInARow + 1,
  };
  judge(turn, turn.service(input.service), answered, result);
}

function remember(turn: Turn, { spec, probes }: Service, health: HealthFact): void {
  const { ok, checkedAtMs, latencyMs } = health;
  turn.patch(spec.name, { health, probes: [...probes.slice(1 - MOST_PROBES), { ok, checkedAtMs, latencyMs }] });
}

export function onReadyLine(turn: Turn, input: Extract<Observation, { type: 'readyLineSeen' }>): void {
  const service = turn.service(input.service);
  if (service.state.status === 'starting' && service.state.run.number === input.run)
    becomeReady(turn, service, service.state.run);
}

/** Without a probe that continues, a service is well as long as it listens. A probe tells for itself. */
export function onSilence(turn: Turn, service: Service, kind: 'silent' | 'deserted'): void {
  const { state } = service;
  if (state.status !== 'ready' || healthProbeOf(service) !== undefined) return;
  becomeUnhealthy(turn, service, state.run, kind === 'silent' ? silenceOf(service) : desertionOf(service));
}

/** It listens as asked, perhaps again. */
export function onHeard(turn: Turn, service: Service): void {
  const { state } = service;
  if (state.status !== 'unhealthy') return;
  if (state.reason === silenceOf(service) || isDeserted(service)) becomeReady(turn, service, state.run);
}

function silenceOf({ port }: Service): string {
  return `it no longer listens on ${port}`;
}

function desertionOf({ port }: Service): string {
  return `nothing answers on ${port} any more: its server has ended, and what started it keeps the port open`;
}

function isDeserted(service: Service): boolean {
  return service.state.status === 'unhealthy' && service.state.reason === desertionOf(service);
}

/** The time without a probe has passed. */
export function onSettled(turn: Turn, service: Service): void {
  if (service.state.status === 'starting') becomeReady(turn, service, service.state.run);
}

function judge(
  turn: Turn,
  service: Service,
  run: Run,
  result: { readonly ok: boolean; readonly message: string },
): void {
  const { name } = service.spec;
  const { state } = service;
  if (state.status === 'starting') {
    if (result.ok) return becomeReady(turn, service, run);
    const probe = readyProbeOf(service);
    const isOverdue = probe !== undefined && turn.nowMs - run.startedAtMs > probe.startPeriodMs;
    if (isOverdue && run.failuresInARow >= probe.retries) return becomeUnhealthy(turn, service, run, result.message);
    turn.amend(name, { status: 'starting', run });
    const delayMs = Math.min(STARTING_INTERVAL_MS, FIRST_RETRY_MS * 2 ** Math.min(run.attempts, 10));
    turn.emit({ type: 'startTimer', service: name, epoch: service.epoch, kind: 'probe', delayMs });
    return;
  }
  const probe = probeInForce(service);
  if (probe === undefined) return amendRun(turn, service, run);
  if (state.status === 'unhealthy' && result.ok) return becomeReady(turn, service, run);
  if (state.status === 'ready' && run.failuresInARow >= probe.retries) {
    return becomeUnhealthy(turn, service, run, result.message);
  }
  turn.amend(
    name,
    state.status === 'unhealthy' ? { status: 'unhealthy', run, reason: result.message } : { status: 'ready', run },
  );
  turn.emit({ type: 'startTimer', service: name, epoch: service.epoch, kind: 'probe', delayMs: probe.intervalMs });
}

export function becomeReady(turn: Turn, service: Service, run: Run): void {
  const { name } = service.spec;
  const epoch = turn.enter(name, { status: 'ready', run: { ...run, readyAtMs: run.readyAtMs ?? turn.nowMs } });
  if (run.external === undefined && run.readyAtMs === undefined && service.spec.after.length > 0) {
    turn.emit({ type: 'runAfterHooks', service: name, run: run.number });
  }
  scheduleHealth(turn, turn.service(name), epoch);
}

export function becomeUnhealthy(turn: Turn, service: Service, run: Run, reason: string): void {
  const { name } = service.spec;
  const epoch = turn.enter(name, { status: 'unhealthy', run, reason });
  scheduleHealth(turn, turn.service(name), epoch);
}

function scheduleHealth(turn: Turn, service: Service, epoch: number): void {
  const probe = probeInForce(service);
  if (probe === undefined || probe.check.kind === 'log') return;
  turn.emit({ type: 'startTimer', service: service.spec.name, epoch, kind: 'probe', delayMs: probe.intervalMs });
}

/** Other facts of the run, the same state. */
export function amendRun(turn: Turn, service: Service, patch: Partial<Run>): void {
  const { state } = service;
  if (state.status === 'starting' || state.status === 'ready' || state.status === 'unhealthy') {
    turn.amend(service.spec.name, { ...state, run: { ...state.run, ...patch } });
  }
}
