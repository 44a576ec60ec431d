// Drives what is (`state`) to what should be (`wanted`, `generation`), for all services, until nothing changes.

import { assertNever } from '../../errors.ts';
import { composeBlockers } from './compose.ts';
import { blockersOf } from '../rules/blockers.ts';
import { beginStart } from './lifecycle.ts';
import { beginStop, endUnhealthy } from './stopping.ts';
import { directDependents } from '../rules/graph.ts';
import type { ServiceName } from '../model/project.ts';
import { isLive, type Service } from '../model/service.ts';
import type { Run } from '../model/run.ts';
import type { Turn } from './turn.ts';

export function reconcile(turn: Turn): void {
  // Each pass can let another service continue: after a dependency is ready, or a dependent has ended.
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const name of turn.services.keys()) {
      const before = turn.service(name);
      reconcileService(turn, before);
      if (turn.service(name).epoch !== before.epoch) hasChanged = true;
    }
  }
}

function reconcileService(turn: Turn, service: Service): void {
  const { state, spec, wanted, generation } = service;
  switch (state.status) {
    case 'stopped':
      if (wanted) startOrWait(turn, service);
      return;
    case 'waiting':
      if (wanted) startOrWait(turn, service);
      else enterStopped(turn, service);
      return;
    case 'checking':
      if (!wanted) enterStopped(turn, service);
      else if (service.port !== state.ownPort) startOrWait(turn, service);
      return;
    case 'conflict':
    case 'backoff':
    case 'exited':
    case 'failed':
      // Survivors of SIGKILL stay on the screen until the service is started again.
      if (!wanted && service.leftovers.length > 0) return;
      if (!wanted) enterStopped(turn, service);
      else if (generation !== state.generation) startOrWait(turn, service);
      return;
    case 'inspecting':
      if (!wanted) enterStopped(turn, service);
      else if (generation !== state.run.generation) startOrWait(turn, service);
      return;
    case 'spawning':
      if (!wanted || generation !== state.generation) abandonStart(turn, service);
      return;
    case 'stopping':
      return;
    case 'preparing':
    case 'pausing':
    case 'starting':
    case 'ready':
    case 'unhealthy':
      if (wanted && state.run.generation === generation) {
        if (state.status === 'unhealthy' && isLivenessLost(service, state.run)) {
          endUnhealthy(turn, service, state.run, state.reason);
        }
        return;
      }
      if (wanted || !isHeldByDependents(turn, spec.name)) beginStop(turn, service);
      return;
    default:
      assertNever(state);
  }
}

/** An image may take minutes to be there, and a named pipe seconds. */
function abandonStart(turn: Turn, { spec, state }: Service): void {
  if (state.status !== 'spawning' || state.isAbandoned) return;
  turn.amend(spec.name, { ...state, isAbandoned: true });
  turn.emit({ type: 'abandonStart', service: spec.name, run: state.number });
}

/** Only what was ready once: a first start may take its time. A server that is not ours is not ours to end. */
function isLivenessLost({ spec }: Service, run: Run): boolean {
  if (run.container?.hindrance !== undefined) return false;
  return spec.health?.restart === true && run.readyAtMs !== undefined && run.external === undefined;
}

function startOrWait(turn: Turn, service: Service): void {
  const blockers = [...composeBlockers(turn, service), ...blockersOf(turn.services, service)];
  if (blockers.length === 0) return beginStart(turn, service);
  if (service.state.status === 'waiting') {
    turn.amend(service.spec.name, { status: 'waiting', blockers });
  } else {
    turn.enter(service.spec.name, { status: 'waiting', blockers });
  }
}

function enterStopped(turn: Turn, service: Service): void {
  turn.enter(service.spec.name, { status: 'stopped', note: undefined });
}

/** Stops go against the dependencies: a dependent that is to stop as well stops first. */
function isHeldByDependents(turn: Turn, name: ServiceName): boolean {
  const specs = [...turn.services.values()].map(({ spec }) => spec);
  return directDependents(specs, name).some((dependent) => {
    const service = turn.service(dependent);
    return !service.wanted && isLive(service);
  });
}
