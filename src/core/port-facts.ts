// Who listens on a port: what the system saw, as plain data.

import type { ContainerCard, OwnerCard } from './snapshot.ts';

export interface PortUse {
  readonly port: number;
  /** Addresses with a listener, whoever owns it. Empty means free. */
  readonly addresses: readonly string[];
  /** Empty while `addresses` is not: the owner is hidden from us. */
  readonly owners: readonly OwnerCard[];
  /** The container behind the port; looked for when a container's front end has it, or nobody whom we can see. */
  readonly behind?: ContainerLookup;
}

export type ContainerLookup =
  | { readonly container: ContainerCard }
  /** Why none was found: a clause without a full stop. */
  | { readonly container: undefined; readonly reason: string };
