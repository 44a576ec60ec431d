// The one loop: input → step → effects → observations. Inputs that arrive while a step runs wait in the queue,
// so a step always sees a whole state. What follows from the state is decided in core; what is shown, in the publisher.

import type { Environment } from '../core/env/environment.ts';
import type { Alert } from '../core/view/alerts.ts';
import type { Effect } from '../core/messages/effects.ts';
import type { Input } from '../core/messages/inputs.ts';
import { portsInForce } from '../core/machine/ports.ts';
import { ACTION_LOG, isActionLog, type Project, type ServiceName } from '../core/model/project.ts';
import { createSessionState, isAwaited, isAwaitingEngine, isLive, type SessionState } from '../core/model/service.ts';
import { step } from '../core/machine/step.ts';
import type { OwnerContext, ProcessIdentity, System } from '../system/system.ts';
import { Containers } from './containers/containers.ts';
import type { ContainerRecord } from '../system/state/state-files.ts';
import { CallerEnvironments } from './runs/caller-environments.ts';
import { Externals } from './runs/externals.ts';
import { AlertWatch } from './watch/alert-watch.ts';
import { ErrorTally } from './watch/error-tally.ts';
import { CommandWatch } from './watch/command-watch.ts';
import { ListenerWatch } from './watch/listener-watch.ts';
import { LogHub } from './output/log-hub.ts';
import { Metrics } from './watch/metrics.ts';
import { perform } from './perform/perform.ts';
import type { PerformContext } from './perform/perform-context.ts';
import { SourceWatch } from './watch/source-watch.ts';
import { PromptWatch } from './watch/prompt-watch.ts';
import { StatusWatch } from './watch/status-watch.ts';
import { QuestionWatch } from './watch/question-watch.ts';
import { learnProject, type Masker } from '../core/secrets/masker.ts';
import type { Recorder } from './recording/recorder.ts';
import { ComposeTurns } from './runs/compose-turns.ts';
import { SpawnTurns } from './runs/spawn-turns.ts';
import { StartChecks } from './watch/start-checks.ts';
import { StartWatch } from './watch/start-watch.ts';
import { Runs, type LiveRun, type RecordedLife } from './runs/runs.ts';
import { Terminals } from './output/terminals.ts';
import { TreeWatch } from './runs/tree-watch.ts';
import { UsageLog } from './watch/usage-log.ts';

