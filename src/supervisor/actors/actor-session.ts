// The Session of one client: passes on what that client may ask for, with its name on it, and refuses the rest.
// A person may do everything but break another's lease; what an agent may do stands in the project's config.

import { namedServices } from '../../core/env/replicas.ts';
import type { Identity } from '../../core/actors/identify.ts';
import { foreignOwners, mayAct } from '../../core/actors/rights.ts';
import { actorLabel, type AgentRights, type RightName } from '../../core/model/actor.ts';
import { namesOf } from '../../core/model/port-facts.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type {
  ClientView,
  ConflictDecision,
  ReloadReport,
  ServiceTerminal,
  Session,
  ShutdownReport,
  RestartOptions,
  StartOptions,
  ShutdownOptions,
  TakenVariables,
  StopOptions,
  TerminalEvent,
  TerminalSize,
} from '../../core/model/session.ts';
import { sessionRequests } from '../../core/model/session-requests.ts';
import type { LeaseView, OwnerCard } from '../../core/model/snapshot.ts';
import type { EventFact } from '../../core/model/events.ts';
import type { DevError } from '../../errors.ts';
import type { Supervisor } from '../supervisor.ts';
import { notAllowed, type Consents } from './consents.ts';
import type { Leases } from './leases.ts';

/** What all clients share. */
export interface SharedByActors {
  readonly consents: Consents;
  readonly leases: Leases;
  /** Who started what runs, by the key of an identity. */
  readonly startedBy: Map<ServiceName, string>;
  readonly rights: AgentRights;
  clients(): readonly ClientView[];
  /** An agent asked for something: the screen shows it for a while. */
  noticed(identity: Identity): void;
}

const GUARDED = [
  'start',
  'stop',
  'restart',
  'takeEnvironment',
  'environmentOf',
  'resolveConflict',
  'reloadConfig',
  'typeAnswer',
  'removeContainers',
  'shutdown',
  'clients',
  'requestPermission',
  'answerRequest',
  'lockService',
  'unlockService',
  'openTerminal',
] as const satisfies readonly (keyof Session)[];

type PassedOn = Exclude<keyof Session, (typeof GUARDED)[number]>;

interface ActorSessionOptions {
  /** A screen or stream: a session that it opened lives as long as it does. */
  readonly isInForeground: boolean;
  readonly desk: SharedByActors;
  readonly inner: Session;
  readonly identity: () => Identity;
  readonly supervisor: Supervisor;
  readonly tell: (fact: EventFact) => void;
}

interface Permission {
  readonly right: RightName;
  readonly isOwn: boolean;
  /** Completes "wants to …" and "may not …". */
  readonly what: string;
  readonly why?: string;
  /** What the agent can do instead. */
  readonly hint: string;
}

/** What a client asks of the session and may not simply have. */
type Guarded = Omit<Session, PassedOn>;

/** The Session of one client. */
export function actorSession(options: ActorSessionOptions): Session {
  const { inner } = options;
  const passedOn = sessionRequests((method, params) => {
    const call = inner[method] as (...given: readonly unknown[]) => Promise<unknown>;
    return call.apply(inner, [...params]);
  });
  const guard = new Guard(options);
  const guarded = Object.fromEntries(
    GUARDED.map((method) => {
      const call = guard[method] as (...given: readonly unknown[]) => unknown;
      return [method, call.bind(guard)];
    }),
  ) as unknown as Guarded;
  return { ...passedOn, subscribe: (listener) => inner.subscribe(listener), close: () => inner.close(), ...guarded };
}

class Guard implements Guarded {
  readonly #options: ActorSessionOptions;
  readonly #inner: Session;
  /** This client was allowed to run a command. */
  #mayRun = false;

  constructor(options: ActorSessionOptions) {
    this.#options = options;
    this.#inner = options.inner;
  }

