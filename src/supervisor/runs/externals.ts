// Foreign servers in use in place of services: their identity, and whether they still run. Checks once a second while
// there are any. They are never signalled and never recorded as ours.

import type { ServiceName } from '../../core/model/project.ts';
import type { ExternalOwner } from '../../core/model/run.ts';
import type { Clock, Ports, Processes, TreeRoot } from '../../system/system.ts';

const LOOK_EVERY_MS = 1_000;
/** A server that restarts by itself closes its port for a moment. */
const CLOSED_LOOKS = 3;

export interface External {
  readonly service: ServiceName;
  /** The run that it replaces. */
  readonly number: number;
  readonly port: number;
  readonly owners: readonly ExternalOwner[];
  readonly roots: readonly TreeRoot[];
}

interface ExternalsOptions {
  readonly clock: Clock;
  readonly processes: Pick<Processes, 'isAlive'>;
  readonly ports: Pick<Ports, 'isListening'>;
  /** Called once, with the reason as the end of a sentence. */
  readonly onGone: (external: External, reason: string) => void;
}

export class Externals {
  readonly #options: ExternalsOptions;
  readonly #byService = new Map<ServiceName, { readonly external: External; closedLooks: number }>();
  #isLooking = false;

  constructor(options: ExternalsOptions) {
    this.#options = options;
  }

  add(external: External): void {
    this.#byService.set(external.service, { external, closedLooks: 0 });
    this.#lookLater();
  }

  remove(service: ServiceName, number: number): void {
    if (this.find(service, number) !== undefined) this.#byService.delete(service);
  }

  find(service: ServiceName, number: number): External | undefined {
    const external = this.current(service);
    return external?.number === number ? external : undefined;
  }

  current(service: ServiceName): External | undefined {
    return this.#byService.get(service)?.external;
  }

  all(): readonly External[] {
    return [...this.#byService.values()].map(({ external }) => external);
  }

  #lookLater(): void {
    if (this.#isLooking || this.#byService.size === 0) return;
    this.#isLooking = true;
    this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.#isLooking = false;
      try {
        this.#look();
      } finally {
        this.#lookLater();
      }
    });
  }

  #look(): void {
    const { processes, ports, onGone } = this.#options;
    for (const entry of this.#byService.values()) {
      const { external } = entry;
      entry.closedLooks = ports.isListening(external.port) ? 0 : entry.closedLooks + 1;
      if (!external.owners.some((owner) => processes.isAlive(owner))) onGone(external, 'has ended');
      else if (entry.closedLooks >= CLOSED_LOOKS) onGone(external, `no longer listens on port ${external.port}`);
    }
  }
}
