// What a Compose file says about a service, added to the service's config: its ports and dependencies need not be
// written twice. `.project.config` wins.

import type { ComposeFacts, ComposePort } from '../model/compose-facts.ts';
import type { Dependency, NamedPort, PortSpec, ServiceName, ServiceSpec } from '../model/project.ts';
import type { Service } from '../model/service.ts';

/** A port is moved within this many above it, as with every service. */
const RANGE_LENGTH = 100;

/** @param others all services of the session: some of them are services of the same file */
export function withComposeFacts(base: ServiceSpec, facts: ComposeFacts, others: readonly ServiceSpec[]): ServiceSpec {
  if (base.container?.kind !== 'compose') return base;
  const port = portOf(base, facts);
  const morePorts = morePortsOf(base, facts, port);
  return {
    ...base,
    container: { ...base.container, project: facts.project },
    ...(port === undefined ? {} : { port }),
    ...(morePorts.length === 0 ? {} : { morePorts }),
    dependsOn: [...base.dependsOn, ...dependenciesOf(base, facts, others)],
    ...(facts.stopGraceMs === undefined || base.container.hasOwnGrace === true
      ? {}
      : { stop: { ...base.stop, graceMs: facts.stopGraceMs } }),
  };
}

/** The services of another config, with what is known of their files by now. */
export function withKnownFacts(
  services: ReadonlyMap<ServiceName, Service>,
  specs: readonly ServiceSpec[],
): readonly ServiceSpec[] {
  return specs.map((spec) => {
    const facts = services.get(spec.name)?.compose?.facts;
    return facts === undefined ? spec : withComposeFacts(spec, facts, specs);
  });
}

/** The services that must run for this one, itself included, without the ones that another service starts. */
export function neededServices(
  service: string,
  facts: ReadonlyMap<string, Pick<ComposeFacts, 'dependsOn'>>,
  startedByOthers: ReadonlySet<string>,
): readonly string[] {
  const needed = new Set([service]);
  for (const name of needed) {
    for (const dependency of facts.get(name)?.dependsOn ?? []) {
      if (!startedByOthers.has(dependency.service)) needed.add(dependency.service);
    }
  }
  return [...needed];
}

function portOf({ port, morePorts = [] }: ServiceSpec, { ports }: ComposeFacts): PortSpec | undefined {
  if (port !== undefined) {
    const inside = port.inside ?? (ports.find(({ published }) => published === port.wanted) ?? ports[0])?.inside;
    return inside === undefined ? port : { ...port, inside };
  }
  const named = new Set(morePorts.map(({ inside }) => inside));
  const first = ports.find(({ published, inside }) => published !== undefined && !named.has(inside));
  return first === undefined ? undefined : publishedPort(first);
}

/** Those of the config first; what else the file publishes is called by its port inside. */
function morePortsOf(
  { morePorts = [] }: ServiceSpec,
  { ports }: ComposeFacts,
  first: PortSpec | undefined,
): readonly NamedPort[] {
  const own = morePorts.map((port) => ({
    ...port,
    inside: port.inside ?? ports.find(({ published }) => published === port.wanted)?.inside ?? port.wanted,
  }));
  const known = new Set([first?.inside, ...own.map(({ inside }) => inside)]);
  const others = ports.flatMap((port) => {
    if (known.has(port.inside)) return [];
    known.add(port.inside);
    const spec = publishedPort(port);
    const name = String(port.inside);
    return spec === undefined ? [] : [{ ...spec, name, env: `PORT_${name}` }];
  });
  return [...own, ...others];
}

/** Undefined when the engine chooses it. */
function publishedPort({ published, inside, address }: ComposePort): PortSpec | undefined {
  if (published === undefined) return undefined;
  const range = { from: published, to: Math.min(published + RANGE_LENGTH - 1, 65_535) };
  return { wanted: published, range, host: hostOf(address), env: 'PORT', inside };
}

function hostOf(address: string | undefined): string {
  return address === undefined || address === '0.0.0.0' || address === '::' ? 'localhost' : address;
}

/** Those of the file's dependencies that are services here, unless the config says how they are depended on. */
function dependenciesOf(
  base: ServiceSpec,
  { dependsOn }: ComposeFacts,
  others: readonly ServiceSpec[],
): readonly Dependency[] {
  const known = new Set(base.dependsOn.map(({ service }) => service));
  return dependsOn.flatMap(({ service, condition }) =>
    servicesOf(base, service, others)
      .filter((name) => !known.has(name))
      .map((name) => ({ service: name, condition })),
  );
}

function servicesOf(base: ServiceSpec, service: string, others: readonly ServiceSpec[]): readonly ServiceName[] {
  return others
    .filter(
      ({ name, container }) => name !== base.name && container?.kind === 'compose' && container.service === service,
    )
    .filter(({ container }) => isSameFile(base, container))
    .map(({ name }) => name);
}

function isSameFile({ container }: ServiceSpec, other: ServiceSpec['container']): boolean {
  if (container?.kind !== 'compose' || other?.kind !== 'compose') return false;
  return container.files.join('\0') === other.files.join('\0');
}
