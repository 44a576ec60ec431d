// From the request of a start to the end of a run, except the stop itself (stopping.ts). One run at a time: a new
// one is spawned only after the tree of the old one has ended, which also frees its port.

import { assertNever } from '../../errors.ts';
import type { TimerKind } from '../messages/effects.ts';
import { withExit } from '../rules/exits.ts';
import type { Observation } from '../messages/inputs.ts';
import { portsInForce } from './ports.ts';
import { askProbe, beginProbing, onSettled } from './probing.ts';
import type { ServiceName } from '../model/project.ts';
import { portsInOrder } from '../session/service-ports.ts';
import { hookText } from '../rules/hooks.ts';
import { decideAfterExit, describeExit, describeFailure, jitterOf, inARow } from '../rules/restart-policy.ts';
import { createRun, type ExitFact, type HookTry, type Run } from '../model/run.ts';
import { currentRun, isExternal, isLive, type Service, type ServiceState } from '../model/service.ts';
import { fail, lookForSurvivors, onGraceOver, terminate } from './stopping.ts';
import type { Turn } from './turn.ts';

type NextSpawn = Pick<StateOf<'spawning'>, 'number' | 'generation' | 'hook' | 'before'>;
type StateOf<S extends ServiceState['status']> = Extract<ServiceState, { status: S }>;

/** The dependencies are there: look at the port first, if there is one. */
export function beginStart(turn: Turn, service: Service): void {
  const { name } = service.spec;
  const [first] = portsInOrder(service);
  if (first === undefined) return spawn(turn, name);
  checkPort(turn, name, first);
}

export function checkPort(turn: Turn, name: ServiceName, port: number): void {
  const epoch = turn.enter(name, { status: 'checking', port, ownPort: turn.service(name).port, keptBack: undefined });
  lookAtPort(turn, turn.service(name), epoch, port);
}

/** Of a service that could not have its port for datagrams, these are looked at from then on. */
export function lookAtPort(turn: Turn, { spec, takesDatagrams }: Service, epoch: number, port: number): void {
  const isUdp = takesDatagrams === true ? { isUdp: true } : {};
  turn.emit({ type: 'checkPort', service: spec.name, epoch, port, ...isUdp });
}

/** A new run: its `before` commands first, then the service itself. */
export function spawn(turn: Turn, name: ServiceName): void {
  const { runs, generation, spec } = turn.service(name);
  const number = runs + 1;
  turn.patch(name, { runs: number, health: undefined, probes: [], lastLines: [], errorLine: undefined, leftovers: [] });
  const hook = spec.before.length > 0 ? { index: 0, attempt: 1 } : undefined;
  spawnNext(turn, name, { number, generation, hook, before: undefined });
  if (number > 1) restartDependents(turn, name);
}

/** The dependents that the config restarts with it. */
function restartDependents(turn: Turn, name: ServiceName): void {
  for (const { spec, wanted, state } of turn.services.values()) {
    const asks = spec.dependsOn.some(({ service, restart }) => service === name && restart === true);
    if (!asks || !wanted || !isLive(turn.service(spec.name)) || isExternal(turn.service(spec.name))) continue;
    if (state.status === 'stopping') continue;
    const renewal = `${name} was restarted`;
    turn.beginGeneration(spec.name, { renewal });
    turn.emit({ type: 'note', service: spec.name, text: `restarts: ${renewal}` });
  }
}

function spawnNext(turn: Turn, name: ServiceName, next: NextSpawn): void {
  const { number, hook } = next;
  turn.enter(name, { status: 'spawning', ...next, progress: undefined, isAbandoned: false });
  turn.emit({ type: 'spawn', service: name, run: number, hook: hook?.index, ports: portsInForce(turn.services) });
}

export function onSpawned(turn: Turn, { service, run, leader }: Extract<Observation, { type: 'spawned' }>): void {
  beginRun(turn, service, run, { leader, container: undefined });
}

/** The run exists: as a process, or as a container. */
export function beginRun(turn: Turn, name: ServiceName, number: number, body: Pick<Run, 'leader' | 'container'>): void {
  const { state } = turn.service(name);
  if (state.status !== 'spawning' || state.number !== number) return;
  const run = createRun({
    number,
    generation: state.generation,
    ...body,
    port: turn.service(name).port,
    ports: portsInOrder(turn.service(name)),
    hook: state.hook,
    startedAtMs: turn.nowMs,
  });
  if (state.hook !== undefined) return prepare(turn, name, run, state.hook);
  const epoch = turn.enter(name, { status: 'starting', run });
  beginProbing(turn, turn.service(name), run, epoch);
}

