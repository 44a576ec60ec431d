// From the wish to start to the proof that nothing is left. One run at a time: a new one is spawned only
// after the tree of the old one is gone, which is also what frees its port.

import { assertNever } from '../errors.ts';
import type { TimerKind } from './effects.ts';
import type { Observation } from './inputs.ts';
import { portsInForce } from './ports.ts';
import { askProbe, beginProbing, onSettled } from './probing.ts';
import type { ServiceName } from './project.ts';
import { decideAfterExit, describeExit } from './restart-policy.ts';
import { currentRun, type ExitFact, type Run, type Service } from './service.ts';
import type { Turn } from './turn.ts';

/** After SIGKILL the kernel needs a moment; what is still there then is named as a survivor. */
const SURVIVORS_AFTER_MS = 2_000;

/** The dependencies are there: look at the port first, if there is one. */
export function beginStart(turn: Turn, service: Service): void {
  const { name } = service.spec;
  if (service.port === undefined) return spawn(turn, name);
  checkPort(turn, name, service.port);
}

export function checkPort(turn: Turn, name: ServiceName, port: number): void {
  const epoch = turn.enter(name, { status: 'checking', port, ownPort: turn.service(name).port });
  turn.emit({ type: 'checkPort', service: name, epoch, port });
}

export function spawn(turn: Turn, name: ServiceName): void {
  const service = turn.service(name);
  const number = service.runs + 1;
  turn.patch(name, { runs: number, health: undefined, leftovers: [] });
  turn.enter(name, { status: 'spawning', number, generation: service.generation });
  turn.emit({ type: 'spawn', service: name, run: number, ports: portsInForce(turn.services) });
}

export function onSpawned(turn: Turn, input: Extract<Observation, { type: 'spawned' }>): void {
  const { state } = turn.service(input.service);
  if (state.status !== 'spawning' || state.number !== input.run) return;
  const run: Run = {
    number: input.run,
    generation: state.generation,
    leader: input.leader,
    startedAtMs: turn.nowMs,
    readyAtMs: undefined,
    isProbing: false,
    failuresInARow: 0,
    attempts: 0,
    elsewhere: undefined,
  };
  const epoch = turn.enter(input.service, { status: 'starting', run });
  beginProbing(turn, turn.service(input.service), run, epoch);
}

/** A command that cannot be started is not retried: nothing would change by waiting. */
export function onSpawnFailed(turn: Turn, input: Extract<Observation, { type: 'spawnFailed' }>): void {
  const { state } = turn.service(input.service);
  if (state.status !== 'spawning' || state.number !== input.run) return;
  fail(turn, input.service, state.generation, input.reason);
}

/** Asked to stop, or to make room for a newer generation. */
export function beginStop(turn: Turn, service: Service): void {
  const run = currentRun(service);
  if (run === undefined) return;
  const { name, stop } = service.spec;
  const deadlineMs = turn.nowMs + stop.graceMs;
  const epoch = turn.enter(name, { status: 'stopping', run, cause: 'asked', isForced: false, deadlineMs });
  if (stop.command === undefined) {
    turn.emit({ type: 'signalTree', service: name, run: run.number, signal: stop.signal });
  } else {
    turn.emit({
      type: 'runStopCommand',
      service: name,
      run: run.number,
      command: stop.command,
      timeoutMs: stop.graceMs,
    });
  }
  watch(turn, name, run, epoch, stop.graceMs);
}

/** No grace: SIGKILL now, also to what is already stopping. */
export function forceStop(turn: Turn, name: ServiceName): void {
  const service = turn.service(name);
  const run = currentRun(service);
  if (run === undefined) return;
  const { state } = service;
  const isWatched = state.status === 'stopping';
  if (isWatched && state.isForced) return;
  kill(turn, name, run, state.status === 'stopping' ? state.cause : 'asked');
  if (!isWatched) turn.emit({ type: 'watchTree', service: name, run: run.number });
}

export function onProcessExited(turn: Turn, input: Extract<Observation, { type: 'processExited' }>): void {
  const service = turn.service(input.service);
  const run = currentRun(service);
  if (run === undefined || run.number !== input.run) return;
  const exit: ExitFact = { ...input.exit, atMs: turn.nowMs };
  turn.patch(input.service, { exit });
  if (service.state.status === 'stopping') return;
  // The leader is gone by itself. Whatever it left behind must go too before anything new starts.
  turn.emit({ type: 'note', service: input.service, text: describeExit(exit) });
  const { signal, graceMs } = service.spec.stop;
  const deadlineMs = turn.nowMs + graceMs;
  const epoch = turn.enter(input.service, { status: 'stopping', run, cause: 'exited', isForced: false, deadlineMs });
  turn.emit({ type: 'signalTree', service: input.service, run: run.number, signal });
  watch(turn, input.service, run, epoch, graceMs);
}

