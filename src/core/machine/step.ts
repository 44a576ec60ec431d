// The whole core in one function: (state, input, now) → (state, effects). No I/O, no clock, no timers.
// Inputs change the intent or record a fact; reconcile then drives every service towards its intent.
// Observations of an older run or epoch are dropped on purpose: they speak of something that is over.

import { assertNever } from '../../errors.ts';
import { onComposeRead, onComposeUnreadable } from './compose.ts';
import { applyConfig, dropDeparted } from './apply-config.ts';
import { onPortAsked, onPromptSeen, onStatusTold } from './questions.ts';
import {
  onOwnersStopped,
  onOwnersStopping,
  onPortChecked,
  onPortFound,
  onChoiceRefused,
  resolveConflict,
} from './conflict.ts';
import type { Effect } from '../messages/effects.ts';
import { onExitInspected } from './exit-inspection.ts';
import { onAdopted, onExternalGone } from './external.ts';
import { withDependencies } from '../rules/graph.ts';
import type { Command, Input, Observation } from '../messages/inputs.ts';
import { onProcessExited, onSpawned, onSpawnFailed, onTimer, onTreeGone } from './lifecycle.ts';
import { onListenersJudged } from './listening.ts';
import {
  onContainerHindered,
  onContainerProven,
  onContainerStarted,
  onEngineFound,
  onStartProgress,
} from './containers.ts';
import { movePort } from './ports.ts';
import { onProbed, onReadyLine } from './probing.ts';
import type { ServiceName, ServiceSpec } from '../model/project.ts';
import { reconcile } from './reconcile.ts';
import { isOver, type SessionState } from '../model/service.ts';
import { portOfKey } from '../session/service-ports.ts';
import type { StartOptions } from '../session/session.ts';
import { forceStop, onLeftBehind, onStopCommandEnded, onTreeSurvived } from './stopping.ts';
import { Turn } from './turn.ts';
import { onFilesChanged, onGlobsUnmatched, resumed } from './watching.ts';

export interface StepResult {
  readonly state: SessionState;
  readonly effects: readonly Effect[];
}

/** `nowMs` is monotonic. Throws BugError when a command names a service that does not exist. */
export function step(state: SessionState, input: Input, nowMs: number): StepResult {
  const turn = new Turn(state, nowMs);
  apply(turn, input);
  reconcile(turn);
  dropDeparted(turn);
  return { state: turn.state, effects: turn.effects };
}

function apply(turn: Turn, input: Input): void {
  switch (input.type) {
    case 'start':
    case 'stop':
    case 'restart':
    case 'resolveConflict':
    case 'applyConfig':
    case 'shutdown':
      return command(turn, input);
    default:
      return observe(turn, input);
  }
}

function command(turn: Turn, input: Command): void {
  switch (input.type) {
    case 'start':
      return start(turn, input.names, input.options);
    case 'stop':
      return stop(turn, namesOrAll(turn, input.names), input);
    case 'restart':
      return restart(turn, namesOrAll(turn, input.names), input);
    case 'resolveConflict':
      turn.patch(input.service, { by: input.decision.by });
      return resolveConflict(turn, input.service, input.decision);
    case 'applyConfig':
      return applyConfig(turn, input.project.services);
    case 'shutdown':
      turn.patchSession({ isEnding: true });
      return stop(turn, [...turn.services.keys()], input);
    default:
      return assertNever(input);
  }
}

