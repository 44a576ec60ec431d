// Services that are containers: starts them, follows the engine's events, and reports to the core. Loaded when the
// first one starts. container-request makes a container's settings; container-start starts it.

import type { EffectOf } from '../../core/messages/effects.ts';
import type { Probe, ServiceName, ServiceSpec } from '../../core/model/project.ts';
import type { ServiceTerminal } from '../../core/session/session.ts';
import { LABEL } from '../../core/rules/container-identity.ts';
import { assertNever, BugError, DevError, messageOf } from '../../errors.ts';
import type { ContainerEngine, ContainerEvent } from '../../system/container-engine.ts';
import type { ProbeResult } from '../../system/system.ts';
import { endpointsOf } from '../runs/environment-files.ts';
import type { ContainerContext } from '../container-starts/container-context.ts';
import { ContainerEnds } from './container-ends.ts';
import type { ContainerRecord } from '../../system/state/state-files.ts';
import { clearContainers, removeStopped, type ClearedContainers } from './container-clearing.ts';
import { followContainer } from './container-logs.ts';
import { probeContainer } from './container-probe.ts';
import type { StartedContainer } from '../container-starts/container-start.ts';
import { ContainerTerminals, type TerminalViewer } from './container-terminals.ts';
import { ContainerStarter } from '../container-starts/container-starter.ts';
import { EngineLink } from './engine-link.ts';
import type { ClientContainer } from './client-container.ts';
import {
  describedContainer,
  liveContainer,
  secondsOf,
  sendSignal,
  type LiveContainer,
  measureContainer,
} from './live-container.ts';
import { specOf } from '../runs/spec-of.ts';

interface ContainerDeskOptions {
  readonly context: ContainerContext;
  /** This code keeps it up to date. */
  readonly live: Map<ServiceName, LiveContainer>;
  /** Processes that a killed session left running. */
  readonly left: {
    all(): readonly ContainerRecord[];
    keep(record: ContainerRecord): void;
    forget(ids: ReadonlySet<string>): void;
  };
  /** Called after the containers were measured. */
  readonly onUsage: () => void;
}

/** The last time that processes of a killed session get to end. */
const CLEARING_MS = 3_000;

export class ContainerDesk {
  readonly #options: ContainerDeskOptions;
  readonly #link: EngineLink;
  readonly #starts = new Map<ServiceName, AbortController>();
  readonly #starter: ContainerStarter;
  readonly #terminals: ContainerTerminals;
  readonly #ends: ContainerEnds;
  #isMeasuring = false;

