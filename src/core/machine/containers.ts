// What differs if a run is a container. It starts late, and reports its progress. It may exist and yet not work,
// because it is paused or its engine is gone. A service that failed without an engine starts once there is one. All
// else is as with a process.

import type { Observation } from '../messages/inputs.ts';
import { beginRun } from './lifecycle.ts';
import { followPort } from './ports.ts';
import { amendRun, becomeReady, becomeUnhealthy, beginProbing } from './probing.ts';
import { currentRun, isAwaitingEngine, isUp } from '../model/service.ts';
import type { Turn } from './turn.ts';

type Seen<T extends Observation['type']> = Extract<Observation, { type: T }>;

export function onContainerStarted(turn: Turn, input: Seen<'containerStarted'>): void {
  const { service: name, run, container, chosenPort } = input;
  const { spec } = turn.service(name);
  if (spec.port === undefined && chosenPort !== undefined) {
    const { port: wanted, inside } = chosenPort;
    const port = { wanted, range: { from: wanted, to: wanted }, host: 'localhost', env: 'PORT', inside };
    turn.patch(name, { spec: { ...spec, port } });
    followPort(turn, name, wanted);
  }
  beginRun(turn, name, run, { leader: undefined, container });
}

/** A command such as `docker run` is the run; the container is what it started. */
export function onContainerProven(
  turn: Turn,
  { service: name, run: number, container }: Seen<'containerProven'>,
): void {
  const service = turn.service(name);
  const run = currentRun(service);
  if (run === undefined || run.number !== number || !isUp(service)) return;
  const text =
    container === undefined ? `the container ${run.container?.name} has ended` : `runs the container ${container.name}`;
  turn.emit({ type: 'note', service: name, text });
  amendRun(turn, service, { container });
}

export function onStartProgress(turn: Turn, { service: name, run, progress }: Seen<'startProgress'>): void {
  const { state } = turn.service(name);
  if (state.status === 'spawning' && state.number === run) turn.amend(name, { ...state, progress });
}

export function onContainerHindered(
  turn: Turn,
  { service: name, run: number, hindrance }: Seen<'containerHindered'>,
): void {
  const service = turn.service(name);
  const run = currentRun(service);
  if (run?.container === undefined || run.number !== number || run.container.hindrance === hindrance) return;
  turn.emit({ type: 'note', service: name, text: hindrance ?? 'it can work again' });
  amendRun(turn, service, { container: { ...run.container, hindrance } });
  const changed = turn.service(name);
  const now = currentRun(changed);
  if (now === undefined || !isUp(changed)) return;
  if (hindrance !== undefined) return becomeUnhealthy(turn, changed, now, hindrance);
  if (now.readyAtMs !== undefined) return becomeReady(turn, changed, now);
  const epoch = turn.enter(name, { status: 'starting', run: now });
  beginProbing(turn, turn.service(name), now, epoch);
}

/** Those that found none try again. */
export function onEngineFound(turn: Turn): void {
  for (const [name, service] of turn.services) {
    if (!isAwaitingEngine(service)) continue;
    turn.patch(name, { generation: service.generation + 1, renewal: 'the container engine answers', attempts: 0 });
  }
}
