// The Session by direct calls: the socket serves it, and tests use it without a socket.

import type { FactWindow } from '../../core/session/events.ts';
import { portReport, type PortReport } from '../../core/model/port-facts.ts';
import type { Environment } from '../../core/env/environment.ts';
import type { ServiceName } from '../../core/model/project.ts';
import { isLive } from '../../core/model/service.ts';
import type {
  ClientView,
  ConflictDecision,
  ReloadReport,
  RestartOptions,
  ServiceTerminal,
  Session,
  SessionEvent,
  ShutdownReport,
  StartOptions,
  ShutdownOptions,
  StopOptions,
  TakenVariables,
  TerminalEvent,
  TerminalSize,
} from '../../core/session/session.ts';
import type { LogFindings, LogQuery, LogSearch, LogWindow } from '../../core/session/log-query.ts';
import type { HeldPort, ProbeReport, ServiceInspection, UsageHistory } from '../../core/session/inspection.ts';
import type { SessionTallies } from '../../core/session/tallies.ts';
import type { ActorFacts, InsightView, MetricsView, SessionSnapshot } from '../../core/session/snapshot.ts';
import type { Startup } from '../../core/session/startup.ts';
import { BugError, DevError, EXIT } from '../../errors.ts';
import type { ConfigFollower } from './config-follower.ts';
import { portsInForce } from '../../core/machine/ports.ts';
import { endpointsOf, serviceEnvironment } from '../runs/environment-files.ts';
import { specOf } from '../runs/spec-of.ts';
import type { EventLog } from '../chronicle/event-log.ts';
import type { StartupWatch } from '../watch/startup-watch.ts';
import { takeEnvironment } from '../perform/take-environment.ts';
import { AskedServices } from './asked-services.ts';
import { requirePort, requirePorts, sessionEnding } from './refusals.ts';
import { findHeldPorts } from '../perform/held-ports.ts';
import { inspect } from '../perform/inspection.ts';
import { probeNow } from '../perform/probe-now.ts';
import type { Tallies } from '../chronicle/tallies.ts';
import { Publisher, type SessionFacts } from './publisher.ts';
import type { Supervisor } from '../supervisor.ts';

export interface LocalSessionOptions {
  readonly supervisor: Supervisor;
  readonly facts: SessionFacts;
  readonly tallies: Pick<Tallies, 'read'>;
  readonly events: Pick<EventLog, 'read'>;
  readonly startups: Pick<StartupWatch, 'read'>;
  /** Follows the config on disk. Without it the session keeps its first config. */
  readonly config?: ConfigFollower;
  readonly syncHistory?: () => Promise<void>;
  /** What the history knows of services. */
  readonly insights?: () => ReadonlyMap<ServiceName, readonly InsightView[]>;
  /** Where metrics are served. */
  readonly metrics?: () => MetricsView | undefined;
  /** Stops remaining processes of the session once all services have ended; returns the survivors. */
  readonly stopTheRest?: () => Promise<Pick<ShutdownReport, 'leftovers' | 'isProven'>>;
  /** The snapshot's part about agents, their requests and leases. */
  readonly actorFacts?: () => ActorFacts;
  /** Called when a client wants the services to outlive it. */
  readonly onDetach: () => void;
}

const NO_INSIGHTS: ReadonlyMap<ServiceName, readonly InsightView[]> = new Map();

export class LocalSession implements Session {
  readonly #supervisor: Supervisor;
  readonly #asked: AskedServices;
  readonly #publisher: Publisher;
  readonly #options: LocalSessionOptions;
  #ended: Promise<ShutdownReport> | undefined;

