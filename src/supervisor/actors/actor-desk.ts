// All clients of the session. Each has its own Session, limited to its rights.

import { actorLabel, DEFAULT_RIGHTS, type AgentRights, type ClientClaim } from '../../core/model/actor.ts';
import type { Identity } from '../../core/actors/identify.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { ProcessIdentity } from '../../core/model/run.ts';
import type { ClientView, Session } from '../../core/session/session.ts';
import type { ActorFacts } from '../../core/session/snapshot.ts';
import type { SessionRole } from '../../core/model/vocabulary.ts';
import type { EventFact } from '../../core/session/events.ts';
import type { Clock } from '../../system/system.ts';
import type { Supervisor } from '../supervisor.ts';
import { actionView } from '../../core/actors/action-view.ts';
import type { ActionRuns, RunningActions } from './action-runs.ts';
import { actorSession } from './actor-session.ts';
import type { SharedByActors } from './permits.ts';
import { Consents } from './consents.ts';
import { Leases } from './leases.ts';

/** The screen shows an agent for this long after its last command. */
const SHOWN_FOR_MS = 60_000;

interface ActorDeskOptions {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly session: () => Session;
  /** Looks at the process of a client and at its ancestors. */
  readonly identify: (claim: ClientClaim) => Identity;
  readonly isAlive: (process: ProcessIdentity) => boolean;
  readonly tell: (fact: EventFact) => void;
}

interface Guest {
  readonly identity: () => Identity;
  readonly role: SessionRole;
  readonly via: ClientClaim['via'];
  readonly since: string;
}

interface Admission {
  readonly session: Session;
  /** The connection has ended. */
  leave(): void;
}

export class ActorDesk implements SharedByActors {
  /** The time of its first request. */
  #opener: string | undefined;
  readonly consents: Consents;
  readonly leases: Leases;
  readonly startedBy = new Map<ServiceName, string>();
  readonly runningActions: RunningActions = new Map();
  #actionRuns: Promise<ActionRuns> | undefined;
  readonly #options: ActorDeskOptions;
  readonly #guests = new Set<Guest>();
  /** The last requests of agents that have disconnected. */
  #act: { readonly text: string; readonly atMs: number } | undefined;
  readonly #recent = new Map<string, { readonly label: string; readonly atMs: number }>();

  constructor(options: ActorDeskOptions) {
    this.#options = options;
    const { clock, supervisor, tell } = options;
    const onChange = (): void => supervisor.announce();
    this.consents = new Consents({ clock, tell, onChange, isAttended: () => supervisor.state.isAttended });
    this.leases = new Leases({ clock, tell, onChange, isAlive: options.isAlive });
  }

  get rights(): AgentRights {
    return this.#options.supervisor.project.agents ?? DEFAULT_RIGHTS;
  }

  /** The snapshot's part about actors; empty while no agent is here and there is no lease. */
  get facts(): ActorFacts {
    const agents = this.#agents();
    const { agents: rights } = this.#options.supervisor.project;
    const { pending } = this.consents;
    return {
      ...(this.#opener === undefined ? {} : { startedBy: this.#opener }),
      ...(agents.length === 0 ? {} : { agents }),
      ...this.#lastAct(),
      ...(rights === undefined ? {} : { rights }),
      ...(pending.length === 0 ? {} : { requests: pending }),
      ...(this.leases.size === 0 ? {} : { leases: this.leases.views }),
      ...this.#actions(),
    };
  }

  /** @param claim undefined for a client of an earlier version, which counts as a script */
  admit(role: SessionRole, claim: ClientClaim | undefined): Admission {
    let known: Identity | undefined;
    // Looked up at the first need: most clients only read.
    const identity = (): Identity => (known ??= this.#options.identify(claim ?? unsaid(role)));
    const guest: Guest = {
      identity,
      role,
      via: claim?.via ?? role,
      since: new Date(this.#options.clock.wallMs()).toISOString(),
    };
    this.#guests.add(guest);
    if (claim?.via === 'mcp') this.#options.supervisor.announce();
    const { supervisor, tell } = this.#options;
    const isInForeground = role !== 'command';
    const gone = new AbortController();
    const session = actorSession({
      isInForeground,
      gone: gone.signal,
      desk: this,
      inner: this.#options.session(),
      identity,
      supervisor,
      tell,
    });
    return {
      session,
      leave: () => {
        this.#guests.delete(guest);
        gone.abort();
        if (known === undefined) return;
        this.consents.withdraw(known);
        if (known.actor.kind === 'agent') supervisor.announce();
      },
    };
  }

  actionRuns(): Promise<ActionRuns> {
    const { supervisor, tell } = this.#options;
    this.#actionRuns ??= import('./action-runs.ts').then(
      ({ ActionRuns }) => new ActionRuns({ supervisor, running: this.runningActions, tell }),
    );
    return this.#actionRuns;
  }

  clients(): readonly ClientView[] {
    return [...this.#guests].map(({ identity, role, since }) => ({ actor: identity().actor, role, since }));
  }

  noticed({ actor, key }: Identity, act?: string): void {
    this.#opener ??= actorLabel(actor);
    if (actor.kind !== 'agent') return;
    const { clock, supervisor } = this.#options;
    this.#recent.set(key, { label: actorLabel(actor), atMs: clock.nowMs() });
    if (act !== undefined) this.#act = { text: `${actor.name}: ${act}`, atMs: clock.nowMs() };
    supervisor.announce();
    clock.after(SHOWN_FOR_MS + 1, () => supervisor.announce());
  }

  #actions(): Pick<ActorFacts, 'actions'> {
    const { actions } = this.#options.supervisor.project;
    if (actions === undefined) return {};
    return { actions: actions.map((action) => actionView(action, this.runningActions.get(action.name))) };
  }

  #lastAct(): Pick<ActorFacts, 'agentAct'> {
    const isFresh = this.#act !== undefined && this.#act.atMs >= this.#options.clock.nowMs() - SHOWN_FOR_MS;
    return isFresh && this.#act !== undefined ? { agentAct: this.#act.text } : {};
  }

  #agents(): readonly string[] {
    // Others are looked up only when they ask for something: every snapshot reads this.
    const connected = [...this.#guests].flatMap(({ via, identity }) =>
      via === 'mcp' ? [actorLabel(identity().actor)] : [],
    );
    const since = this.#options.clock.nowMs() - SHOWN_FOR_MS;
    for (const [key, { atMs }] of this.#recent) if (atMs < since) this.#recent.delete(key);
    return [...new Set([...connected, ...[...this.#recent.values()].map(({ label }) => label)])];
  }
}

function unsaid(role: SessionRole): ClientClaim {
  return { pid: 0, via: role, hasTerminal: false };
}
