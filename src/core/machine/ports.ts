// What follows when a service moves to another port: everything that knew the old one starts anew.

import type { ServiceName } from '../model/project.ts';
import { referencesOf } from '../env/references.ts';
import { isExternal, isLive, type Service } from '../model/service.ts';
import type { Turn } from './turn.ts';

/** Services that know the port of `name`: by a reference, by its NAME_PORT or NAME_URL, or as a dependency. */
function referrersOf(services: ReadonlyMap<ServiceName, Service>, name: ServiceName): ServiceName[] {
  const known = [...services.keys()];
  return [...services.values()]
    .filter(({ spec }) => spec.name !== name)
    .filter(
      ({ spec }) =>
        referencesOf(spec, known).includes(name) || spec.dependsOn.some((dependency) => dependency.service === name),
    )
    .map(({ spec }) => spec.name);
}

/** Those of them that run now, and so must restart to learn of the new port; a server that is not ours cannot learn of it. */
export function rewiredBy(services: ReadonlyMap<ServiceName, Service>, name: ServiceName): ServiceName[] {
  return referrersOf(services, name).filter((referrer) => {
    const service = services.get(referrer);
    return service !== undefined && service.wanted && isLive(service) && !isExternal(service);
  });
}

/** Gives the service its port; it and the services that know it restart if they run. */
export function movePort(turn: Turn, name: ServiceName, port: number): void {
  const service = turn.service(name);
  if (service.port === port) return;
  if (isLive(service)) turn.beginGeneration(name, { renewal: `moved to port ${port}` });
  followPort(turn, name, port);
}

/** The service has another port already; only those that know the old one restart. */
export function followPort(turn: Turn, name: ServiceName, port: number): void {
  const service = turn.service(name);
  const rewired = rewiredBy(turn.services, name);
  turn.patch(name, { port });
  for (const referrer of rewired) {
    const renewal = `${name} moved from port ${service.port} to ${port}`;
    turn.beginGeneration(referrer, { renewal });
    turn.emit({ type: 'note', service: referrer, text: `restarts: ${renewal}` });
  }
}

/** Every port in force, by service. */
export function portsInForce(services: ReadonlyMap<ServiceName, Service>): Record<ServiceName, number> {
  const ports: Record<ServiceName, number> = Object.create(null) as Record<ServiceName, number>;
  for (const [name, { port }] of services) if (port !== undefined) ports[name] = port;
  return ports;
}
