// The rights of one client: its actor, what belongs to it, and the approval or refusal of a request.

import { namedServices } from '../../core/env/replicas.ts';
import type { Identity } from '../../core/actors/identify.ts';
import { foreignOwners, mayAct } from '../../core/actors/rights.ts';
import { actorLabel, type AgentRights, type RightName } from '../../core/model/actor.ts';
import { namesOf } from '../../core/model/port-facts.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { ClientView, ConflictDecision, Session } from '../../core/session/session.ts';
import type { OwnerCard } from '../../core/model/port-owner.ts';
import type { EventFact } from '../../core/session/events.ts';
import type { DevError } from '../../errors.ts';
import type { Supervisor } from '../supervisor.ts';
import type { ActionRuns, RunningActions } from './action-runs.ts';
import { notAllowed, type Consents, type Wish } from './consents.ts';
import type { Leases } from './leases.ts';

/** What all clients share. */
export interface SharedByActors {
  readonly consents: Consents;
  readonly leases: Leases;
  /** The actor that started each running service or action, by the key of its identity. */
  readonly startedBy: Map<ServiceName, string>;
  readonly rights: AgentRights;
  readonly runningActions: RunningActions;
  /** Loaded at the first call. */
  actionRuns(): Promise<ActionRuns>;
  clients(): readonly ClientView[];
  /** An agent's request: the screen shows the agent and its action for a while. */
  noticed(identity: Identity, act?: string): void;
}

export interface ActorSessionOptions {
  /** A screen or stream: a session that it opened ends with it. */
  readonly isInForeground: boolean;
  /** The client has disconnected. */
  readonly gone: AbortSignal;
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

export class Permits {
  readonly #options: ActorSessionOptions;
  readonly #inner: Session;

  constructor(options: ActorSessionOptions) {
    this.#options = options;
    this.#inner = options.inner;
  }

  get identity(): Identity {
    return this.#options.identity();
  }

  get isAgent(): boolean {
    return this.identity.actor.kind === 'agent';
  }

  /** A person at a screen. */
  get isInCharge(): boolean {
    const { kind, via } = this.identity.actor;
    return kind === 'person' && via === 'screen';
  }

  get rights(): AgentRights {
    return this.#options.desk.rights;
  }

  /** The name recorded for the request. @param act such as `restart web` */
  noted(act?: string): string {
    this.#options.desk.noticed(this.identity, act);
    return actorLabel(this.identity.actor);
  }

  wanted(): ReadonlySet<ServiceName> {
    const { services } = this.#options.supervisor.state;
    return new Set([...services].filter(([, { wanted }]) => wanted).map(([name]) => name));
  }

  named(names: readonly string[]): readonly ServiceName[] {
    return namedServices(names, [...this.#options.supervisor.state.services.keys()]);
  }

  /** Services that do not run need no protection. */
  isOwn(name: ServiceName): boolean {
    const { desk, supervisor } = this.#options;
    return supervisor.state.services.get(name)?.wanted !== true || desk.startedBy.get(name) === this.identity.key;
  }

  /** This client itself runs the action. */
  isOwnAction(name: string): boolean {
    return this.#options.desk.runningActions.get(name)?.by === actorLabel(this.identity.actor);
  }

  /** Resolves once a person has approved it on the screen, for any actor. @throws DevError `not_allowed` */
  async askFirst(wish: Wish): Promise<void> {
    this.noted();
    await this.#options.desk.consents.ask(this.identity, wish);
  }

  /** Answers like every other method for a name that is not a service. */
  async requireServices(names: readonly ServiceName[]): Promise<void> {
    await this.#inner.findHeldPorts(names);
  }

  requireNoLease(names: readonly ServiceName[], what: string): void {
    if (this.#options.desk.leases.size === 0) return;
    for (const name of names) {
      const refusal = this.#options.desk.leases.whyNot(name, this.identity, what);
      if (refusal === undefined) continue;
      this.#options.tell({
        type: 'refused',
        actor: actorLabel(this.identity.actor),
        what: `${what} ${name}`,
        why: refusal.message,
      });
      throw refusal;
    }
  }

  async requireTyping(service: ServiceName): Promise<void> {
    await this.require({
      right: 'run',
      isOwn: false,
      what: `type into ${service}`,
      hint: 'a person types on the screen with i, or allows it in the config: agents: {run: yes}',
    });
  }

  async requireDecision(service: ServiceName, decision: ConflictDecision): Promise<void> {
    if (decision.choice === 'retry' || decision.choice === 'skip') return;
    if (decision.choice === 'reroute') {
      return this.require({
        right: 'reroute',
        // A service of this session may leave a taken port without harm.
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
    await this.require({
      right: 'kill',
      isOwn,
      what: foreignAct(choice, port, { owners: meant, container: view?.conflict?.container?.name }),
      why: `${service} wants the port`,
      hint: `move the service instead: reroute ${service}`,
    });
  }

  /** A flag is not a person's approval: it is refused for what belongs to another actor. */
  async refuseForeign(
    names: readonly ServiceName[],
    policy: 'kill' | 'reuse',
    moved: Readonly<Record<ServiceName, number>>,
  ): Promise<void> {
    if (this.rights.kill === 'yes') return;
    const { services } = this.#options.supervisor.state;
    const asked = names.length === 0 ? [...services.keys()] : this.named(names);
    for (const name of asked) {
      const service = services.get(name);
      const wanted = moved[name] ?? service?.port;
      if (wanted === undefined || service?.wanted === true) continue;
      const { owners, container, port } = await this.#inner.inspectPort(wanted);
      const foreign = foreignOwners(owners);
      if (foreign.length === 0 && container === null) continue;
      const what = foreignAct(policy, port, { owners: foreign, container: container?.name });
      const hint = `./dev ensure --on-conflict reroute moves ${name} to a free port`;
      throw this.refuse(what, "a flag does not replace a person's yes", hint);
    }
  }

  async require({ right, isOwn, what, why = '', hint }: Permission): Promise<void> {
    if (!this.isAgent) return;
    const { desk } = this.#options;
    const verdict = mayAct(this.identity.actor, desk.rights, { right, isOwn });
    if (verdict === 'no') throw this.refuse(what, `agents: {${right}: ${desk.rights[right]}} does not allow it`, hint);
    this.noted();
    if (verdict === 'ask') await desk.consents.ask(this.identity, { kind: right, what, why });
  }

  refuse(what: string, why: string, hint: string): DevError {
    const actor = actorLabel(this.identity.actor);
    this.#options.tell({ type: 'refused', actor, what, why });
    this.#options.desk.noticed(this.identity);
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
