// Leases: other actors cannot stop or restart a service for a while. A lease ends with its time, with its holder's
// process, when its holder gives it back, or when a person takes it away on the screen.

import { actorLabel } from '../../core/model/actor.ts';
import type { Identity } from '../../core/actors/identify.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { ProcessIdentity } from '../../core/model/run.ts';
import type { LeaseView } from '../../core/session/snapshot.ts';
import type { EventFact } from '../../core/session/events.ts';
import type { DevError } from '../../errors.ts';
import type { Clock } from '../../system/system.ts';
import { notAllowed } from './consents.ts';

const LOOK_EVERY_MS = 1_000;

interface Lease {
  readonly key: string;
  readonly holder: string;
  readonly why: string;
  readonly endsAtMs: number;
  readonly until: string;
  /** The shell or agent; the lease ends with it. */
  readonly process: ProcessIdentity | undefined;
}

interface LeaseOptions {
  readonly clock: Clock;
  readonly isAlive: (process: ProcessIdentity) => boolean;
  readonly tell: (fact: EventFact) => void;
  readonly onChange: () => void;
}

export class Leases {
  readonly #options: LeaseOptions;
  readonly #held = new Map<ServiceName, Lease>();
  #isLooking = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get views(): Readonly<Record<ServiceName, LeaseView>> {
    return Object.fromEntries(
      [...this.#held].map(([service, { holder, why, until }]) => [service, { holder, why, until }]),
    );
  }

  isHeld(service: ServiceName): boolean {
    return this.#held.has(service);
  }

  get size(): number {
    return this.#held.size;
  }

  /** @throws DevError `not_allowed` while another actor has the lease; its own actor renews it */
  lock(
    service: ServiceName,
    identity: Identity,
    terms: { readonly durationMs: number; readonly why: string; readonly process: ProcessIdentity | undefined },
  ): LeaseView {
    const refusal = this.whyNot(service, identity, 'lock');
    if (refusal !== undefined) throw refusal;
    const { clock, tell, onChange } = this.#options;
    const holder = actorLabel(identity.actor);
    const until = new Date(clock.wallMs() + terms.durationMs).toISOString();
    const { why, process } = terms;
    const endsAtMs = clock.nowMs() + terms.durationMs;
    this.#held.set(service, { key: identity.key, holder, why, endsAtMs, until, process });
    tell({ type: 'lease', state: 'locked', service, actor: holder, why });
    this.#look();
    onChange();
    return { holder, why, until };
  }

  /** @throws DevError `not_allowed` for a lease of another actor, unless `isInCharge` */
  unlock(service: ServiceName, identity: Identity, { isInCharge }: { readonly isInCharge: boolean }): void {
    const refusal = isInCharge ? undefined : this.whyNot(service, identity, 'unlock');
    if (refusal !== undefined) throw refusal;
    if (this.#held.has(service)) this.#end(service, 'unlocked', actorLabel(identity.actor));
  }

  /** Undefined if no other actor has a lease of the service. */
  whyNot(service: ServiceName, { key }: Identity, what: string): DevError | undefined {
    const lease = this.#held.get(service);
    if (lease === undefined || lease.key === key) return undefined;
    const why = lease.why === '' ? '' : `: ${lease.why}`;
    return notAllowed(
      `Cannot ${what} ${service}: ${lease.holder} holds it until ${lease.until}${why}.`,
      `wait, or ask the holder for ./dev unlock ${service}; a person can take it back on the screen with L`,
    );
  }

  #end(service: ServiceName, state: 'unlocked' | 'ended', actor: string): void {
    const why = this.#held.get(service)?.why ?? '';
    this.#held.delete(service);
    this.#options.tell({ type: 'lease', state, service, actor, why });
    this.#options.onChange();
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.#isLooking = false;
      try {
        this.#endThoseThatAreOver();
      } finally {
        if (this.#held.size > 0) this.#look();
      }
    });
  }

  #endThoseThatAreOver(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [service, { endsAtMs, process, holder }] of this.#held) {
      const isOver = nowMs >= endsAtMs || (process !== undefined && !this.#options.isAlive(process));
      if (isOver) this.#end(service, 'ended', holder);
    }
  }
}