/** A command that cannot be started is not retried: nothing would change by waiting. */
export function onSpawnFailed(turn: Turn, input: Extract<Observation, { type: 'spawnFailed' }>): void {
  const { state } = turn.service(input.service);
  if (state.status !== 'spawning' || state.number !== input.run) return;
  const { spec, wanted, generation } = turn.service(input.service);
  const reason = state.hook === undefined ? input.reason : `before: ${hookText(spec, state.hook)}: ${input.reason}`;
  if (state.before === undefined && (!wanted || generation !== state.generation)) {
    turn.enter(input.service, { status: 'stopped', note: undefined });
    return;
  }
  if (state.before === undefined) return fail(turn, input.service, state.generation, reason, input);
  terminate(turn, turn.service(input.service), state.before, { kind: 'hopeless', reason });
}

/** A command of `before` has begun. */
function prepare(turn: Turn, name: ServiceName, run: Run, hook: HookTry): void {
  const { spec } = turn.service(name);
  const epoch = turn.enter(name, { status: 'preparing', run, hook });
  const delayMs = spec.before[hook.index]?.timeoutMs;
  if (delayMs !== undefined) turn.emit({ type: 'startTimer', service: name, epoch, kind: 'hookTimeout', delayMs });
}

/** What a command of `before` leaves running in the background belongs to the service, and stops with it. */
function onHookSucceeded(turn: Turn, service: Service, run: Run, hook: HookTry): void {
  const index = hook.index + 1;
  const next = index < service.spec.before.length ? { index, attempt: 1 } : undefined;
  spawnNext(turn, service.spec.name, { number: run.number, generation: run.generation, hook: next, before: run });
}

/** Again after its pause, or the start has failed. */
function afterFailedHook(turn: Turn, service: Service, run: Run, hook: HookTry, fault: string | undefined): void {
  const { name, before } = service.spec;
  const problem = fault ?? describeFailure(service.exit ?? { code: null, signal: null }, service.lastLines);
  const reason = `before: ${hookText(service.spec, hook)} ${problem}`;
  if (!isTriedAgain(service, hook)) return fail(turn, name, run.generation, reason);
  const delayMs = before[hook.index]?.delayMs ?? 0;
  const dueAtMs = turn.nowMs + delayMs;
  const epoch = turn.enter(name, { status: 'pausing', run, hook, reason, dueAtMs });
  turn.emit({ type: 'startTimer', service: name, epoch, kind: 'hookRetry', delayMs });
}

export function onProcessExited(turn: Turn, input: Extract<Observation, { type: 'processExited' }>): void {
  const service = turn.service(input.service);
  const run = currentRun(service);
  if (run === undefined || run.number !== input.run) return;
  const exit: ExitFact = { ...input.exit, atMs: turn.nowMs };
  turn.patch(input.service, { exit });
  const isHookDone = run.hook !== undefined && exit.code === 0 && service.state.status !== 'stopping';
  if (!isHookDone) turn.patch(input.service, { exits: withExit(service, run, exit) });
  if (service.state.status === 'stopping') return;
  if (run.hook !== undefined && exit.code === 0) return onHookSucceeded(turn, service, run, run.hook);
  // The leader has ended by itself. Its remaining processes must end too before a new start.
  turn.patch(input.service, { by: undefined });
  const what = run.hook === undefined ? '' : `before: ${hookText(service.spec, run.hook)} `;
  turn.emit({ type: 'note', service: input.service, text: what + describeExit(exit) });
  if (run.hook !== undefined && isTriedAgain(service, run.hook)) {
    // Earlier commands may have left in the background what this one needs, such as a database.
    return afterFailedHook(turn, turn.service(input.service), run, run.hook, undefined);
  }
  terminate(turn, service, run, { kind: 'exited' });
}

