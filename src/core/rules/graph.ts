// The graph of dependencies. The config has already refused cycles and unknown names.

import type { ServiceName, ServiceSpec } from '../model/project.ts';

/** `names` and everything that they need, directly or not. */
export function withDependencies(
  specs: ReadonlyMap<ServiceName, ServiceSpec>,
  names: Iterable<ServiceName>,
): Set<ServiceName> {
  const found = new Set<ServiceName>();
  const pending = [...names];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    pending.push(...(specs.get(name)?.dependsOn ?? []).map((dependency) => dependency.service));
  }
  return found;
}

/** Marks the services that others wait to see completed. */
export function markOneShots(specs: readonly ServiceSpec[]): readonly ServiceSpec[] {
  const awaited = new Set(
    specs.flatMap(({ dependsOn }) =>
      dependsOn.filter(({ condition }) => condition === 'completed').map(({ service }) => service),
    ),
  );
  return specs.map((spec) => (awaited.has(spec.name) ? { ...spec, isOneShot: true } : spec));
}

/** Services that name `name` in their depends_on. */
export function directDependents(specs: Iterable<ServiceSpec>, name: ServiceName): ServiceName[] {
  return [...specs].filter((spec) => spec.dependsOn.some(({ service }) => service === name)).map((spec) => spec.name);
}
