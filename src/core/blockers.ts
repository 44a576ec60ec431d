// Why a service may not start yet: what its dependencies still owe, each in a sentence.

import { assertNever } from '../errors.ts';
import type { Dependency, ServiceName } from './project.ts';
import { isUp, type Service } from './service.ts';

export function blockersOf(services: ReadonlyMap<ServiceName, Service>, service: Service): string[] {
  return service.spec.dependsOn.flatMap((dependency) => {
    const needed = services.get(dependency.service);
    if (needed === undefined || (service.ignoresDependencies && !needed.wanted)) return [];
    return isMet(dependency, needed) ? [] : [`${dependency.service} is ${describe(needed)}`];
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