  async start(names: readonly ServiceName[], options: StartOptions = {}): Promise<void> {
    const { onConflict, ...rest } = options;
    const isUnasked = this.#isAgent && (onConflict === 'kill' || onConflict === 'reuse');
    if (isUnasked) await this.#refuseForeign(names, onConflict, options.ports ?? {});
    const before = this.#wanted();
    const policy = isUnasked && this.#rights.kill !== 'yes' ? {} : onConflict === undefined ? {} : { onConflict };
    await this.#inner.start(names, { ...rest, ...policy, by: this.#noted() });
    for (const name of this.#wanted()) {
      if (!before.has(name)) this.#options.desk.startedBy.set(name, this.#identity.key);
    }
  }

  async stop(names: readonly ServiceName[], options: StopOptions = {}): Promise<void> {
    const services = names.length === 0 ? [...this.#wanted()] : this.#named(names);
    this.#requireNoLease(services, 'stop');
    await this.#require({
      right: 'stop',
      isOwn: services.every((name) => this.#isOwn(name)),
      what: `stop ${services.join(', ')}`,
      hint: 'an agent stops what it started itself; ask the person, or set agents: {stop: ask} in the config',
    });
    await this.#inner.stop(names, { ...options, by: this.#noted() });
  }

  async restart(names: readonly ServiceName[], options: RestartOptions = {}): Promise<void> {
    const services = names.length === 0 ? [...this.#wanted()] : this.#named(names);
    this.#requireNoLease(services, 'restart');
    await this.#inner.restart(names, { ...options, by: this.#noted() });
    if (!this.#isAgent) for (const name of services) this.#options.desk.startedBy.set(name, this.#identity.key);
  }

  async takeEnvironment(...[names, env]: Parameters<Session['takeEnvironment']>): Promise<readonly TakenVariables[]> {
    this.#requireNoLease(names.length === 0 ? [...this.#wanted()] : this.#named(names), 'restart');
    return this.#inner.takeEnvironment(names, env);
  }

  /** With its secrets: an agent reads them only for a command that it may run. */
  async environmentOf(service: ServiceName): ReturnType<Session['environmentOf']> {
    if (!this.#mayRun) await this.requestPermission({ right: 'run', what: `read the environment of ${service}` });
    return this.#inner.environmentOf(service);
  }

  async resolveConflict(service: ServiceName, decision: ConflictDecision): Promise<void> {
    const by = this.#noted();
    if (this.#isAgent) await this.#requireDecision(service, decision);
    if (decision.choice === 'reroute') this.#requireNoLease([service], 'move');
    this.#options.tell({ type: 'decision', service, choice: decision.choice, actor: by });
    // What is remembered is done without a question the next time: only a person decides that.
    const { remember, ...rest } = decision;
    const kept = this.#isAgent || remember === undefined ? {} : { remember };
    await this.#inner.resolveConflict(service, { ...rest, ...kept, by });
  }

  async reloadConfig(options?: Parameters<Session['reloadConfig']>[0]): Promise<ReloadReport> {
    if (options?.dryRun === true) return this.#inner.reloadConfig(options);
    const { changes } = await this.#inner.reloadConfig({ ...options, dryRun: true });
    const touched = changes.filter(({ effect }) => effect === 'restart' || effect === 'stop');
    this.#requireNoLease(
      touched.flatMap(({ service }) => service ?? []),
      'apply the edited config to',
    );
    await this.#require({
      right: 'edit_config',
      isOwn: false,
      what: 'apply the edited config',
      hint: 'a person applies it with ./dev reload, or with a on the screen',
    });
    return this.#inner.reloadConfig(options);
  }

  async typeAnswer(service: ServiceName, text: string): Promise<void> {
    await this.#requireTyping(service);
    return this.#inner.typeAnswer(service, text);
  }

  async removeContainers(names: readonly ServiceName[]): Promise<void> {
    const services = names.length === 0 ? [...this.#wanted()] : this.#named(names);
    this.#requireNoLease(services, 'remove the container of');
    await this.#require({
      right: 'stop',
      isOwn: services.every((name) => this.#isOwn(name)),
      what: `remove the containers of ${services.join(', ')}`,
      hint: 'an agent removes those of what it started itself; ask the person, or set agents: {stop: ask} in the config',
    });
    return this.#inner.removeContainers(names);
  }

  async shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    const isInCharge = this.#isInCharge || (options.force === true && !this.#isAgent);
    if (!isInCharge) this.#requireNoLease([...this.#wanted()], 'stop');
    await this.#require({
      right: 'stop',
      // Where its stream ends, a session that it opened would end as well.
      isOwn: this.#options.isInForeground && [...this.#wanted()].every((name) => this.#isOwn(name)),
      what: 'end the whole session',
      hint: 'stop the services that you started by their names: ./dev stop SERVICE',
    });
    return this.#inner.shutdown({ ...options, by: this.#noted() });
  }

  async clients(): Promise<readonly ClientView[]> {
    return this.#options.desk.clients();
  }

  async requestPermission({ right, what }: { readonly right: 'run'; readonly what: string }): Promise<void> {
    await this.#require({ right, isOwn: false, what, hint: `allow it in the config: agents: {${right}: yes}` });
    this.#mayRun = true;
  }

  async answerRequest(id: number, answer: { readonly isGranted: boolean; readonly remember?: boolean }): Promise<void> {
    if (!this.#isInCharge) {
      throw this.#refuse('answer what an agent asks', 'only a person on the screen answers that', 'open ./dev');
    }
    this.#options.desk.consents.answer(id, actorLabel(this.#identity.actor), answer);
  }

  async lockService(
    service: ServiceName,
    { durationMs, why }: { readonly durationMs: number; readonly why: string },
  ): Promise<LeaseView> {
    await this.#requireServices([service]);
    this.#noted();
    return this.#options.desk.leases.lock(service, this.#identity, { durationMs, why, process: this.#identity.home });
  }

  async unlockService(service: ServiceName): Promise<void> {
    await this.#requireServices([service]);
    this.#options.desk.leases.unlock(service, this.#identity, { isInCharge: this.#isInCharge });
  }

  async openTerminal(
    service: ServiceName,
    size: TerminalSize,
    listener: (event: TerminalEvent) => void,
  ): Promise<ServiceTerminal> {
    await this.#requireTyping(service);
    return this.#inner.openTerminal(service, size, listener);
  }

  get #identity(): Identity {
    return this.#options.identity();
  }

  get #isAgent(): boolean {
    return this.#identity.actor.kind === 'agent';
  }

  /** A person with the screen before them. */
  get #isInCharge(): boolean {
    const { kind, via } = this.#identity.actor;
    return kind === 'person' && via === 'screen';
  }

  get #rights(): AgentRights {
    return this.#options.desk.rights;
  }

  /** The name that goes with what is asked for. */
  #noted(): string {
    this.#options.desk.noticed(this.#identity);
    return actorLabel(this.#identity.actor);
  }

  #wanted(): ReadonlySet<ServiceName> {
    const { services } = this.#options.supervisor.state;
    return new Set([...services].filter(([, { wanted }]) => wanted).map(([name]) => name));
  }

  #named(names: readonly string[]): readonly ServiceName[] {
    return namedServices(names, [...this.#options.supervisor.state.services.keys()]);
  }

  /** Those that do not run harm nobody. */
  #isOwn(name: ServiceName): boolean {
    const { desk, supervisor } = this.#options;
    return supervisor.state.services.get(name)?.wanted !== true || desk.startedBy.get(name) === this.#identity.key;
  }

  /** Answers for a name that is no service as every other method does. */
  async #requireServices(names: readonly ServiceName[]): Promise<void> {
    await this.#inner.findHeldPorts(names);
  }

  #requireNoLease(names: readonly ServiceName[], what: string): void {
    if (this.#options.desk.leases.size === 0) return;
    for (const name of names) {
      const refusal = this.#options.desk.leases.whyNot(name, this.#identity, what);
      if (refusal === undefined) continue;
      this.#options.tell({
        type: 'refused',
        actor: actorLabel(this.#identity.actor),
        what: `${what} ${name}`,
        why: refusal.message,
      });
      throw refusal;
    }
  }

  async #requireTyping(service: ServiceName): Promise<void> {
    await this.#require({
      right: 'run',
      isOwn: false,
      what: `type into ${service}`,
      hint: 'a person types on the screen with i, or allows it in the config: agents: {run: yes}',
    });
  }

  async #requireDecision(service: ServiceName, decision: ConflictDecision): Promise<void> {
    if (decision.choice === 'retry' || decision.choice === 'skip') return;
    if (decision.choice === 'reroute') {
      return this.#require({
        right: 'reroute',
        // A service of this session that moves off a taken port harms nobody.
        isOwn: true,
        what: `move ${service} to another port`,
        hint: 'ask the person to move it',
      });
    }
    const view = (await this.#inner.snapshot()).services.find(({ name }) => name === service);
    const owners = view?.conflict?.owners ?? [];
    const { choice } = decision;
    const meant =
      choice === 'kill' ? owners.filter(({ pid }) => decision.owners.some((owner) => owner.pid === pid)) : owners;
    const isOwn = choice === 'kill' && meant.length === decision.owners.length && foreignOwners(meant).length === 0;
    if (isOwn) return;
    const port = view?.conflict?.port ?? view?.port;
    await this.#require({
      right: 'kill',
      isOwn,
      what: foreignAct(choice, port, { owners: meant, container: view?.conflict?.container?.name }),
      why: `${service} wants the port`,
      hint: `move the service instead: reroute ${service}`,
    });
  }

  /** What a flag says is no consent of a person: it is refused for what belongs to somebody else. */
  async #refuseForeign(
    names: readonly ServiceName[],
    policy: 'kill' | 'reuse',
    moved: Readonly<Record<ServiceName, number>>,
  ): Promise<void> {
    if (this.#rights.kill === 'yes') return;
    const { services } = this.#options.supervisor.state;
    const asked = names.length === 0 ? [...services.keys()] : this.#named(names);
    for (const name of asked) {
      const service = services.get(name);
      const wanted = moved[name] ?? service?.port;
      if (wanted === undefined || service?.wanted === true) continue;
      const { owners, container, port } = await this.#inner.inspectPort(wanted);
      const foreign = foreignOwners(owners);
      if (foreign.length === 0 && container === null) continue;
      const what = foreignAct(policy, port, { owners: foreign, container: container?.name });
      const hint = `./dev ensure --on-conflict reroute moves ${name} to a free port`;
      throw this.#refuse(what, 'a flag is no yes of a person', hint);
    }
  }

  async #require({ right, isOwn, what, why = '', hint }: Permission): Promise<void> {
    if (!this.#isAgent) return;
    const { desk } = this.#options;
    const verdict = mayAct(this.#identity.actor, desk.rights, { right, isOwn });
    if (verdict === 'no') throw this.#refuse(what, `agents: {${right}: ${desk.rights[right]}} is in force`, hint);
    this.#noted();
    if (verdict === 'ask') await desk.consents.ask(this.#identity, { kind: right, what, why });
  }

  #refuse(what: string, why: string, hint: string): DevError {
    const actor = actorLabel(this.#identity.actor);
    this.#options.tell({ type: 'refused', actor, what, why });
    this.#options.desk.noticed(this.#identity);
    return notAllowed(`${actor} may not ${what}: ${why}.`, hint);
  }
}

function foreignAct(
  choice: 'kill' | 'reuse' | 'container',
  port: number | null | undefined,
  { owners, container }: { readonly owners: readonly OwnerCard[]; readonly container: string | undefined },
): string {
  const holder = container === undefined ? namesOf(owners) || 'a hidden owner' : `the container ${container}`;
  return choice === 'reuse' ? `use ${holder} on port ${port}` : `stop ${holder}, which has port ${port}`;
}
