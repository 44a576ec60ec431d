// Containers that need each other. Their ports are published on this machine's loopback, where no container reaches
// another. So devdeck's containers share a network, as in a Compose project. They find each other by service name, on
// the ports inside.

import { type Endpoint, type Endpoints, refersTo } from '../../core/env/references.ts';
import type { Project, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import { portKey, portSpecs } from '../../core/session/service-ports.ts';
import type { ContainerEngine, NetworkPlace } from '../../system/container-engine.ts';
import { insidePortOf, nameBeside, nameForEngine } from './container-request.ts';

/** Undefined if no container of the project needs another: then the engine's usual network is enough. */
export function networkPlace(project: Project, spec: ServiceSpec): NetworkPlace | undefined {
  const images = project.services.filter(({ container }) => container?.kind === 'image');
  const isShared = images.some((one) => images.some((other) => one !== other && needs(one, other)));
  if (!isShared) return undefined;
  return { name: nameBeside(project, nameForEngine(project.name)), alias: spec.name };
}

function needs(spec: ServiceSpec, other: ServiceSpec): boolean {
  return refersTo(spec, other.name) || spec.dependsOn.some(({ service }) => service === other.name);
}

/** Where a container reaches the other services: neighbours by name, all others through this machine. */
export async function endpointsFrom(
  {
    engine,
    project,
    spec,
  }: { readonly engine: ContainerEngine; readonly project: Project; readonly spec: ServiceSpec },
  endpoints: Endpoints,
): Promise<Endpoints> {
  const inside = new Map([...endpoints].map(([name, { port }]) => [name, { host: engine.nameOfHost, port }]));
  for (const other of project.services) {
    if (other === spec || !areNeighbours(spec, other) || !refersTo(spec, other.name)) continue;
    for (const [key, endpoint] of await endpointsOfNeighbour(engine, other)) inside.set(key, endpoint);
  }
  return inside;
}

function areNeighbours({ container: one }: ServiceSpec, { container: other }: ServiceSpec): boolean {
  if (one?.kind === 'image') return other?.kind === 'image';
  return one?.kind === 'compose' && other?.kind === 'compose' && one.project === other.project;
}

async function endpointsOfNeighbour(
  engine: ContainerEngine,
  spec: ServiceSpec,
): Promise<readonly (readonly [ServiceName, Endpoint])[]> {
  const { container } = spec;
  const image = container?.kind === 'image' ? await engine.findImage(container.image) : undefined;
  const host = container?.kind === 'compose' ? container.service : spec.name;
  return portSpecs(spec).flatMap((port) => {
    const isFirst = port === spec.port;
    const endpoint = {
      host,
      port: isFirst ? insidePortOf(port, image ?? { exposedPorts: [] }) : (port.inside ?? port.wanted),
    };
    const own = isFirst ? [[spec.name, endpoint] as const] : [];
    return port.name === undefined ? own : [...own, [portKey(spec.name, port.name), endpoint] as const];
  });
}
