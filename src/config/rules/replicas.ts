// `replicas: N` → N services, each with a name and a port of its own. Ports are given out here, away from those that
// the config names; one that proves to be taken is moved at the start, for nobody asked for it in particular.

import type { PortSpec, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import { portSpecs } from '../../core/session/service-ports.ts';
import { mapTexts, renameReferences } from '../../core/env/references.ts';
import { replicaName } from '../../core/env/replicas.ts';
import type { ReportService } from './check.ts';
import { quoted } from '../text/position.ts';

/** How many copies of each service; one that is missing has no copies. */
export type ReplicaCounts = ReadonlyMap<ServiceName, number>;

/** The names of all copies. */
export function replicaNames(counts: ReplicaCounts): readonly ServiceName[] {
  return [...counts].flatMap(([name, count]) => indices(count).map((index) => replicaName(name, index)));
}

export function expandReplicas(
  specs: readonly ServiceSpec[],
  counts: ReplicaCounts,
  report: ReportService,
): readonly ServiceSpec[] {
  if (counts.size === 0) return specs;
  const taken = new Set(specs.flatMap((spec) => portSpecs(spec).map(({ wanted }) => wanted)));
  return specs.flatMap((spec) => {
    const dependent = { ...spec, dependsOn: dependenciesOf(spec, counts) };
    const count = counts.get(spec.name);
    return count === undefined ? [dependent] : copiesOf(dependent, count, taken, report);
  });
}

/** A dependent of a service depends on all copies of it. */
function dependenciesOf(spec: ServiceSpec, counts: ReplicaCounts): ServiceSpec['dependsOn'] {
  return spec.dependsOn.flatMap((dependency) => {
    const count = counts.get(dependency.service);
    if (count === undefined) return [dependency];
    return indices(count).map((index) => ({ ...dependency, service: replicaName(dependency.service, index) }));
  });
}

function copiesOf(spec: ServiceSpec, count: number, taken: Set<number>, report: ReportService): readonly ServiceSpec[] {
  return indices(count).map((index) => {
    const name = replicaName(spec.name, index);
    // A reference to its own service means the copy itself; elsewhere the name means the first copy.
    const copy = mapTexts(spec, (text) => renameReferences(text, spec.name, name));
    const identity = { ...copy, name, replica: { of: spec.name, index } };
    if (portSpecs(spec).length === 0 || index === 1) return identity;
    const moved = <Port extends PortSpec>(port: Port): Port => ({
      ...port,
      wanted: nextPort(spec, port, count, taken, report),
    });
    return {
      ...identity,
      ...(spec.port === undefined ? {} : { port: moved(spec.port) }),
      ...(spec.morePorts === undefined ? {} : { morePorts: spec.morePorts.map(moved) }),
      onConflict: spec.onConflict === 'ask' ? 'reroute' : spec.onConflict,
    };
  });
}

function nextPort(
  { name }: ServiceSpec,
  { wanted, range }: PortSpec,
  count: number,
  taken: Set<number>,
  report: ReportService,
): number {
  for (let port = Math.max(wanted + 1, range.from); port <= range.to; port += 1) {
    if (taken.has(port)) continue;
    taken.add(port);
    return port;
  }
  const message = `service ${quoted(name)} needs ${count} ports, and its range ${range.from}-${range.to} has too few`;
  report(name, ['replicas'], { message, hint: 'give it a wider one: port: {default: …, range: …}' });
  return wanted;
}

function indices(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
