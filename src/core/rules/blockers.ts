// Why a service may not start yet: what each of its dependencies still lacks, in a sentence.

import { assertNever } from '../../errors.ts';
import { failureInWords } from './exits.ts';
import type { Dependency, ServiceName } from '../model/project.ts';
import { type Blocker, currentRun, isUp, type Service } from '../model/service.ts';
import { portsInOrder } from '../session/service-ports.ts';

export function blockersOf(services: ReadonlyMap<ServiceName, Service>, service: Service): Blocker[] {
  const held = portsInOrder(service).flatMap((port) => {
    const holder = holderOfPort(services, service, port);
    return holder === undefined ? [] : [{ text: `${holder.spec.name} still has port ${port}`, isForGood: false }];
  });
  return [...held, ...owedBy(services, service)];
}

function owedBy(services: ReadonlyMap<ServiceName, Service>, service: Service): Blocker[] {
  return service.spec.dependsOn.flatMap((dependency) => {
    const needed = services.get(dependency.service);
    if (needed === undefined || (service.ignoresDependencies && !needed.wanted)) return [];
    if (isMet(dependency, needed)) return [];
    const text = `${dependency.service} is ${describe(needed)}${remedy(dependency, needed)}`;
    return [{ text, isForGood: isForGood(needed) }];
  });
}

/** Another service of the session that is on its way out, and whose port is to be this one's. */
function holderOfPort(
  services: ReadonlyMap<ServiceName, Service>,
  service: Service,
  port: number,
): Service | undefined {
  return [...services.values()].find((other) => {
    const run = currentRun(other);
    if (other === service || run === undefined || run.external !== undefined || !run.ports.includes(port)) return false;
    return !other.wanted || other.state.status === 'stopping' || run.generation !== other.generation;
  });
}

function isMet({ condition }: Dependency, needed: Service): boolean {
  const { status } = needed.state;
  switch (condition) {
    case 'started':
      return isUp(needed) || status === 'exited';
    case 'ready':
      return status === 'ready' || (needed.spec.isOneShot === true && hasCompleted(needed));
    case 'completed':
      return hasCompleted(needed);
    default:
      return assertNever(condition);
  }
}

function hasCompleted({ state, exit }: Service): boolean {
  return state.status === 'exited' && exit?.code === 0;
}

/** Nothing but a person's wish or an edit makes it ready any more. */
function isForGood({ state, wanted, generation }: Service): boolean {
  switch (state.status) {
    case 'failed':
    case 'exited':
      return !wanted || state.generation === generation;
    case 'stopped':
      return !wanted;
    case 'waiting':
      return state.blockers.some((blocker) => blocker.isForGood);
    default:
      return false;
  }
}

function remedy({ service, condition }: Dependency, { state }: Service): string {
  if (state.status !== 'exited' || condition !== 'ready') return '';
  return ` and will not be ready; if it is meant to end, write depends_on: {${service}: completed}`;
}

function describe(service: Service): string {
  const { state } = service;
  switch (state.status) {
    case 'waiting':
      return `waiting ← ${state.blockers.map(({ text }) => text).join(', ')}`;
    case 'conflict':
      return `held up: port ${state.use.port} is taken`;
    case 'unhealthy':
      return `unhealthy (${state.reason})`;
    case 'failed':
      return `failed: ${failureInWords(state.reason, service)}`;
    case 'backoff':
      return `about to restart: ${failureInWords(state.reason, service)}`;
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
