// Why a service may not start yet: what its dependencies still owe, each in a sentence.

import { assertNever } from '../../errors.ts';
import type { Dependency, ServiceName } from '../model/project.ts';
import { currentRun, isUp, type Service } from '../model/service.ts';

export function blockersOf(services: ReadonlyMap<ServiceName, Service>, service: Service): string[] {
  const holder = holderOfPort(services, service);
  const held = holder === undefined ? [] : [`${holder.spec.name} still has port ${service.port}`];
  return [...held, ...owedBy(services, service)];
}

function owedBy(services: ReadonlyMap<ServiceName, Service>, service: Service): string[] {
  return service.spec.dependsOn.flatMap((dependency) => {
    const needed = services.get(dependency.service);
    if (needed === undefined || (service.ignoresDependencies && !needed.wanted)) return [];
    return isMet(dependency, needed) ? [] : [`${dependency.service} is ${describe(needed)}`];
  });
}

/** Another service of the session that is on its way out, and whose port is to be this one's. */
function holderOfPort(services: ReadonlyMap<ServiceName, Service>, service: Service): Service | undefined {
  if (service.port === undefined) return undefined;
  return [...services.values()].find((other) => {
    const run = currentRun(other);
    if (other === service || run === undefined || run.external !== undefined || run.port !== service.port) return false;
    return !other.wanted || other.state.status === 'stopping' || run.generation !== other.generation;
  });
}

function isMet({ condition }: Dependency, needed: Service): boolean {
  const { status } = needed.state;
  switch (condition) {
    case 'started':
      return isUp(needed) || status === 'exited';
    case 'ready':
      return status === 'ready';
    case 'completed':
      return status === 'exited' && needed.exit?.code === 0;
    default:
      return assertNever(condition);
  }
}

function describe(service: Service): string {
  const { state } = service;
  switch (state.status) {
    case 'waiting':
      return `waiting ← ${state.blockers.join(', ')}`;
    case 'conflict':
      return `held up: port ${state.use.port} is taken`;
    case 'failed':
    case 'unhealthy':
      return `${state.status} (${state.reason})`;
    case 'backoff':
      return `about to restart (${state.reason})`;
    case 'inspecting':
      return 'stopping';
    case 'checking':
    case 'spawning':
    case 'preparing':
    case 'pausing':
      return 'starting';
    case 'stopped':
      return state.note === undefined ? 'not started' : `not started (${state.note})`;
    default:
      return state.status;
  }
}
