// Guards every request that needs more than a connection: it refuses what the client may not do, and passes on the
// rest with the client's name. A person may do everything except break another actor's lease. The project's config
// says what an agent may do.

import { actorLabel } from '../../core/model/actor.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type {
  ActionReport,
  ActionRequest,
  InteractiveRun,
  ClientView,
  ConflictDecision,
  ReloadReport,
  RestartOptions,
  ServiceTerminal,
  Session,
  ShutdownOptions,
  ShutdownReport,
  StartOptions,
  StopOptions,
  TakenVariables,
  TerminalEvent,
  TerminalSize,
} from '../../core/session/session.ts';
import type { GuardedRequest } from '../../core/session/session-requests.ts';
import type { LeaseView } from '../../core/session/snapshot.ts';
import type { ClientActions } from './client-actions.ts';
import { Permits, type ActorSessionOptions } from './permits.ts';

/** A new guarded request is a type error here until it has a method. */
export type Guarded = Pick<Session, GuardedRequest | 'openTerminal'>;

export class Guard implements Guarded {
  readonly #options: ActorSessionOptions;
  readonly #inner: Session;
  readonly #permits: Permits;
  /** This client was allowed to run a command. */
  #mayRun = false;

  constructor(options: ActorSessionOptions) {
    this.#options = options;
    this.#inner = options.inner;
    this.#permits = new Permits(options);
  }

  async start(names: readonly ServiceName[], options: StartOptions = {}): Promise<void> {
    const { onConflict, ...rest } = options;
    const isUnasked = this.#permits.isAgent && (onConflict === 'kill' || onConflict === 'reuse');
    if (isUnasked) await this.#permits.refuseForeign(names, onConflict, options.ports ?? {});
    const before = this.#permits.wanted();
    const policy =
      isUnasked && this.#permits.rights.kill !== 'yes' ? {} : onConflict === undefined ? {} : { onConflict };
    const by = this.#permits.noted(actOn('start', names));
    await this.#inner.start(names, { ...rest, ...policy, by });
    for (const name of this.#permits.wanted()) {
      if (!before.has(name)) this.#options.desk.startedBy.set(name, this.#permits.identity.key);
    }
  }

  async stop(names: readonly ServiceName[], options: StopOptions = {}): Promise<void> {
    const services = names.length === 0 ? [...this.#permits.wanted()] : this.#permits.named(names);
    this.#permits.requireNoLease(services, 'stop');
    await this.#permits.require({
      right: 'stop',
      isOwn: services.every((name) => this.#permits.isOwn(name)),
      what: `stop ${services.join(', ')}`,
      hint: 'an agent stops only services that it started; ask the person, or set agents: {stop: ask} in the config',
    });
    await this.#inner.stop(names, { ...options, by: this.#permits.noted(actOn('stop', names)) });
  }

