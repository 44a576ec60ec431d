// Which services run together: what a bare start, a profile or one service with its dependencies brings up. Two that never
// do are alternatives, and may name one port.

import type { ServiceName, ServiceSpec } from '../../core/model/project.ts';

/**
 * Whether one start brings up both.
 * @param profiles sets of services by name
 */
export function startTogether(
  specs: readonly ServiceSpec[],
  profiles: Readonly<Record<string, readonly ServiceName[]>>,
): (one: ServiceName, other: ServiceName) => boolean {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const known = new Map<string, ReadonlySet<ServiceName>>();
  const startOf = (key: string, names: readonly ServiceName[]): ReadonlySet<ServiceName> => {
    const start = known.get(key) ?? withDependencies(byName, names);
    known.set(key, start);
    return start;
  };
  const byThemselves = specs.filter(({ autostart }) => autostart).map(({ name }) => name);
  const shared = [byThemselves, ...Object.values(profiles)];
  return (one, other) => {
    const starts = [
      ...shared.map((names, index) => startOf(`shared ${index}`, names)),
      startOf(`service ${one}`, [one]),
      startOf(`service ${other}`, [other]),
    ];
    return starts.some((start) => start.has(one) && start.has(other));
  };
}

/** A dependency that is not there is reported elsewhere. */
function withDependencies(
  specs: ReadonlyMap<ServiceName, ServiceSpec>,
  names: readonly ServiceName[],
): ReadonlySet<ServiceName> {
  const reached = new Set<ServiceName>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    queue.push(...(specs.get(name)?.dependsOn ?? []).map(({ service }) => service));
  }
  return reached;
}
