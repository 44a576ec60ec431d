// What follows when a service moves to another port: everything that knew the old one starts again.

import type { ServiceName } from '../model/project.ts';
import { refersTo } from '../env/references.ts';
import { portsByKey, type PortKey } from '../session/service-ports.ts';
import { isExternal, isLive, type Service } from '../model/service.ts';
import type { Turn } from './turn.ts';

/** Services that know the port of `name`: by a reference, by its NAME_PORT or NAME_URL, or as a dependency. */
function referrersOf(services: ReadonlyMap<ServiceName, Service>, name: ServiceName): ServiceName[] {
  return [...services.values()]
    .filter(({ spec }) => spec.name !== name)
    .filter(({ spec }) => refersTo(spec, name) || spec.dependsOn.some((dependency) => dependency.service === name))
    .map(({ spec }) => spec.name);
}

/** The ones that run now and must restart to get the new port; an external server cannot get it. */
export function rewiredBy(services: ReadonlyMap<ServiceName, Service>, name: ServiceName): ServiceName[] {
  return referrersOf(services, name).filter((referrer) => {
    const service = services.get(referrer);
    return service !== undefined && service.wanted && isLive(service) && !isExternal(service);
  });
}

/**
 * Gives the service its port; it and the services that know it restart if they run.
 * @param which the one under `ports:` that is meant; undefined for the first
 */
export function movePort(turn: Turn, name: ServiceName, port: number, which?: string): void {
  const service = turn.service(name);
  if (portCalled(service, which) === port) return;
  if (isLive(service)) turn.beginGeneration(name, { renewal: `moved to port ${port}` });
  followPort(turn, name, port, which);
}

/** The service has another port already; only those that know the old one restart. `which` as in `movePort`. */
export function followPort(turn: Turn, name: ServiceName, port: number, which?: string): void {
  const service = turn.service(name);
  const rewired = rewiredBy(turn.services, name);
  turn.patch(name, which === undefined ? { port } : { morePorts: { ...service.morePorts, [which]: port } });
  for (const referrer of rewired) {
    const before = portCalled(service, which);
    const renewal = before === undefined ? `${name} has port ${port}` : `${name} moved from port ${before} to ${port}`;
    turn.beginGeneration(referrer, { renewal });
    turn.emit({ type: 'note', service: referrer, text: `restarts: ${renewal}` });
  }
}

function portCalled({ port, morePorts }: Service, which: string | undefined): number | undefined {
  return which === undefined ? port : morePorts[which];
}

/** Every port in use. */
export function portsInForce(services: ReadonlyMap<ServiceName, Service>): Record<PortKey, number> {
  const ports: Record<PortKey, number> = Object.create(null) as Record<PortKey, number>;
  for (const service of services.values()) for (const [key, port] of portsByKey(service)) ports[key] = port;
  return ports;
}
