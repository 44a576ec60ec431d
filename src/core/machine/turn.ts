// One step of the core while it happens: the services as they change, and the effects asked for.

import { BugError } from '../../errors.ts';
import type { Effect } from '../messages/effects.ts';
import type { ServiceName } from '../model/project.ts';
import type { Service, ServiceState, SessionState } from '../model/service.ts';

export class Turn {
  readonly nowMs: number;
  readonly effects: Effect[] = [];
  #services: Map<ServiceName, Service>;
  #session: Omit<SessionState, 'services'>;

  constructor(state: SessionState, nowMs: number) {
    const { services, ...session } = state;
    this.nowMs = nowMs;
    this.#services = new Map(services);
    this.#session = session;
  }

  get session(): Omit<SessionState, 'services'> {
    return this.#session;
  }

  get services(): ReadonlyMap<ServiceName, Service> {
    return this.#services;
  }

  get state(): SessionState {
    return { ...this.#session, services: this.#services };
  }

  service(name: ServiceName): Service {
    const service = this.#services.get(name);
    if (service === undefined) throw new BugError(`no service ${name} in this session`);
    return service;
  }

  /** Other services than before, or others besides them. */
  replaceServices(services: Map<ServiceName, Service>): void {
    this.#services = services;
  }

  /** The service is no more. */
  depart(name: ServiceName): void {
    const { epoch, runs } = this.service(name);
    this.#services.delete(name);
    this.patchSession({ departed: new Map(this.#session.departed).set(name, { epoch, runs }) });
  }

  patchSession(patch: Partial<Omit<SessionState, 'services'>>): void {
    this.#session = { ...this.#session, ...patch };
  }

  patch(name: ServiceName, patch: Partial<Omit<Service, 'state' | 'epoch'>>): void {
    this.#services.set(name, { ...this.service(name), ...patch });
  }

  /**
   * Asks for a new run: `reconcile` ends the one of the older generation, if there is one, and starts the next.
   * @param options.renewal why, as it continues after "restarted: "; the former reason stands without it
   * @param options.isFresh restarts in a row are counted from zero again
   * @param options.by the actor that asked for it, if any
   */
  beginGeneration(
    name: ServiceName,
    {
      renewal,
      isFresh = false,
      by,
    }: { readonly renewal?: string; readonly isFresh?: boolean; readonly by?: string | undefined },
  ): void {
    const { generation } = this.service(name);
    this.patch(name, {
      generation: generation + 1,
      by,
      ...(renewal === undefined ? {} : { renewal }),
      ...(isFresh ? { attempts: 0, hasCooledDown: false } : {}),
    });
  }

  /** A new state: timers of the old one lose their say. */
  enter(name: ServiceName, state: ServiceState): number {
    const service = this.service(name);
    const epoch = service.epoch + 1;
    this.#services.set(name, { ...service, state, epoch });
    return epoch;
  }

  /** The same state with other details; its timers stay valid. */
  amend(name: ServiceName, state: ServiceState): void {
    this.#services.set(name, { ...this.service(name), state });
  }

  emit(effect: Effect): void {
    this.effects.push(effect);
  }
}