/** The stop command has done its part; what is left of the tree gets the signal. */
export function onStopCommandEnded(turn: Turn, input: Extract<Observation, { type: 'stopCommandEnded' }>): void {
  const { state, spec } = turn.service(input.service);
  if (state.status !== 'stopping' || state.run.number !== input.run) return;
  turn.emit({ type: 'signalTree', service: input.service, run: input.run, signal: spec.stop.signal });
}

/** Nothing of the run is left. */
export function onTreeGone(turn: Turn, input: Extract<Observation, { type: 'treeGone' }>): void {
  const service = turn.service(input.service);
  const { state } = service;
  if (state.status !== 'stopping' || state.run.number !== input.run) return;
  if (!service.wanted) {
    turn.enter(input.service, { status: 'stopped', note: undefined });
  } else if (state.run.generation !== service.generation || state.cause === 'asked') {
    turn.enter(input.service, { status: 'stopped', note: undefined });
  } else if (service.exit !== undefined && mayHaveMissedItsPort(service.exit)) {
    const epoch = turn.enter(input.service, { status: 'inspecting', run: state.run });
    turn.emit({ type: 'inspectExit', service: input.service, epoch, port: service.port });
  } else {
    afterUnexpectedExit(turn, service, state.run);
  }
}

/** Who cannot listen ends with an error of its own; 126 and 127 say that there was no program at all. */
function mayHaveMissedItsPort({ code }: ExitFact): boolean {
  return code !== null && code !== 0 && code !== 126 && code !== 127;
}

/** SIGKILL did not end them: another user's, or stuck in the kernel. Said, not hidden. */
export function onTreeSurvived(turn: Turn, input: Extract<Observation, { type: 'treeSurvived' }>): void {
  const service = turn.service(input.service);
  const { state } = service;
  if (state.status !== 'stopping' || state.run.number !== input.run) return;
  turn.patch(input.service, { leftovers: input.leftovers });
  const names = input.leftovers.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
  fail(turn, input.service, service.generation, `outlived SIGKILL: ${names}`);
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
      if (state.status === 'stopping') kill(turn, name, state.run, state.cause);
      return;
    case 'survivors':
      if (state.status === 'stopping') turn.emit({ type: 'listSurvivors', service: name, run: state.run.number });
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

function watch(turn: Turn, name: ServiceName, run: Run, epoch: number, graceMs: number): void {
  turn.emit({ type: 'watchTree', service: name, run: run.number });
  turn.emit({ type: 'startTimer', service: name, epoch, kind: 'grace', delayMs: graceMs });
}

function kill(turn: Turn, name: ServiceName, run: Run, cause: 'asked' | 'exited'): void {
  const epoch = turn.enter(name, {
    status: 'stopping',
    run,
    cause,
    isForced: true,
    deadlineMs: turn.nowMs + SURVIVORS_AFTER_MS,
  });
  turn.emit({ type: 'signalTree', service: name, run: run.number, signal: 'SIGKILL' });
  turn.emit({ type: 'startTimer', service: name, epoch, kind: 'survivors', delayMs: SURVIVORS_AFTER_MS });
}

/** By the restart policy: again after a pause, or not any more. */
export function afterUnexpectedExit(turn: Turn, service: Service, run: Run): void {
  const { name, restart } = service.spec;
  const exit = service.exit ?? { code: null, signal: null, atMs: turn.nowMs };
  const decision = decideAfterExit(restart, {
    code: exit.code,
    signal: exit.signal,
    uptimeMs: exit.atMs - run.startedAtMs,
    attempts: service.attempts,
    hasCooledDown: service.hasCooledDown,
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
      const reason = isCoolDown
        ? `${describeExit(exit)}; cooling down after ${restart.max} restarts`
        : describeExit(exit);
      const epoch = turn.enter(name, {
        status: 'backoff',
        generation: run.generation,
        reason,
        dueAtMs: turn.nowMs + delayMs,
      });
      turn.emit({ type: 'startTimer', service: name, epoch, kind: 'backoff', delayMs });
      return;
    }
    default:
      assertNever(decision);
  }
}

function fail(turn: Turn, name: ServiceName, generation: number, reason: string): void {
  turn.emit({ type: 'note', service: name, text: `failed: ${reason}` });
  turn.enter(name, { status: 'failed', reason, generation, conflict: undefined });
}
