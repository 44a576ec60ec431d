// The environment that services inherit. It comes from the client that opened the session, until a restart from a
// shell with another one.

import type { Environment } from '../../core/env/environment.ts';
import type { ServiceName } from '../../core/model/project.ts';

export class CallerEnvironments {
  readonly #opened: Environment;
  readonly #taken = new Map<ServiceName, Environment>();
  #newest: Environment;

  constructor(opened: Environment) {
    this.#opened = opened;
    this.#newest = opened;
  }

  of(service: ServiceName): Environment {
    return this.#taken.get(service) ?? this.#opened;
  }

  /** The last caller's: used to read the config. */
  get newest(): Environment {
    return this.#newest;
  }

  take(service: ServiceName, env: Environment): void {
    this.#taken.set(service, env);
    this.#newest = env;
  }
}