/** Nothing of the run is left. */
export function onTreeGone(turn: Turn, input: Extract<Observation, { type: 'treeGone' }>): void {
  const service = turn.service(input.service);
  const { state } = service;
  if (state.status !== 'stopping' || state.run.number !== input.run) return;
  if (!service.wanted) {
    turn.enter(input.service, { status: 'stopped', note: undefined });
  } else if (state.run.generation !== service.generation || state.cause.kind === 'asked') {
    turn.enter(input.service, { status: 'stopped', note: undefined });
  } else if (state.cause.kind === 'asks') {
    checkPort(turn, input.service, state.cause.port);
  } else if (state.cause.kind === 'hopeless') {
    fail(turn, input.service, state.run.generation, state.cause.reason);
  } else if (state.cause.kind === 'exited' && service.exit?.code === 0) {
    afterUnexpectedExit(turn, service, state.run, undefined);
  } else {
    const reason = state.cause.kind === 'at fault' ? state.cause.reason : undefined;
    const epoch = turn.enter(input.service, { status: 'inspecting', run: state.run, reason });
    turn.emit({ type: 'inspectExit', service: input.service, epoch, port: service.port });
  }
}

export function onTimer(turn: Turn, input: Extract<Observation, { type: 'timerFired' }>): void {
  const service = turn.service(input.service);
  if (service.epoch !== input.epoch) return;
  performTimer(turn, service, input.kind);
}

function performTimer(turn: Turn, service: Service, kind: TimerKind): void {
  const { state } = service;
  const { name } = service.spec;
  switch (kind) {
    case 'probe':
      return askProbe(turn, service);
    case 'settle':
      return onSettled(turn, service);
    case 'grace':
      return onGraceOver(turn, service);
    case 'survivors':
      return lookForSurvivors(turn, service);
    case 'hookTimeout':
      if (state.status === 'preparing') onHookOverdue(turn, service, state.run, state.hook);
      return;
    case 'hookRetry':
      if (state.status === 'pausing') retryHook(turn, service, state);
      return;
    case 'portRetry':
      if (state.status !== 'checking') return;
      lookAtPort(turn, service, service.epoch, state.port);
      return;
    case 'backoff':
      if (state.status !== 'backoff') return;
      turn.patch(name, { restarts: service.restarts + 1 });
      turn.enter(name, { status: 'stopped', note: undefined });
      return;
    default:
      return assertNever(kind);
  }
}

/** By the restart policy: again after a pause, or not any more. `fault` is why devdeck itself ended it. */
export function afterUnexpectedExit(turn: Turn, service: Service, run: Run, fault: string | undefined): void {
  const { name, restart } = service.spec;
  if (run.hook !== undefined) return afterFailedHook(turn, service, run, run.hook, fault);
  const exit = service.exit ?? { code: null, signal: null, atMs: turn.nowMs };
  const reason = fault ?? describeFailure(exit, service.lastLines);
  const decision = decideAfterExit(restart, {
    code: fault === undefined ? exit.code : null,
    reason,
    uptimeMs: exit.atMs - run.startedAtMs,
    attempts: service.attempts,
    hasCooledDown: service.hasCooledDown,
    jitter: jitterOf(`${name}#${run.number}`),
  });
  switch (decision.kind) {
    case 'exited':
      turn.enter(name, { status: 'exited', generation: run.generation });
      return;
    case 'failed':
      return fail(turn, name, run.generation, decision.reason);
    case 'restart': {
      const { delayMs, attempts, isCoolDown } = decision;
      turn.patch(name, { attempts, hasCooledDown: isCoolDown });
      const epoch = turn.enter(name, {
        status: 'backoff',
        generation: run.generation,
        reason: isCoolDown ? `${reason}; cooling down after ${inARow(service.attempts)}` : reason,
        dueAtMs: turn.nowMs + delayMs,
      });
      turn.emit({ type: 'startTimer', service: name, epoch, kind: 'backoff', delayMs });
      return;
    }
    default:
      assertNever(decision);
  }
}

function onHookOverdue(turn: Turn, service: Service, run: Run, hook: HookTry): void {
  const { name, before } = service.spec;
  const reason = `took longer than its timeout of ${(before[hook.index]?.timeoutMs ?? 0) / 1000} s`;
  turn.emit({ type: 'note', service: name, text: `before: ${hookText(service.spec, hook)} ${reason}` });
  terminate(turn, service, run, { kind: 'at fault', reason });
}

function retryHook(turn: Turn, service: Service, { run, hook }: StateOf<'pausing'>): void {
  const next = { index: hook.index, attempt: hook.attempt + 1 };
  spawnNext(turn, service.spec.name, { number: run.number, generation: run.generation, hook: next, before: run });
}

function isTriedAgain({ spec }: Service, { index, attempt }: HookTry): boolean {
  return attempt <= (spec.before[index]?.retries ?? 0);
}
