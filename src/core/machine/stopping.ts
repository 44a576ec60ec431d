// How devdeck ends a run: a stop command or a signal to the whole tree, the grace period, SIGKILL to the remaining
// processes, and the names of the survivors. After the tree has ended, lifecycle.ts continues.

import { letGo } from './external.ts';
import type { Observation } from '../messages/inputs.ts';
import type { ServiceName } from '../model/project.ts';
import { processesInWords } from '../rules/restart-policy.ts';
import { currentRun, type Service, type StopCause } from '../model/service.ts';
import type { Run } from '../model/run.ts';
import type { Turn } from './turn.ts';

/** After SIGKILL the kernel needs a moment, longer for a thousand processes; what is still there then has survived. */
const SURVIVORS_AFTER_MS = 5_000;
/** Until then the tree is looked at and killed again: a process may have been born between the look and the signal. */
const KILL_AGAIN_MS = 1_000;

/** Asked to stop, or to make room for a newer generation. */
export function beginStop(turn: Turn, service: Service): void {
  const run = currentRun(service);
  if (run === undefined) return;
  if (run.external !== undefined) return letGo(turn, service, run.number, run.external);
  const { name, stop } = service.spec;
  // The stop command is for the service, not for what runs before it.
  if (stop.command === undefined || run.hook !== undefined) return terminate(turn, service, run, { kind: 'asked' });
  const epoch = enterStopping(turn, service, run, { kind: 'asked' });
  const { command, graceMs } = stop;
  turn.emit({ type: 'runStopCommand', service: name, run: run.number, command, timeoutMs: graceMs });
  watch(turn, name, run, epoch, graceMs);
}

/** It runs but does not answer any more: ended, and then as after a crash. */
export function endUnhealthy(turn: Turn, service: Service, run: Run, problem: string): void {
  const reason = `unhealthy: ${problem}`;
  turn.emit({ type: 'note', service: service.spec.name, text: `ended: ${reason}` });
  terminate(turn, service, run, { kind: 'at fault', reason });
}

/** It waits for an answer about a taken port: ended, and then as any conflict about that port. */
export function endAsking(turn: Turn, service: Service, run: Run, port: number): void {
  terminate(turn, service, run, { kind: 'asks', port });
}

/** The signal to the whole tree, and then the grace period. */
export function terminate(turn: Turn, service: Service, run: Run, cause: StopCause): void {
  const { name, stop } = service.spec;
  const epoch = enterStopping(turn, service, run, cause);
  turn.emit({ type: 'signalTree', service: name, run: run.number, signal: stop.signal });
  watch(turn, name, run, epoch, stop.graceMs);
}

function enterStopping(turn: Turn, { spec }: Service, run: Run, cause: StopCause): number {
  const deadlineMs = turn.nowMs + spec.stop.graceMs;
  return turn.enter(spec.name, { status: 'stopping', run, cause, isForced: false, deadlineMs });
}

/** No grace: SIGKILL now, also to what is already stopping. */
export function forceStop(turn: Turn, name: ServiceName): void {
  const service = turn.service(name);
  const run = currentRun(service);
  if (run === undefined) return;
  if (run.external !== undefined) return letGo(turn, service, run.number, run.external);
  const { state } = service;
  const isWatched = state.status === 'stopping';
  if (isWatched && state.isForced) return;
  kill(turn, name, run, state.status === 'stopping' ? state.cause : { kind: 'asked' });
  if (!isWatched) turn.emit({ type: 'watchTree', service: name, run: run.number });
}

/** Reported, because a person who starts a daemon would look for it in vain. */
export function onLeftBehind(turn: Turn, input: Extract<Observation, { type: 'leftBehind' }>): void {
  const { state, exit } = turn.service(input.service);
  if (state.status !== 'stopping' || state.run.number !== input.run || state.cause.kind !== 'exited') return;
  if (exit === undefined || exit.leftBehind !== undefined) return;
  const leftBehind = input.count;
  turn.patch(input.service, { exit: { ...exit, leftBehind } });
  turn.emit({
    type: 'note',
    service: input.service,
    text: `stops ${processesInWords(leftBehind)} that it left behind`,
  });
}

/** The stop command has ended; remaining processes of the tree get the signal. */
export function onStopCommandEnded(turn: Turn, input: Extract<Observation, { type: 'stopCommandEnded' }>): void {
  const { state, spec } = turn.service(input.service);
  if (state.status !== 'stopping' || state.run.number !== input.run) return;
  turn.emit({ type: 'signalTree', service: input.service, run: input.run, signal: spec.stop.signal });
}

/** The grace period is over. */
export function onGraceOver(turn: Turn, { spec, state }: Service): void {
  if (state.status === 'stopping') kill(turn, spec.name, state.run, state.cause);
}

/** Killed a moment ago: killed again, or named once it has had its time. */
export function lookForSurvivors(turn: Turn, { spec, state, epoch }: Service): void {
  if (state.status !== 'stopping') return;
  if (turn.nowMs < state.deadlineMs) killTree(turn, spec.name, state.run, epoch);
  else turn.emit({ type: 'listSurvivors', service: spec.name, run: state.run.number });
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

function watch(turn: Turn, name: ServiceName, run: Run, epoch: number, graceMs: number): void {
  turn.emit({ type: 'watchTree', service: name, run: run.number });
  turn.emit({ type: 'startTimer', service: name, epoch, kind: 'grace', delayMs: graceMs });
}

/** SIGKILL to the remaining processes, and the look for survivors. */
function kill(turn: Turn, name: ServiceName, run: Run, cause: StopCause): void {
  const epoch = turn.enter(name, {
    status: 'stopping',
    run,
    cause,
    isForced: true,
    deadlineMs: turn.nowMs + SURVIVORS_AFTER_MS,
  });
  killTree(turn, name, run, epoch);
}

function killTree(turn: Turn, name: ServiceName, run: Run, epoch: number): void {
  turn.emit({ type: 'signalTree', service: name, run: run.number, signal: 'SIGKILL' });
  turn.emit({ type: 'startTimer', service: name, epoch, kind: 'survivors', delayMs: KILL_AGAIN_MS });
}

/** Not tried again by itself, unless it waits for the container engine; the reason is shown until somebody starts it. */
export function fail(
  turn: Turn,
  name: ServiceName,
  generation: number,
  reason: string,
  { awaitsEngine = false }: { readonly awaitsEngine?: boolean } = {},
): void {
  turn.emit({ type: 'note', service: name, text: `failed: ${reason}` });
  const state = { status: 'failed', reason, generation, conflict: undefined } as const;
  turn.enter(name, awaitsEngine ? { ...state, awaitsEngine } : state);
}