function observe(turn: Turn, input: Observation): void {
  if (input.type === 'attendanceChanged') return turn.patchSession({ isAttended: input.isAttended });
  if (input.type === 'engineFound') return onEngineFound(turn);
  if (!turn.services.has(input.service)) return;
  switch (input.type) {
    case 'portChecked':
      return onPortChecked(turn, input);
    case 'portFound':
      return onPortFound(turn, input);
    case 'portRefused':
    case 'reuseRefused':
      return onChoiceRefused(turn, input);
    case 'ownersStopping':
      return onOwnersStopping(turn, input);
    case 'ownersStopped':
      return onOwnersStopped(turn, input);
    case 'adopted':
      return onAdopted(turn, input);
    case 'externalGone':
      return onExternalGone(turn, input);
    case 'spawned':
      return onSpawned(turn, input);
    case 'spawnFailed':
      return onSpawnFailed(turn, input);
    case 'containerStarted':
      return onContainerStarted(turn, input);
    case 'composeRead':
      return onComposeRead(turn, input);
    case 'composeUnreadable':
      return onComposeUnreadable(turn, input);
    case 'containerProven':
      return onContainerProven(turn, input);
    case 'startProgress':
      return onStartProgress(turn, input);
    case 'containerHindered':
      return onContainerHindered(turn, input);
    case 'processExited':
      return onProcessExited(turn, input);
    case 'leftBehind':
      return onLeftBehind(turn, input);
    case 'stopCommandEnded':
      return onStopCommandEnded(turn, input);
    case 'treeGone':
      return onTreeGone(turn, input);
    case 'exitInspected':
      return onExitInspected(turn, input);
    case 'treeSurvived':
      return onTreeSurvived(turn, input);
    case 'listenersJudged':
      return onListenersJudged(turn, input);
    case 'globsUnmatched':
      return onGlobsUnmatched(turn, input);
    case 'filesChanged':
      return onFilesChanged(turn, input);
    case 'portAsked':
      return onPortAsked(turn, input);
    case 'promptSeen':
      return onPromptSeen(turn, input);
    case 'statusTold':
      return onStatusTold(turn, input);
    case 'readyLineSeen':
      return onReadyLine(turn, input);
    case 'probed':
      return onProbed(turn, input);
    case 'timerFired':
      return onTimer(turn, input);
    default:
      return assertNever(input);
  }
}

function start(turn: Turn, names: readonly ServiceName[], options: StartOptions): void {
  if (turn.session.isEnding) return;
  if (options.onConflict !== undefined) turn.patchSession({ onConflict: options.onConflict });
  const specs = specsOf(turn);
  const all = [...specs.values()].filter((spec) => spec.autostart).map((spec) => spec.name);
  const asked = staying(turn, names.length > 0 ? names : all);
  const ignoresDependencies = options.dependencies === false;
  const chosen = ignoresDependencies ? new Set(asked) : withDependencies(specs, asked);
  setPorts(turn, options.ports ?? {});
  const repeated = new Set(options.repeatsCompleted === false ? [] : names);
  for (const name of chosen) {
    const service = turn.service(name);
    // A one-shot that ended with success is done: it runs again only when it is named.
    const isDone = service.state.status === 'exited' && !repeated.has(name);
    const by = service.wanted ? service.by : options.by;
    turn.patch(name, { wanted: true, ignoresDependencies, watch: resumed(service.watch), by });
    if (isOver(service) && !isDone) turn.beginGeneration(name, { isFresh: true, by: options.by });
  }
}

function stop(
  turn: Turn,
  names: readonly ServiceName[],
  { isForced, by }: { readonly isForced: boolean; readonly by?: string },
): void {
  for (const name of names) {
    turn.patch(name, { wanted: false, by });
    if (isForced) forceStop(turn, name);
  }
}

function restart(
  turn: Turn,
  names: readonly ServiceName[],
  { by, ports = {} }: Pick<Extract<Command, { type: 'restart' }>, 'by' | 'ports'>,
): void {
  if (turn.session.isEnding) return;
  setPorts(turn, ports);
  const chosen = staying(turn, names);
  for (const name of chosen) {
    turn.patch(name, { wanted: true, watch: resumed(turn.service(name).watch) });
    turn.beginGeneration(name, { renewal: 'as asked', isFresh: true, by });
  }
  for (const name of withDependencies(specsOf(turn), chosen)) {
    if (!turn.service(name).ignoresDependencies) turn.patch(name, { wanted: true });
  }
}

function setPorts(turn: Turn, ports: Readonly<Record<ServiceName, number>>): void {
  for (const [key, port] of Object.entries(ports)) {
    const { service, name } = portOfKey(key);
    if (name === undefined) turn.patch(service, { wantedPort: port });
    movePort(turn, service, port, name);
  }
}

/** What the config has no more is on its way out for good. */
function staying(turn: Turn, names: readonly ServiceName[]): readonly ServiceName[] {
  return names.filter((name) => !turn.service(name).isRemoved);
}

function namesOrAll(turn: Turn, names: readonly ServiceName[]): readonly ServiceName[] {
  return names.length > 0
    ? names
    : [...turn.services.values()].filter((service) => service.wanted).map(({ spec }) => spec.name);
}

function specsOf(turn: Turn): ReadonlyMap<ServiceName, ServiceSpec> {
  return new Map([...turn.services].map(([name, service]) => [name, service.spec]));
}