  async restart(names: readonly ServiceName[], options: RestartOptions = {}): Promise<void> {
    const services = names.length === 0 ? [...this.#permits.wanted()] : this.#permits.named(names);
    this.#permits.requireNoLease(services, 'restart');
    await this.#inner.restart(names, { ...options, by: this.#permits.noted(actOn('restart', names)) });
    if (!this.#permits.isAgent)
      for (const name of services) this.#options.desk.startedBy.set(name, this.#permits.identity.key);
  }

  async takeEnvironment(...[names, env]: Parameters<Session['takeEnvironment']>): Promise<readonly TakenVariables[]> {
    const services = names.length === 0 ? [...this.#permits.wanted()] : this.#permits.named(names);
    this.#permits.requireNoLease(services, 'restart');
    // The environment of a service decides what runs in it, and holds its secrets.
    const isForeign = services.some((name) => !this.#permits.isOwn(name));
    if (this.#permits.isAgent && isForeign && this.#permits.rights.run !== 'yes') return [];
    return this.#inner.takeEnvironment(names, env);
  }

  /** Includes secrets: an agent reads them only for a command that it may run. */
  async environmentOf(service: ServiceName): ReturnType<Session['environmentOf']> {
    if (!this.#mayRun) await this.requestPermission({ right: 'run', what: `read the environment of ${service}` });
    return this.#inner.environmentOf(service);
  }

  async resolveConflict(service: ServiceName, decision: ConflictDecision): Promise<void> {
    const by = this.#permits.noted(`${decision.choice} for ${service}`);
    if (this.#permits.isAgent) await this.#permits.requireDecision(service, decision);
    if (decision.choice === 'reroute') this.#permits.requireNoLease([service], 'move');
    this.#options.tell({ type: 'decision', service, choice: decision.choice, actor: by });
    // A remembered choice needs no question the next time, so only a person may make it.
    const { remember, ...rest } = decision;
    const kept = this.#permits.isAgent || remember === undefined ? {} : { remember };
    await this.#inner.resolveConflict(service, { ...rest, ...kept, by });
  }

  async reloadConfig(options?: Parameters<Session['reloadConfig']>[0]): Promise<ReloadReport> {
    if (options?.dryRun === true) return this.#inner.reloadConfig(options);
    const { changes } = await this.#inner.reloadConfig({ ...options, dryRun: true });
    const touched = changes.filter(({ effect }) => effect === 'restart' || effect === 'stop');
    this.#permits.requireNoLease(
      touched.flatMap(({ service }) => service ?? []),
      'apply the edited config to',
    );
    await this.#permits.require({
      right: 'edit_config',
      isOwn: false,
      what: 'apply the edited config',
      hint: 'a person applies it with ./dev reload, or with a on the screen',
    });
    return this.#inner.reloadConfig(options);
  }

  async typeAnswer(service: ServiceName, text: string): Promise<void> {
    await this.#permits.requireTyping(service);
    return this.#inner.typeAnswer(service, text);
  }

  async removeContainers(names: readonly ServiceName[]): Promise<void> {
    const services = names.length === 0 ? [...this.#permits.wanted()] : this.#permits.named(names);
    this.#permits.requireNoLease(services, 'remove the container of');
    await this.#permits.require({
      right: 'stop',
      isOwn: services.every((name) => this.#permits.isOwn(name)),
      what: `remove the containers of ${services.join(', ')}`,
      hint: 'an agent removes only containers of services that it started; ask the person, or set agents: {stop: ask} in the config',
    });
    return this.#inner.removeContainers(names);
  }

  async shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    const isInCharge = this.#permits.isInCharge || (options.force === true && !this.#permits.isAgent);
    if (!isInCharge) this.#permits.requireNoLease([...this.#permits.wanted()], 'stop');
    await this.#permits.require({
      right: 'stop',
      // When its stream ends, a session that it opened would end too.
      isOwn: this.#options.isInForeground && [...this.#permits.wanted()].every((name) => this.#permits.isOwn(name)),
      what: 'end the whole session',
      hint: 'stop the services that you started by their names: ./dev stop SERVICE',
    });
    return this.#inner.shutdown({ ...options, by: this.#permits.noted() });
  }

  async clients(): Promise<readonly ClientView[]> {
    return this.#options.desk.clients();
  }

  async requestPermission({ right, what }: { readonly right: 'run' | 'kill'; readonly what: string }): Promise<void> {
    await this.#permits.require({
      right,
      isOwn: false,
      what,
      hint: `allow it in the config: agents: {${right}: yes}`,
    });
    this.#mayRun ||= right === 'run';
  }

  async answerRequest(id: number, answer: { readonly isGranted: boolean; readonly remember?: boolean }): Promise<void> {
    if (!this.#permits.isInCharge) {
      throw this.#permits.refuse(
        'answer a request of an agent',
        'only a person on the screen answers that',
        'open ./dev',
      );
    }
    this.#options.desk.consents.answer(id, actorLabel(this.#permits.identity.actor), answer);
  }

  async runAction(name: string, request: ActionRequest): Promise<ActionReport> {
    return (await this.#actions()).run(name, request);
  }

  async beginAction(name: string, request: ActionRequest): Promise<InteractiveRun> {
    return (await this.#actions()).beginInteractive(name, request);
  }

  async endAction(name: string, run: number, exitCode: number | null): Promise<void> {
    (await this.#actions()).endInteractive(name, run, exitCode);
  }

  async stopAction(name: string): Promise<void> {
    (await this.#actions()).stop(name);
  }

  async lockService(
    service: ServiceName,
    { durationMs, why }: { readonly durationMs: number; readonly why: string },
  ): Promise<LeaseView> {
    await this.#permits.requireServices([service]);
    this.#permits.requireNoLease([service], 'lock');
    this.#permits.noted();
    return this.#options.desk.leases.lock(service, this.#permits.identity, {
      durationMs,
      why,
      process: this.#permits.identity.home,
    });
  }

  async unlockService(service: ServiceName): Promise<void> {
    await this.#permits.requireServices([service]);
    if (!this.#permits.isInCharge) this.#permits.requireNoLease([service], 'unlock');
    this.#options.desk.leases.unlock(service, this.#permits.identity, { isInCharge: this.#permits.isInCharge });
  }

  async openTerminal(
    service: ServiceName,
    size: TerminalSize,
    listener: (event: TerminalEvent) => void,
  ): Promise<ServiceTerminal> {
    await this.#permits.requireTyping(service);
    return this.#inner.openTerminal(service, size, listener);
  }

  async #actions(): Promise<ClientActions> {
    const { desk, supervisor, gone, isInForeground } = this.#options;
    const [{ ClientActions }, runs] = await Promise.all([import('./client-actions.ts'), desk.actionRuns()]);
    const actions = () => supervisor.project.actions ?? [];
    return new ClientActions({ permits: this.#permits, actions, runs, gone, endsWithClient: !isInForeground });
  }
}

/** In few words, for the header of the screen. */
function actOn(verb: 'start' | 'stop' | 'restart', names: readonly ServiceName[]): string {
  const [first, ...more] = names;
  if (first === undefined) return `${verb} all`;
  return more.length === 0 ? `${verb} ${first}` : `${verb} ${first} and ${more.length} more`;
}