  constructor(options: LocalSessionOptions) {
    const { supervisor, facts } = options;
    const { system } = supervisor.context;
    this.#options = options;
    this.#supervisor = supervisor;
    this.#asked = new AskedServices(supervisor);
    this.#publisher = new Publisher({
      supervisor,
      clock: system.clock,
      session: facts,
      metrics: () => options.metrics?.(),
      configNews: () => options.config?.news,
      actorFacts: () => options.actorFacts?.() ?? {},
      insights: () => options.insights?.() ?? NO_INSIGHTS,
      logFile: (service) => supervisor.logs.pathOf(service),
    });
    supervisor.logs.subscribe((news) => this.#publisher.emit({ type: 'logs', ...news }));
  }

  async snapshot(): Promise<SessionSnapshot> {
    return this.snapshotNow();
  }

  snapshotNow(): SessionSnapshot {
    return this.#publisher.snapshot();
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    return this.#publisher.subscribe(listener);
  }

  async start(names: readonly ServiceName[], options: StartOptions = {}): Promise<void> {
    const services = this.#asked.named(names);
    this.#asked.requireStaying(services);
    this.#asked.require(Object.keys(options.ports ?? {}));
    requirePorts(options.ports ?? {}, portsInForce(this.#supervisor.state.services));
    // Without required checks, the request takes effect before the call returns.
    if (this.#supervisor.checks.hasRequired) await this.#supervisor.checks.require();
    if (this.#supervisor.state.isEnding) throw sessionEnding();
    await this.#readPorts(services.filter((name) => !this.#asked.isLive(name)));
    this.#supervisor.dispatch({ type: 'start', names: services, options });
    this.#supervisor.checks.onStart();
  }

  async stop(names: readonly ServiceName[], { force: isForced = false, ...by }: StopOptions = {}): Promise<void> {
    this.#supervisor.dispatch({ type: 'stop', names: this.#asked.named(names), isForced, ...by });
  }

  async restart(names: readonly ServiceName[], { ports = {}, ...by }: RestartOptions = {}): Promise<void> {
    const services = this.#asked.named(names);
    this.#asked.requireStaying(services);
    this.#asked.require(Object.keys(ports));
    requirePorts(ports, portsInForce(this.#supervisor.state.services));
    await this.#readPorts(services.length === 0 ? this.#asked.wanted() : services);
    this.#supervisor.dispatch({ type: 'restart', names: services, ports, ...by });
    this.#supervisor.checks.onStart();
  }

  async takeEnvironment(names: readonly ServiceName[], env: Environment): Promise<readonly TakenVariables[]> {
    const services = names.length === 0 ? this.#asked.wanted() : this.#asked.named(names);
    return takeEnvironment(this.#supervisor.context, services, env);
  }

  async environmentOf(service: ServiceName): Promise<Readonly<Record<string, string>>> {
    this.#asked.require([service]);
    const { context } = this.#supervisor;
    const running = this.#asked.isLive(service) ? context.startedWith.get(service) : undefined;
    const endpoints = endpointsOf(context.project, context.ports());
    const { DEV_SESSION: _mark, ...env } =
      running ?? serviceEnvironment(context.environment, specOf(context, service), endpoints);
    return env;
  }

  async resolveConflict(service: ServiceName, decision: ConflictDecision): Promise<void> {
    this.#asked.require([service]);
    if (decision.choice === 'reroute' && decision.port !== undefined) requirePort(service, decision.port);
    this.#supervisor.dispatch({ type: 'resolveConflict', service, decision });
  }

  async readLogs(query: LogQuery): Promise<LogWindow> {
    this.#asked.requireLog(query.service);
    return this.#supervisor.logs.read(query);
  }

  async searchLogs(search: LogSearch): Promise<LogFindings> {
    this.#asked.requireLog(search.service);
    return this.#supervisor.logs.search(search);
  }

  async probe(names: readonly ServiceName[]): Promise<readonly ProbeReport[]> {
    const asked = this.#asked.named(names);
    const { state, context } = this.#supervisor;
    const services = [...state.services.values()];
    const chosen = names.length === 0 ? services : services.filter(({ spec }) => asked.includes(spec.name));
    return this.#masked(await Promise.all(chosen.map((service) => probeNow(context, service))));
  }

  async inspectPort(port: number): Promise<PortReport> {
    const { system, ownerContext } = this.#supervisor.context;
    return this.#masked(portReport(await system.ports.use(port, ownerContext())));
  }

  async findHeldPorts(names: readonly ServiceName[]): Promise<readonly HeldPort[]> {
    const { state, context } = this.#supervisor;
    const asked = names.length === 0 ? [...state.services.keys()] : this.#asked.named(names);
    const held = await findHeldPorts({
      services: asked.flatMap((name) => state.services.get(name) ?? []),
      ports: context.system.ports,
      ownerContext: context.ownerContext,
      toTime: (atMs) => this.#publisher.toTime(atMs),
    });
    return this.#masked(held);
  }

  async inspectService(service: ServiceName): Promise<ServiceInspection> {
    this.#asked.require([service]);
    const { context, state } = this.#supervisor;
    const found = state.services.get(service);
    if (found === undefined) throw new BugError(`no service ${service} in this session`);
    return inspect(context, found, (atMs) => this.#publisher.toTime(atMs));
  }

  async readUsage(count: number, options: { readonly perService?: boolean } = {}): Promise<UsageHistory> {
    return this.#supervisor.usage.read(count, options);
  }

  async syncHistory(): Promise<void> {
    await this.#options.syncHistory?.();
  }

  async readTallies(): Promise<SessionTallies> {
    return this.#options.tallies.read();
  }

  async readFacts(from: number): Promise<FactWindow> {
    return this.#options.events.read(from);
  }

  async readStartup(): Promise<Startup | undefined> {
    return this.#options.startups.read();
  }

  async typeAnswer(service: ServiceName, text: string): Promise<void> {
    this.#asked.require([service]);
    this.#asked.requireTerminal(service);
    const { runs } = this.#supervisor.context;
    const asks = this.#publisher
      .snapshot()
      .services.some(({ name, question }) => name === service && question !== null);
    const run = runs.current(service);
    if (!asks || run === undefined) {
      const message = `${service} no longer asks; nothing was typed.`;
      throw new DevError({ code: 'refused', exitCode: EXIT.notReady, message });
    }
    run.child.write(Buffer.from(`${text}\r`));
  }

  async reloadConfig(options?: { readonly dryRun?: boolean; readonly version?: number }): Promise<ReloadReport> {
    const { config } = this.#options;
    return config === undefined ? { changes: [], isApplied: false } : this.#masked(await config.reload(options));
  }

  async removeContainers(names: readonly ServiceName[]): Promise<void> {
    const { containers, project } = this.#supervisor.context;
    const meant = names.length === 0 ? project.services.map(({ name }) => name) : this.#asked.named(names);
    const stopped = project.services.filter(({ name }) => {
      const service = this.#supervisor.state.services.get(name);
      return meant.includes(name) && service !== undefined && !isLive(service);
    });
    await containers.remove(stopped);
  }

  shutdown({ force: isForced = false, remove: removes = false, ...by }: ShutdownOptions = {}): Promise<ShutdownReport> {
    this.#supervisor.dispatch({ type: 'shutdown', isForced, ...by });
    this.#supervisor.checks.close();
    this.#ended ??= this.#untilNothingLives({ removes });
    return this.#ended;
  }

  /** A direct caller has all rights: nothing is refused, and no person is asked. */
  async clients(): Promise<readonly ClientView[]> {
    return [];
  }

  async requestPermission(): Promise<void> {
    // See clients.
  }

  answerRequest(): Promise<never> {
    return Promise.reject(new BugError('a client answers through its own session'));
  }

  lockService(): Promise<never> {
    return Promise.reject(new BugError('a client locks through its own session'));
  }

  unlockService(): Promise<never> {
    return Promise.reject(new BugError('a client unlocks through its own session'));
  }

  runAction(): Promise<never> {
    return Promise.reject(new BugError('a client runs actions through its own session'));
  }

  beginAction(): Promise<never> {
    return this.runAction();
  }

  endAction(): Promise<never> {
    return this.runAction();
  }

  stopAction(): Promise<never> {
    return this.runAction();
  }

  async detach(): Promise<void> {
    this.#options.onDetach();
  }

  async resize(size: TerminalSize): Promise<void> {
    this.#supervisor.terminals.resizePane(size);
  }

  async openTerminal(
    service: ServiceName,
    size: TerminalSize,
    listener: (event: TerminalEvent) => void,
  ): Promise<ServiceTerminal> {
    this.#asked.require([service]);
    const spec = specOf(this.#supervisor.context, service);
    if (spec.container !== undefined) return this.#supervisor.context.containers.openTerminal(spec, { size, listener });
    this.#asked.requireTerminal(service);
    return this.#supervisor.terminals.open(service, size, listener);
  }

  close(): void {
    // Nothing to release: a direct caller has no connection.
  }

  async #untilNothingLives({ removes }: { readonly removes: boolean }): Promise<ShutdownReport> {
    if (this.#supervisor.isAnythingLive) {
      await new Promise<void>((resolve) => {
        const stop = this.#supervisor.onChange(() => {
          if (this.#supervisor.isAnythingLive) return;
          stop();
          resolve();
        });
      });
    }
    const leftovers = [...this.#supervisor.state.services].flatMap(([service, { leftovers }]) =>
      leftovers.map(({ pid, name }) => ({ service, pid, name })),
    );
    const rest = (await this.#options.stopTheRest?.()) ?? { leftovers: [] };
    const others = rest.leftovers.filter(({ pid }) => !leftovers.some((known) => known.pid === pid));
    const heldPorts = await this.findHeldPorts([]);
    // The next check reports an engine that is gone.
    if (removes) await this.removeContainers([]).catch(() => undefined);
    const { running = [], problem } = (await this.#supervisor.context.containers.clearUp()) ?? {};
    const report: ShutdownReport = {
      ...rest,
      ...(running.length === 0 ? {} : { containers: running }),
      ...(problem === undefined ? {} : { containersUnseen: problem }),
      leftovers: [...leftovers, ...others],
      ...(heldPorts.length === 0 ? {} : { heldPorts }),
    };
    this.#publisher.end(report);
    return report;
  }

  /** `port: ${PORT}` may have changed. */
  async #readPorts(services: readonly ServiceName[]): Promise<void> {
    if (services.length > 0)
      await this.#options.config?.readPorts(services, this.#supervisor.context.environment.callers.newest);
  }

  #masked<Answer>(answer: Answer): Answer {
    return this.#supervisor.context.masker.maskDeep(answer);
  }
}
