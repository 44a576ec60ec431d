// The copies of one service: `web` with `replicas: 3` is web.1, web.2 and web.3, and `web` means all of them.

import type { ServiceName } from '../model/project.ts';

const REPLICA = /^(.+)\.[1-9]\d*$/;

export function replicaName(name: ServiceName, index: number): ServiceName {
  return `${name}.${index}`;
}

/** Whether `name` means the service: its own name, or that of the service that it is a copy of. */
export function isNamed(service: ServiceName, name: string): boolean {
  return service === name || REPLICA.exec(service)?.[1] === name;
}

/** The services that `names` mean, in the order of the names; a name that means none stays as it is. */
export function namedServices(names: readonly string[], known: readonly ServiceName[]): readonly ServiceName[] {
  return names.flatMap((name) => {
    if (known.includes(name)) return [name];
    const replicas = known.filter((service) => isNamed(service, name));
    return replicas.length === 0 ? [name] : replicas;
  });
}
