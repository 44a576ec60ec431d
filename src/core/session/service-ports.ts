// The keys of a service's ports: the first port has the service's name, each entry of `ports:` the name in references,
// `mail.ports.web`. Maps of ports and of endpoints use these keys.

import type { PortSpec, ServiceName, ServiceSpec } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type { ServiceView } from './snapshot.ts';

export type PortKey = ServiceName;

const BETWEEN = '.ports.';

export function portKey(service: ServiceName, name: string): PortKey {
  return `${service}${BETWEEN}${name}`;
}

/** The other way round; `name` is undefined for the first port of a service. */
export function portOfKey(key: PortKey): { readonly service: ServiceName; readonly name: string | undefined } {
  const at = key.lastIndexOf(BETWEEN);
  return at === -1
    ? { service: key, name: undefined }
    : { service: key.slice(0, at), name: key.slice(at + BETWEEN.length) };
}

/** Every port that the config gives the service, the first one first. */
export function portSpecs({ port, morePorts = [] }: Pick<ServiceSpec, 'port' | 'morePorts'>): readonly PortSpec[] {
  return port === undefined ? morePorts : [port, ...morePorts];
}

/** All ports in use of the service by their keys, the first one first. One that `ports:` names has two keys. */
export function portsByKey({
  spec,
  port,
  morePorts,
}: Pick<Service, 'spec' | 'port' | 'morePorts'>): ReadonlyMap<PortKey, number> {
  const ports = new Map<PortKey, number>();
  if (port !== undefined) ports.set(spec.name, port);
  if (port !== undefined && spec.port?.name !== undefined) ports.set(portKey(spec.name, spec.port.name), port);
  for (const [name, more] of Object.entries(morePorts)) ports.set(portKey(spec.name, name), more);
  return ports;
}

/** Each of them once, in the order in which they are looked at before a start. */
export function portsInOrder({ port, morePorts }: Pick<Service, 'port' | 'morePorts'>): readonly number[] {
  return [...(port === undefined ? [] : [port]), ...Object.values(morePorts)];
}

/** The name of the further port that has this number now; undefined for the first one, and for none of them. */
export function namedPortAt({ morePorts }: Pick<Service, 'morePorts'>, port: number): string | undefined {
  return Object.entries(morePorts).find(([, number]) => number === port)?.[0];
}

export interface PlannedPort {
  readonly key: PortKey;
  readonly wanted: number;
  readonly port: number;
}

/** Each port of a service once: as a session has it, else as the config wants it. */
export function plannedPorts(spec: ServiceSpec, view: ServiceView | undefined): readonly PlannedPort[] {
  const { name } = spec;
  const more =
    view?.ports ?? (spec.morePorts ?? []).map((port) => ({ ...port, port: port.wanted, wantedPort: port.wanted }));
  const port = view === undefined ? spec.port?.wanted : (view.port ?? undefined);
  const first = port === undefined ? [] : [{ key: name, wanted: view?.wantedPort ?? spec.port?.wanted ?? port, port }];
  const others = more
    .filter((other) => other.name !== spec.port?.name)
    .map((other) => ({ key: portKey(name, other.name), wanted: other.wantedPort, port: other.port }));
  return [...first, ...others];
}

/** The ports of all services by their keys: as a session has them, else as the config wants them. */
export function portsOf(
  specs: readonly ServiceSpec[],
  views: readonly ServiceView[] | undefined,
): Readonly<Record<PortKey, number>> {
  return Object.fromEntries(
    specs.flatMap((spec) => {
      const view = views?.find(({ name }) => name === spec.name);
      return plannedPorts(spec, view).map(({ key, port }) => [key, port] as const);
    }),
  );
}
