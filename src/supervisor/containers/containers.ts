// The one entrance to the code for containers. It loads when the first container starts, so a project without
// containers pays nothing.

import type { EffectOf } from '../../core/messages/effects.ts';
import type { Probe, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import type { ServiceTerminal } from '../../core/session/session.ts';
import type { TreeFacts } from '../../core/view/view.ts';
import type { ProbeResult } from '../../system/system.ts';
import type { ContainerContext } from '../container-starts/container-context.ts';
import type { ContainerRecord } from '../../system/state/state-files.ts';
import type { ContainerDesk } from './container-desk.ts';
import type { ClearedContainers } from './container-clearing.ts';
import type { TerminalViewer } from './container-terminals.ts';
import type { ClientContainer } from './client-container.ts';
import type { LiveContainer } from './live-container.ts';

export class Containers {
  readonly #context: () => ContainerContext;
  readonly #onUsage: () => void;
  readonly #live = new Map<ServiceName, LiveContainer>();
  #desk: Promise<ContainerDesk> | undefined;
  /** From an earlier session, and not yet taken over by a service. */
  #left: readonly ContainerRecord[];

  /**
   * @param options.onUsage called after each measurement
   * @param options.lost what a killed session left running
   */
  constructor(options: {
    readonly context: () => ContainerContext;
    readonly onUsage: () => void;
    readonly lost: readonly ContainerRecord[];
  }) {
    this.#context = options.context;
    this.#onUsage = options.onUsage;
    this.#left = options.lost;
  }

  /** Stops containers of services that are no longer containers. */
  begin(): void {
    if (this.#left.length > 0) void this.#withDesk((desk) => desk.stopUnknown());
  }

  /** The containers that may run now, to be found again. */
  records(): readonly ContainerRecord[] {
    const live = [...this.#live.values()].flatMap(recordsOf);
    return [...live, ...this.#left.filter(({ id }) => !live.some((other) => other.id === id))];
  }

  /** Undefined until a container is needed. */
  clearUp(): Promise<ClearedContainers> | undefined {
    return this.#desk === undefined ? undefined : this.#withDesk((desk) => desk.clearUp());
  }

  /** Removes the containers of stopped services. Volumes stay. @throws DevError with the engine's message */
  async remove(services: readonly ServiceSpec[]): Promise<void> {
    const meant = services.filter(({ container }) => container !== undefined);
    if (meant.length > 0) await this.#withDesk((desk) => desk.remove(meant));
  }

  find(service: ServiceName, number: number): LiveContainer | undefined {
    const container = this.#live.get(service);
    return container?.number === number ? container : undefined;
  }

  current(service: ServiceName): LiveContainer | undefined {
    return this.#live.get(service);
  }

  start(effect: EffectOf<'spawn'>): void {
    void this.#withDesk((desk) => desk.start(effect));
  }

  /** Asks Compose what its file says about the service. */
  readCompose({ service }: EffectOf<'readCompose'>): void {
    void this.#withDesk((desk) => desk.readCompose(service));
  }

  /** The container that the service's command has started. Resolves once it is known, or the search has failed. */
  attach(run: { readonly service: ServiceName; readonly run: number }, found: ClientContainer): Promise<void> {
    return this.#withDesk((desk) => desk.attach(run, found));
  }

  abandon({ service }: EffectOf<'abandonStart'>): void {
    void this.#withDesk((desk) => desk.abandon(service));
  }

  /** @param name undefined: the stop signal of the image */
  signal(container: LiveContainer, name: NodeJS.Signals | undefined): void {
    void this.#withDesk((desk) => desk.signal(container, name));
  }

  /** Calls once the container has ended, is removed if it was ours, and its ports are free. */
  watchGone(container: LiveContainer, onGone: () => void): void {
    void this.#withDesk((desk) => desk.watchGone(container, onGone));
  }

  probe(container: LiveContainer, probe: Probe): Promise<ProbeResult> {
    return this.#withDesk((desk) => desk.probe(container, probe));
  }

  /** Its own terminal, or a shell inside. */
  openTerminal(spec: ServiceSpec, viewer: TerminalViewer): Promise<ServiceTerminal> {
    return this.#withDesk((desk) => desk.openTerminal(spec, viewer));
  }

  /** Requests the usage of each; `facts` has it when `onUsage` is called. */
  measure(): void {
    if (this.#live.size > 0) void this.#withDesk((desk) => desk.measure());
  }

  /** The facts of services that are containers, or have started one. They replace the usage of their own processes. */
  facts(trees: ReadonlyMap<ServiceName, TreeFacts>): readonly (readonly [ServiceName, TreeFacts])[] {
    return [...this.#live.values()].map((container) => {
      const facts = factsOf(container);
      const tree = container.isClients ? trees.get(container.service) : undefined;
      if (tree === undefined) return [container.service, facts];
      const ownListeners = tree.listening.filter(({ port }) => !facts.listening.some((one) => one.port === port));
      return [container.service, { ...facts, pids: tree.pids, listening: [...ownListeners, ...facts.listening] }];
    });
  }

  #withDesk<Result>(use: (desk: ContainerDesk) => Result | Promise<Result>): Promise<Result> {
    this.#desk ??= this.#open();
    return this.#desk.then(use);
  }

  async #open(): Promise<ContainerDesk> {
    const { ContainerDesk } = await import('./container-desk.ts');
    const left = {
      all: () => this.#left,
      keep: (record: ContainerRecord) => {
        this.#left = [...this.#left, record];
      },
      forget: (ids: ReadonlySet<string>) => {
        this.#left = this.#left.filter(({ id }) => !ids.has(id));
      },
    };
    return new ContainerDesk({ context: this.#context(), live: this.#live, left, onUsage: this.#onUsage });
  }
}

function recordsOf({ service, facts, isOurs, isClients, companions, hasExited }: LiveContainer): ContainerRecord[] {
  // A container that a command started goes with its command.
  if (isClients || hasExited) return [];
  return [{ service, id: facts.id, isOurs }, ...companions.map((id) => ({ service, id, isOurs: false }))];
}

function factsOf({ number, facts, usage, hasExited }: LiveContainer): TreeFacts {
  const pid = facts.pid ?? 0;
  return {
    run: number,
    pids: [],
    cpuPercent: usage?.cpuPercent ?? null,
    cpuMs: (usage?.cpuNs ?? 0) / 1_000_000,
    rssBytes: usage?.memoryBytes ?? 0,
    threads: usage?.pids ?? 0,
    connections: 0,
    listening: hasExited
      ? []
      : facts.published.map(({ address, port }) => ({ address: address || '0.0.0.0', port, pid })),
    holders: [],
    strangers: [],
  };
}
