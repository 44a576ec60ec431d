// How much a config may come to once defaults, aliases and copies are written out: a small file can ask for millions of
// services, and every client is told of each.

import type { ServiceName, ServiceSpec } from '../../core/model/project.ts';
import type { ReplicaCounts } from './replicas.ts';

export const MAX_SERVICES = 1000;
/** Of what is known of the services, as JSON, in characters. */
const MAX_LENGTH = 8 * 1024 * 1024;
const MAX_DEPENDENCIES = 50_000;

export class ProjectSize {
  readonly #counts: ReplicaCounts;
  #length = 0;

  /** @param counts may grow; those of a service are known when it is added */
  constructor(counts: ReplicaCounts) {
    this.#counts = counts;
  }

  /** The limit that is exceeded with this service, as a sentence without its full stop; undefined while none is. */
  add(spec: ServiceSpec): string | undefined {
    this.#length += JSON.stringify(spec).length * this.#copiesOf(spec.name);
    if (this.#length <= MAX_LENGTH) return undefined;
    return 'the services say more than 8 MiB, with defaults, aliases and copies written out';
  }

  /** The same for all of them together. */
  problemOf(specs: readonly ServiceSpec[]): string | undefined {
    const copies = sum(specs, ({ name }) => this.#copiesOf(name));
    if (copies > MAX_SERVICES)
      return `there are ${copies} services with all copies, and at most ${MAX_SERVICES} are possible`;
    const dependencies = sum(
      specs,
      ({ name, dependsOn }) => this.#copiesOf(name) * sum(dependsOn, ({ service }) => this.#copiesOf(service)),
    );
    if (dependencies <= MAX_DEPENDENCIES) return undefined;
    return `there are ${dependencies} dependencies with all copies, and at most ${MAX_DEPENDENCIES} are possible`;
  }

  #copiesOf(name: ServiceName): number {
    return this.#counts.get(name) ?? 1;
  }
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
