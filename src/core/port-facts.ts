// Who listens on a port: what the system saw, as plain data.

import type { OwnerCard } from './snapshot.ts';

export interface PortUse {
  readonly port: number;
  /** Addresses with a listener, whoever owns it. Empty means free. */
  readonly addresses: readonly string[];
  /** Empty while `addresses` is not: the owner is hidden from us. */
  readonly owners: readonly OwnerCard[];
}
