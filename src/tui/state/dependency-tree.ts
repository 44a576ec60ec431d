// The services as a tree. Each stands once, below the dependency that the config starts last, so that it does not move
// when states change.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';

export interface TreeRow {
  readonly service: ServiceView;
  /** The lines that lead to it: "│ ├ ". */
  readonly branch: string;
  /** Its dependencies beside the one above it. */
  readonly others: readonly ServiceName[];
  /** Services below it, at any depth. */
  readonly below: readonly ServiceView[];
  readonly isFolded: boolean;
}

/** From the top down, without the services below a folded one. */
export function dependencyTree(services: readonly ServiceView[], folded: readonly ServiceName[]): readonly TreeRow[] {
  const depths = depthsOf(services);
  const parents = new Map(services.map((service) => [service.name, parentOf(service, depths)]));
  const childrenOf = (parent: ServiceName | undefined): readonly ServiceView[] =>
    services.filter(({ name }) => parents.get(name) === parent);
  const allBelow = (name: ServiceName): readonly ServiceView[] =>
    childrenOf(name).flatMap((child) => [child, ...allBelow(child.name)]);
  const rowsBelow = (parent: ServiceName | undefined, lines: string): readonly TreeRow[] => {
    const children = childrenOf(parent);
    return children.flatMap((service, index) => {
      const isLast = index === children.length - 1;
      const { name, dependsOn } = service;
      const isFolded = folded.includes(name);
      const row: TreeRow = {
        service,
        branch: parent === undefined ? '' : `${lines}${isLast ? '└' : '├'} `,
        others: dependsOn.filter((other) => other !== parent && depths.has(other)),
        below: allBelow(name),
        isFolded,
      };
      const deeper = parent === undefined ? '' : `${lines}${isLast ? ' ' : '│'} `;
      return [row, ...(isFolded ? [] : rowsBelow(name, deeper))];
    });
  };
  return rowsBelow(undefined, '');
}

/** The longest chain of dependencies below it. The config allows no cycle. */
function depthsOf(services: readonly ServiceView[]): ReadonlyMap<ServiceName, number> {
  const byName = new Map(services.map((service) => [service.name, service]));
  const depths = new Map<ServiceName, number>();
  const depthOf = (name: ServiceName): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    // While a config is applied, views of two configs may mix: a cycle between them must not hang us.
    depths.set(name, 0);
    const needed = (byName.get(name)?.dependsOn ?? []).filter((other) => byName.has(other));
    const depth = needed.length === 0 ? 0 : 1 + Math.max(...needed.map(depthOf));
    depths.set(name, depth);
    return depth;
  };
  for (const { name } of services) depthOf(name);
  return depths;
}

/** The deepest of its dependencies that is less deep than itself; of several the first. */
function parentOf({ name, dependsOn }: ServiceView, depths: ReadonlyMap<ServiceName, number>): ServiceName | undefined {
  const own = depths.get(name) ?? 0;
  const above = dependsOn.filter((other) => (depths.get(other) ?? own) < own);
  return above.toSorted((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0))[0];
}
