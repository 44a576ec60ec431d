// Which services a request names, and whether that is allowed; refusals list the services that exist.

import { namedServices } from '../../core/env/replicas.ts';
import { actionLog, type ServiceName } from '../../core/model/project.ts';
import { isLive } from '../../core/model/service.ts';
import { DevError, EXIT } from '../../errors.ts';
import type { Supervisor } from '../supervisor.ts';

export class AskedServices {
  readonly #supervisor: Supervisor;

  constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
  }

  /**
   * The services with these names; the name of a service with copies means all copies.
   * @throws DevError `no_such_service`
   */
  named(names: readonly string[]): readonly ServiceName[] {
    const services = namedServices(
      names,
      this.#supervisor.context.project.services.map(({ name }) => name),
    );
    this.require(services);
    return services;
  }

  /** @throws DevError `no_such_service` for a service that an edited config removed: it can only be stopped */
  requireStaying(names: readonly ServiceName[]): void {
    const leaving = names.find((name) => this.#supervisor.state.services.get(name)?.isRemoved === true);
    if (leaving === undefined) return;
    throw new DevError({
      code: 'no_such_service',
      exitCode: EXIT.noSuchService,
      message: `service "${leaving}" is no longer in the config; it can only be stopped`,
      hint: 'put it back into the config to start it again',
    });
  }

  /** The log of a leaving service stays readable to its end. */
  requireLog(name: ServiceName): void {
    const { logs, project } = this.#supervisor;
    const isOfAction = project.actions?.some((action) => actionLog(action.name) === name) === true;
    if (!isOfAction && !logs.isOpen(name)) this.require([name]);
  }

  /** @throws DevError `no_such_service` */
  require(names: readonly ServiceName[]): void {
    const { project } = this.#supervisor.context;
    const known = project.services.map(({ name }) => name);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw new DevError({
      code: 'no_such_service',
      exitCode: EXIT.noSuchService,
      message: `there is no service "${unknown}" in project ${project.name}`,
      hint: `the services are ${known.join(', ')}`,
    });
  }

  /** @throws DevError `refused` for a service on plain pipes */
  requireTerminal(service: ServiceName): void {
    const { services } = this.#supervisor.context.project;
    if (services.some(({ name, tty }) => name === service && !tty)) {
      throw new DevError({
        code: 'refused',
        exitCode: EXIT.notReady,
        message: `${service} has no terminal: its config says tty: false, so it runs on plain pipes.`,
        hint: `take tty: false out of its config and restart it`,
      });
    }
  }

  isLive(name: ServiceName): boolean {
    const service = this.#supervisor.state.services.get(name);
    return service !== undefined && isLive(service);
  }

  /** All wanted services. */
  wanted(): readonly ServiceName[] {
    return [...this.#supervisor.state.services.values()].filter(({ wanted }) => wanted).map(({ spec }) => spec.name);
  }
}