export interface SupervisorOptions {
  readonly project: Project;
  readonly system: System;
  readonly sessionId: string;
  /** Learns every secret of the session, and masks what is said of it. */
  readonly masker: Masker;
  /** The environment of the client that opened the session; services inherit it. */
  readonly callerEnv: Environment;
  /** Processes that earlier sessions of this project recorded and that still run. */
  readonly recorded: readonly ProcessIdentity[];
  /** Containers that a killed one left. */
  readonly lostContainers?: readonly ContainerRecord[];
  /** The size of the terminal that services see at first. */
  readonly size: { readonly columns: number; readonly rows: number };
  /** A run began or its tree has ended: time to record the running processes. */
  readonly onRunsChanged: () => void;
  /** Writes every input down. */
  readonly recorder?: Recorder | undefined;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly logs: LogHub;
  readonly metrics: Metrics;
  readonly usage: UsageLog;
  readonly terminals: Terminals;
  readonly checks: StartChecks;
  readonly starts = new StartWatch();
  readonly errors: ErrorTally;
  readonly context: PerformContext;
  readonly #runs = new Runs();
  readonly #externals: Externals;
  readonly #containers: Containers;
  readonly #listenerWatch: ListenerWatch;
  readonly #commandWatch: CommandWatch;
  readonly #alertWatch: AlertWatch;
  readonly #sourceWatch: SourceWatch;
  readonly #questionWatch: QuestionWatch;
  readonly #queue: Input[] = [];
  readonly #listeners = new Set<() => void>();
  #project: Project;
  #state: SessionState;
  #isStepping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { project, system, masker } = options;
    this.#project = project;
    this.#learnSecrets();
    this.#state = createSessionState(project.services);
    this.logs = new LogHub({
      clock: system.clock,
      logFiles: system.logFiles,
      specOf: (name) => this.#state.services.get(name)?.spec ?? (isActionLog(name) ? { log: ACTION_LOG } : undefined),
      columnsOf: (service) => this.terminals.sizeOf(service).columns,
      onProblem: () => this.#alertWatch.lookSoon(),
      mask: masker.mask,
    });
    this.errors = new ErrorTally({ clock: system.clock, logs: this.logs });
    const statusWatch = new StatusWatch({
      clock: system.clock,
      runs: this.#runs,
      mask: masker.mask,
      report: (observation) => this.dispatch(observation),
    });
    this.terminals = new Terminals({
      clock: system.clock,
      runs: this.#runs,
      isAwaited: (service) => isAwaited(this.#state.services.get(service)),
      hasTerminal: (service) => this.#state.services.get(service)?.spec.tty !== false,
      paneSize: options.size,
      onStatus: (service, body) => statusWatch.notice(service, body),
    });
    this.#externals = new Externals({
      clock: system.clock,
      processes: system.processes,
      ports: system.ports,
      onGone: ({ service, number }, reason) => this.dispatch({ type: 'externalGone', service, run: number, reason }),
    });
    this.#containers = new Containers({
      context: () => this.context,
      onUsage: () => this.metrics.takeContainers(),
      lost: options.lostContainers ?? [],
    });
    this.metrics = new Metrics({
      clock: system.clock,
      processes: system.processes,
      runs: this.#runs,
      externals: this.#externals,
      containers: this.#containers,
      onSample: () => this.#onSample(),
    });
    this.usage = new UsageLog(system.clock);
    this.#listenerWatch = new ListenerWatch({
      clock: system.clock,
      ports: system.ports,
      processes: system.processes,
      ownerContext: () => this.#ownerContext(),
      report: (observation) => this.dispatch(observation),
      lookWithin: (delayMs) => this.metrics.lookWithin(delayMs),
    });
    this.#commandWatch = new CommandWatch({ clock: system.clock, processes: system.processes, runs: this.#runs });
    this.#sourceWatch = new SourceWatch({
      root: project.root,
      globsOf: (service) => this.#state.services.get(service)?.spec.watch ?? [],
      clock: system.clock,
      fileWatch: system.fileWatch,
      report: (observation) => this.dispatch(observation),
      note: (service, text) => this.logs.note(service, text),
    });
    this.#alertWatch = new AlertWatch({
      clock: system.clock,
      logs: this.logs,
      errors: this.errors,
      starts: this.starts,
      services: () => this.#state.services,
      trees: () => this.metrics.trees,
      onChange: () => this.announce(),
    });
    this.#questionWatch = new QuestionWatch({
      clock: system.clock,
      ports: system.ports,
      ownerContext: () => this.#ownerContext(),
      lastWords: (service) => this.logs.lastWords(service),
      report: (observation) => this.dispatch(observation),
      lookWithin: (delayMs) => this.metrics.lookWithin(delayMs),
    });
    const promptWatch = new PromptWatch({
      clock: system.clock,
      runs: this.#runs,
      openLine: (service) => this.logs.openLine(service),
      report: (observation) => this.dispatch(observation),
    });
    this.logs.onWritten((service) => promptWatch.notice(service));
    const treeWatch = new TreeWatch({
      clock: system.clock,
      processes: system.processes,
      onGone: (run) => this.#onTreeGone(run),
    });
    const current = (): Project => this.#project;
    const { sessionId, callerEnv } = options;
    this.checks = new StartChecks({ system, project: current, callerEnv, masker, onChange: () => this.announce() });
    this.context = {
      get project() {
        return current();
      },
      system,
      environment: {
        get project() {
          return current();
        },
        sessionId,
        callers: new CallerEnvironments(callerEnv),
        files: system.files,
        masker,
      },
      masker,
      logs: this.logs,
      runs: this.#runs,
      externals: this.#externals,
      containers: this.#containers,
      startedWith: new Map(),
      commandsOf: (service) => this.#commandWatch.of(service),
      pipeWaits: new Map(),
      spawnTurns: new SpawnTurns(system.clock),
      composeTurns: new ComposeTurns(system.clock),
      treeWatch,
      ports: () => portsInForce(this.#state.services),
      awaitsEngine: () => [...this.#state.services.values()].some(isAwaitingEngine),
      ownerContext: () => this.#ownerContext(),
      terminals: this.terminals,
      report: (observation) => this.dispatch(observation),
      onRunsChanged: () => this.#onRunsChanged(),
    };
    this.#containers.begin();
  }

  /** The active project, with removed services that are still stopping. */
  get project(): Project {
    return this.#project;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** What exceeds the thresholds of the config right now, and logs that cannot be written. */
  get alerts(): ReadonlyMap<ServiceName, readonly Alert[]> {
    return this.#alertWatch.raised;
  }

  get life(): RecordedLife {
    return { runs: this.#runs.all(), containers: this.#containers.records() };
  }

  /** True while a process of any service may exist. */
  get isAnythingLive(): boolean {
    return [...this.#state.services.values()].some(isLive);
  }

  /** Called after each change of the state or of the measured facts. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispatch(input: Input): void {
    this.#queue.push(input);
    if (this.#isStepping) return;
    this.#isStepping = true;
    const before = this.#state;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#step(next);
    } finally {
      this.#isStepping = false;
    }
    this.starts.look(this.#state, this.#options.system.clock.nowMs());
    this.#lookAtWhatBecameReady(before);
    this.#alertWatch.look();
    this.announce();
  }

  #step(input: Input): void {
    const nowMs = this.#options.system.clock.nowMs();
    const { state, effects } = step(this.#state, input, nowMs);
    this.#options.recorder?.step(nowMs, input, this.#state, state);
    const isOtherConfig = input.type === 'applyConfig' || input.type === 'composeRead';
    const hasOtherPort =
      input.type === 'containerStarted' &&
      state.services.get(input.service)?.spec !== this.#state.services.get(input.service)?.spec;
    const hasOtherServices = isOtherConfig || hasOtherPort || state.services.size !== this.#state.services.size;
    this.#state = state;
    if (hasOtherServices)
      this.#takeOver(input.type === 'applyConfig' && !state.isEnding ? input.project : this.#project);
    for (const effect of effects) {
      if (effect.type === 'spawn') this.#beginRun(effect.service);
      this.#perform(effect);
    }
  }

  /** Before any effect: what the step asks for is to be done by the new config. */
  #takeOver(project: Project): void {
    const specs = [...this.#state.services.values()].map(({ spec }) => spec);
    this.#project = { ...project, services: specs };
    this.#learnSecrets();
    for (const { name, log } of specs) this.logs.setLimits(name, log);
    for (const { name } of specs) if (this.#runs.current(name) !== undefined) this.#beginRun(name);
  }

  #learnSecrets(): void {
    const { masker, callerEnv } = this.#options;
    masker.learn(callerEnv);
    learnProject(masker, this.#project);
  }

  #beginRun(service: ServiceName): void {
    this.#sourceWatch.begin(service);
  }

  #perform(effect: Effect): void {
    perform(this.context, effect);
  }

  #lookAtWhatBecameReady(before: SessionState): void {
    for (const [name, { state }] of this.#state.services) {
      if (state.status === 'ready' && before.services.get(name)?.state.status !== 'ready') this.metrics.lookWithin(0);
    }
  }

  #onSample(): void {
    this.usage.sample(this.metrics.trees);
    this.#listenerWatch.look(this.#state.services, this.metrics.trees);
    this.#commandWatch.look(this.#state.services, this.metrics.trees);
    this.#alertWatch.look();
    this.#questionWatch.look(this.#state.services, this.metrics.trees);
    this.announce();
  }

  #onRunsChanged(): void {
    this.metrics.lookWithin(250);
    this.#options.onRunsChanged();
  }

  #onTreeGone(run: LiveRun): void {
    this.#runs.remove(run);
    this.#options.onRunsChanged();
    const { service, number } = run;
    const tell = (): void => this.dispatch({ type: 'treeGone', service, run: number });
    const container = this.#containers.find(service, number);
    if (container === undefined) tell();
    else this.#containers.watchGone(container, tell);
  }

  #ownerContext(): OwnerContext {
    const { processes } = this.#options.system;
    const ours = this.#runs.all().flatMap((run) => processes.members(run.root, { sweep: false }).map(({ pid }) => pid));
    return { root: this.#options.project.root, ours: new Set(ours), recorded: this.#options.recorded };
  }

  /** Says that something changed which is to be seen. */
  announce(): void {
    for (const listener of this.#listeners) listener();
  }
}
