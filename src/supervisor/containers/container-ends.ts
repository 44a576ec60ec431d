// The end of a service's container: its last output, its exit, and the proof that nothing of it is left.

import type { ServiceName } from '../../core/model/project.ts';
import { messageOf } from '../../errors.ts';
import type { ContainerRecord } from '../../system/state/state-files.ts';
import type { ContainerContext } from '../container-starts/container-context.ts';
import { exitOf } from './container-exit.ts';
import type { ContainerTerminals } from './container-terminals.ts';
import { secondsOf, type LiveContainer } from './live-container.ts';

interface ContainerEndsOptions {
  readonly context: ContainerContext;
  readonly live: Map<ServiceName, LiveContainer>;
  /** Keeps containers that cannot be ended now, for the next session. */
  readonly left: { keep(record: ContainerRecord): void };
  readonly terminals: ContainerTerminals;
  readonly isEngineThere: () => Promise<boolean>;
}

/** An engine has this long to come back before its containers are given up. */
const ENGINE_BACK_MS = 5_000;
/** The last output comes within this time after the end. */
const DRAIN_MS = 1_000;
/** The engine closes the published ports a moment after the end. */
const PORTS_MS = 5_000;
const PORTS_LOOK_MS = 20;

export class ContainerEnds {
  readonly #options: ContainerEndsOptions;
  readonly #waitingForEnd = new Map<LiveContainer, () => void>();

  constructor(options: ContainerEndsOptions) {
    this.#options = options;
  }

  watchGone(container: LiveContainer, onGone: () => void): void {
    this.#waitingForEnd.set(container, onGone);
    if (container.hasExited) void this.#clearAway(container);
    else if (container.isClients) void this.#stopLeft(container);
  }

  /** Its client has ended, but the container runs: the client was killed, or may not stop it. */
  async #stopLeft({ service, engine, facts, graceMs }: LiveContainer): Promise<void> {
    const { logs } = this.#options.context;
    const left = await engine.inspect(facts.id).catch(() => undefined);
    if (left?.isRunning !== true) return;
    logs.note(service, `stops the container ${facts.name}, which its command left running`);
    await engine.stop(facts.id, secondsOf(graceMs)).catch((error: unknown) => {
      logs.note(service, `the container ${facts.name} was not stopped: ${messageOf(error)}`);
    });
  }

  /** @param exitCode undefined if unknown: the engine is asked for it */
  async ended(container: LiveContainer, exitCode: number | undefined): Promise<void> {
    if (container.hasExited) return;
    container.hasExited = true;
    const { context } = this.#options;
    const { service, number } = container;
    if (container.isClients) return this.#onClientsEnd(container);
    await Promise.race([container.logs?.ended, this.#pause(DRAIN_MS)]);
    container.logs?.close();
    await Promise.race([container.logs?.catchUp(), this.#pause(DRAIN_MS)]);
    context.logs.file(service).endLine();
    context.terminals.endRun(service);
    this.#options.terminals.ended(service);
    const last = await container.engine.inspect(container.facts.id).catch(() => undefined);
    context.report({ type: 'processExited', service, run: number, exit: exitOf(container, last, exitCode) });
    if (this.#waitingForEnd.has(container)) await this.#clearAway(container);
  }

  /** Its client usually ends too, and that is the end of the run. */
  async #onClientsEnd(container: LiveContainer): Promise<void> {
    const { context, live } = this.#options;
    const { service, number } = container;
    context.report({ type: 'containerProven', service, run: number, container: undefined });
    if (this.#waitingForEnd.has(container)) return this.#clearAway(container);
    if (live.get(service) === container) live.delete(service);
  }

  /** Proves that nothing of it is left, and reports it. */
  async #clearAway(container: LiveContainer): Promise<void> {
    const onGone = this.#waitingForEnd.get(container);
    if (onGone === undefined) return;
    this.#waitingForEnd.delete(container);
    const { context, live } = this.#options;
    const { facts, engine, service, isOurs } = container;
    try {
      if (isOurs) await engine.remove(facts.id);
    } catch (error) {
      context.logs.note(service, `the container ${facts.name} could not be removed: ${messageOf(error)}`);
    }
    const isPublished = (): boolean => facts.published.some(({ port }) => context.system.ports.isListening(port));
    for (let waitedMs = 0; waitedMs < PORTS_MS && isPublished(); waitedMs += PORTS_LOOK_MS)
      await this.#pause(PORTS_LOOK_MS);
    if (live.get(service) === container) live.delete(service);
    await this.#stopCompanions(container);
    onGone();
  }

  /** The containers that were started only for it. */
  async #stopCompanions({ engine, companions, graceMs, service }: LiveContainer): Promise<void> {
    const { context, live } = this.#options;
    const needed = new Set([...live.values()].flatMap((other) => [other.facts.id, ...other.companions]));
    const free = companions.filter((id) => !needed.has(id));
    await Promise.all(free.map((id) => engine.stop(id, secondsOf(graceMs)))).catch((error: unknown) => {
      context.logs.note(service, `what Compose started for it was not stopped: ${messageOf(error)}`);
    });
  }

  /** Without its engine it cannot be ended: the session does not wait, reports it, and leaves it to the next session. */
  async giveUp(container: LiveContainer): Promise<void> {
    const { live, left } = this.#options;
    const { service, facts, isOurs } = container;
    await this.#pause(ENGINE_BACK_MS);
    const isBack = await this.#options.isEngineThere();
    const onGone = this.#waitingForEnd.get(container);
    if (isBack || container.hasExited || onGone === undefined) return;
    this.#waitingForEnd.delete(container);
    live.delete(service);
    left.keep({ service, id: facts.id, isOurs });
    onGone();
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.context.system.clock.after(delayMs, resolve);
    });
  }
}