  constructor(options: ContainerDeskOptions) {
    this.#options = options;
    const { system, report } = options.context;
    this.#starter = new ContainerStarter(options.context);
    this.#terminals = new ContainerTerminals((service, count) => options.context.logs.lastLines(service, count));
    this.#ends = new ContainerEnds({
      ...options,
      terminals: this.#terminals,
      isEngineThere: () =>
        this.#link.engine().then(
          () => true,
          () => false,
        ),
    });
    this.#link = new EngineLink({
      containers: system.containers,
      clock: system.clock,
      onEvent: (event) => void this.#onEvent(event),
      onLost: (reason) => this.#hinderAll(reason),
      onFound: () => {
        report({ type: 'engineFound' });
        void this.#lookAtAll();
      },
      isAwaited: () => options.live.size > 0 || options.context.awaitsEngine(),
    });
  }

  async start({ service, run, ports }: EffectOf<'spawn'>): Promise<void> {
    const { context } = this.#options;
    const spec = specOf(context, service);
    if (spec.container === undefined) throw new BugError(`${service} is no container`);
    const abort = new AbortController();
    this.#starts.set(service, abort);
    context.logs.beginRun(service, run);
    context.terminals.beginRun(service);
    try {
      const engine = await this.#link.engine();
      const onProgress = (progress: string): void => context.report({ type: 'startProgress', service, run, progress });
      const parts = { engine, spec, endpoints: endpointsOf(context.project, ports), onProgress, signal: abort.signal };
      this.#begin(engine, { service, run }, await this.#starter.start(parts, spec.container));
    } catch (error) {
      context.terminals.endRun(service);
      const reason = abort.signal.aborted ? 'its start was cancelled' : messageOf(error);
      context.report({ type: 'spawnFailed', service, run, reason, ...awaitingEngine(error) });
    } finally {
      if (this.#starts.get(service) === abort) this.#starts.delete(service);
    }
  }

  async readCompose(service: ServiceName): Promise<void> {
    const { context } = this.#options;
    try {
      const facts = await this.#starter.readCompose(await this.#link.engine(), specOf(context, service));
      context.report({ type: 'composeRead', service, facts });
    } catch (error) {
      context.report({ type: 'composeUnreadable', service, problem: messageOf(error), ...awaitingEngine(error) });
    }
  }

  async attach(
    { service, run }: { readonly service: ServiceName; readonly run: number },
    { container: { id }, insidePort }: ClientContainer,
  ): Promise<void> {
    const { context, live } = this.#options;
    const engine = await this.#link.engine().catch(() => undefined);
    const facts = await engine?.inspect(id).catch(() => undefined);
    if (engine === undefined || facts?.isRunning !== true || live.has(service)) return;
    const { graceMs } = specOf(context, service).stop;
    const place = { service, number: run, engine, facts, insidePort, graceMs, companions: [] };
    live.set(service, liveContainer({ ...place, logs: undefined, isOurs: false, isClients: true }));
    context.report({ type: 'containerProven', service, run, container: describedContainer(engine, facts) });
  }

  abandon(service: ServiceName): void {
    this.#starts.get(service)?.abort();
  }

  async signal(container: LiveContainer, name: NodeJS.Signals | undefined): Promise<void> {
    const { logs } = this.#options.context;
    if (container.hasExited) return;
    container.ownSignals += 1;
    try {
      // A paused container cannot end; a stopped process gets a SIGCONT for the same reason.
      if ((await container.engine.inspect(container.facts.id))?.isPaused === true)
        await container.engine.unpause(container.facts.id);
      await sendSignal(container, name);
    } catch (error) {
      container.ownSignals -= 1;
      logs.note(container.service, `the container ${container.facts.name} could not be signalled: ${messageOf(error)}`);
      if (name === 'SIGKILL') await this.#ends.giveUp(container);
    }
  }

  watchGone(container: LiveContainer, onGone: () => void): void {
    this.#ends.watchGone(container, onGone);
  }

  probe(container: LiveContainer, probe: Probe): Promise<ProbeResult> {
    return probeContainer(this.#options.context, container, probe);
  }

  /** Of services that are no longer containers. The others take over their own containers when they start. */
  async stopUnknown(): Promise<void> {
    const { project } = this.#options.context;
    const containers = new Set(
      project.services.filter(({ container }) => container !== undefined).map(({ name }) => name),
    );
    await this.#clear((service) => containers.has(service));
  }

  /** The session ends: none of its containers may keep running. */
  clearUp(): Promise<ClearedContainers> {
    return this.#clear(() => false);
  }

  async #clear(isNeeded: (service: string) => boolean): Promise<ClearedContainers> {
    const { context, live, left } = this.#options;
    const engine = await this.#link.engine().catch((error: unknown) => messageOf(error));
    if (typeof engine === 'string') {
      // If the engine never answered, this session has no containers.
      const mayHaveSome = this.#link.hasAnswered || left.all().length > 0;
      return { stopped: [], running: [], problem: mayHaveSome ? engine : undefined };
    }
    const stopped = left.all().filter(({ service }) => !isNeeded(service));
    const ids = new Set([...live.values()].flatMap(({ facts, companions }) => [facts.id, ...companions]));
    const cleared = await clearContainers({
      engine,
      root: context.project.root,
      recorded: stopped,
      isKept: (service, id) => isNeeded(service) || ids.has(id),
      graceS: secondsOf(CLEARING_MS),
    });
    if (cleared.problem === undefined) left.forget(new Set(stopped.map(({ id }) => id)));
    return cleared;
  }

  async remove(services: readonly ServiceSpec[]): Promise<void> {
    await removeStopped(await this.#link.engine(), this.#options.context.project, services);
  }

  openTerminal(spec: ServiceSpec, viewer: TerminalViewer): ServiceTerminal {
    return this.#terminals.open(spec, this.#options.live.get(spec.name), viewer);
  }

  async measure(): Promise<void> {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    const { live, onUsage, context } = this.#options;
    const measured = [...live.values()].filter(({ hasExited }) => !hasExited);
    await Promise.all(measured.map((container) => measureContainer(container, context.system.clock)));
    this.#isMeasuring = false;
    onUsage();
  }

  #begin(
    engine: ContainerEngine,
    { service, run }: { readonly service: ServiceName; readonly run: number },
    { facts, insidePort, isTakenOver, env, companions }: StartedContainer,
  ): void {
    const { context, live } = this.#options;
    const { id, name } = facts;
    if (isTakenOver)
      context.logs.note(service, `takes over the container ${name}, which an earlier session left running`);
    context.startedWith.set(service, env);
    const since = isTakenOver ? undefined : facts.finishedAt;
    const logs = followContainer(context, engine, { service, id, since, isTakenOver });
    const isOurs = LABEL.config in facts.labels;
    const { graceMs } = specOf(context, service).stop;
    const [chosenPort] = facts.published;
    const listensOn = insidePort ?? chosenPort?.inside;
    const place = { service, number: run, engine, facts, insidePort: listensOn, graceMs, companions };
    const container = liveContainer({ ...place, logs, isOurs, isClients: false });
    live.set(service, container);
    context.onRunsChanged();
    this.#terminals.began(container);
    context.report({
      type: 'containerStarted',
      service,
      run,
      container: describedContainer(engine, facts),
      ...(chosenPort === undefined ? {} : { chosenPort }),
    });
    // It may have ended before we listened.
    if (!facts.isRunning) void this.#ends.ended(container, undefined);
  }

  async #onEvent({ id, action, exitCode, signal }: ContainerEvent): Promise<void> {
    const container = [...this.#options.live.values()].find(({ facts }) => facts.id === id);
    if (container === undefined || container.hasExited) return;
    switch (action) {
      case 'oom':
        container.isOutOfMemory = true;
        return;
      case 'kill':
        if (container.ownSignals > 0) container.ownSignals -= 1;
        else container.strangersSignal = signal ?? '';
        return;
      case 'die':
        return this.#ends.ended(container, exitCode);
      case 'destroy':
        return this.#ends.ended(container, undefined);
      case 'pause':
        return this.#hinder(
          container,
          `the container is paused; ${container.engine.command} unpause ${container.facts.name}`,
        );
      case 'unpause':
        return this.#hinder(container, undefined);
      case 'start':
      case 'health':
        return;
      default:
        assertNever(action);
    }
  }

  /** The engine runs again; it may have ended containers. */
  async #lookAtAll(): Promise<void> {
    for (const container of this.#options.live.values()) {
      if (container.hasExited) continue;
      const engine = await this.#link.engine().catch(() => undefined);
      const facts = await engine?.inspect(container.facts.id).catch(() => undefined);
      if (engine === undefined) return;
      if (facts?.isRunning === true) this.#hinder(container, facts.isPaused ? 'the container is paused' : undefined);
      else await this.#ends.ended(container, facts?.exitCode);
    }
  }

  #hinderAll(reason: string): void {
    for (const container of this.#options.live.values()) if (!container.hasExited) this.#hinder(container, reason);
  }

  #hinder({ service, number }: LiveContainer, hindrance: string | undefined): void {
    this.#options.context.report({ type: 'containerHindered', service, run: number, hindrance });
  }
}

function awaitingEngine(error: unknown): { readonly awaitsEngine?: true } {
  return error instanceof DevError && error.code === 'engine_unavailable' ? { awaitsEngine: true } : {};
}
