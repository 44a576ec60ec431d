// State and measured facts → what the world sees. Pure; monotonic times become wall times here.

import { assertNever } from '../../errors.ts';
import type { Alert } from './alerts.ts';
import { conflictChoices, whyNotReroute } from '../ports/conflict-choices.ts';
import { explain } from './explain.ts';
import { speaksHttp } from './speaks-http.ts';
import type { PortUse } from '../model/port-facts.ts';
import { healthOf } from '../machine/probing.ts';
import { rewiredBy } from '../machine/ports.ts';
import { sourceText, type ServiceName } from '../model/project.ts';
import { referenceValue } from '../env/references.ts';
import { currentRun, isUp, type ConflictWork, type Service, type SessionState } from '../model/service.ts';
import type { Run } from '../model/run.ts';
import type {
  AlertView,
  ConflictView,
  HealthView,
  InsightView,
  Listening,
  ServiceView,
  StateName,
} from '../session/snapshot.ts';
import { pausedInWords, unmatchedInWords } from '../machine/watching.ts';

/** What the last look at a service's process tree found. */
export interface TreeFacts {
  /** The one it belongs to. */
  readonly run: number;
  readonly pids: readonly number[];
  readonly cpuPercent: number | null;
  /** CPU time of the run so far; counts up. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly threads: number;
  readonly connections: number;
  readonly listening: readonly Listening[];
  readonly holders: readonly { readonly port: number; readonly pid: number; readonly startTicks: number }[];
  readonly strangers: readonly { readonly address: string; readonly port: number }[];
}

export interface ViewFacts {
  readonly trees: ReadonlyMap<ServiceName, TreeFacts>;
  readonly alerts: ReadonlyMap<ServiceName, readonly Alert[]>;
  /** None unless given. */
  readonly insights?: ReadonlyMap<ServiceName, readonly InsightView[]>;
  readonly logFile: (service: ServiceName) => string;
  /** Turns a monotonic instant into RFC 3339 UTC. */
  readonly toTime: (atMs: number) => string;
}

export function viewService(state: SessionState, service: Service, facts: ViewFacts): ServiceView {
  const { spec } = service;
  const run = currentRun(service);
  const tree = run === undefined ? undefined : facts.trees.get(spec.name);
  const stateName = nameOf(service);
  const time = (atMs: number | undefined): string | null => (atMs === undefined ? null : facts.toTime(atMs));
  return {
    name: spec.name,
    state: stateName,
    ready: stateName === 'ready',
    wanted: service.wanted,
    external: run?.external !== undefined,
    pid: run?.leader?.pid ?? null,
    container: containerView(run),
    pids: tree?.pids ?? (run?.leader === undefined ? [] : [run.leader.pid]),
    port: service.port ?? null,
    wantedPort: service.wantedPort ?? null,
    ports: namedPorts(service),
    listening: tree?.listening ?? [],
    secondListener: secondListenerView(service),
    url: speaksHttp(service, tree?.listening ?? []) ? endpointOf(service, 'url') : null,
    address: endpointOf(service, 'address'),
    cpuPercent: tree?.cpuPercent ?? null,
    rssBytes: tree?.rssBytes ?? null,
    threads: tree?.threads ?? null,
    connections: tree?.connections ?? null,
    health: healthView(service, facts),
    probes: service.probes.map(({ ok, checkedAtMs, latencyMs }) => ({
      ok,
      at: facts.toTime(checkedAtMs),
      latencyMs: Math.round(latencyMs * 10) / 10,
    })),
    question: questionOf(service),
    ...toldOf(service),
    alerts: alertsOf(service, facts),
    insights: facts.insights?.get(spec.name) ?? [],
    restarts: service.restarts,
    startedAt: time(run?.startedAtMs),
    readyAt: time(run?.readyAtMs),
    exit:
      service.exit === undefined
        ? null
        : { code: service.exit.code, signal: service.exit.signal, at: facts.toTime(service.exit.atMs) },
    lastLines: service.lastLines,
    logFile: facts.logFile(spec.name),
    isStuck: service.state.status === 'waiting' && service.state.blockers.some(({ isForGood }) => isForGood),
    why: explain(service),
    run: service.runs,
    dueAt: time(dueAtMs(service)),
    conflict: conflictView(state, service, facts),
    dependsOn: spec.dependsOn.map((dependency) => dependency.service),
    command: sourceText(spec),
    cwd: spec.cwd,
    // In a container without one, a shell is opened.
    tty: spec.tty || spec.container !== undefined,
  };
}

function namedPorts({ spec, port, wantedPort, morePorts }: Service): ServiceView['ports'] {
  const first = spec.port?.name;
  return [
    ...(first === undefined || port === undefined ? [] : [{ name: first, port, wantedPort: wantedPort ?? port }]),
    ...(spec.morePorts ?? []).map(({ name, wanted }) => ({
      name,
      port: morePorts[name] ?? wanted,
      wantedPort: wanted,
    })),
  ];
}

function secondListenerView({ state }: Service): ServiceView['secondListener'] {
  if (state.status !== 'starting' && state.status !== 'ready' && state.status !== 'unhealthy') return null;
  const { secondListener } = state.run;
  return secondListener === undefined ? null : { ...secondListener, pid: secondListener.pid ?? null };
}

function containerView(run: Run | undefined): ServiceView['container'] {
  if (run?.container === undefined) return null;
  const { id, name, image, engine } = run.container;
  return { id, name, image, engine };
}

function questionOf(service: Service): ServiceView['question'] {
  const run = isUp(service) ? currentRun(service) : undefined;
  if (run?.asks !== undefined) return { text: run.asks, isSecret: false };
  return run?.prompt ?? null;
}

function toldOf(service: Service): Pick<ServiceView, 'told'> {
  const told = isUp(service) ? currentRun(service)?.told : undefined;
  return told === undefined ? {} : { told };
}

function alertsOf({ spec, watch }: Service, facts: ViewFacts): readonly AlertView[] {
  const measured = (facts.alerts.get(spec.name) ?? []).map(({ kind, severity, message, sinceMs, value, limit }) => ({
    kind,
    severity,
    message,
    since: facts.toTime(sinceMs),
    value,
    limit,
  }));
  const { pausedAtMs, file, unmatched } = watch;
  const alert = (message: string, sinceMs: number): AlertView => ({
    kind: 'watch',
    severity: 'warning',
    message,
    since: facts.toTime(sinceMs),
    value: null,
    limit: null,
  });
  return [
    ...measured,
    ...(pausedAtMs === undefined ? [] : [alert(pausedInWords(file), pausedAtMs)]),
    ...(unmatched === undefined ? [] : [alert(unmatchedInWords(unmatched.globs), unmatched.sinceMs)]),
  ];
}

function endpointOf({ port, spec }: Service, field: 'url' | 'address'): string | null {
  if (port === undefined || spec.port === undefined) return null;
  const endpoints = new Map([[spec.name, { host: spec.port.host, port }]]);
  return referenceValue({ service: spec.name, field }, endpoints) ?? null;
}

/** The state that people see. Inside, some have several phases, and a one-shot is never ready. */
export function nameOf(service: Service): StateName {
  const { status } = service.state;
  if (service.spec.isOneShot === true && isUp(service)) return 'running';
  switch (status) {
    case 'checking':
    case 'spawning':
    case 'preparing':
    case 'pausing':
      return 'starting';
    case 'inspecting':
      return 'stopping';
    default:
      return status;
  }
}

function dueAtMs({ state }: Service): number | undefined {
  if (state.status === 'backoff' || state.status === 'pausing') return state.dueAtMs;
  return state.status === 'stopping' ? state.deadlineMs : undefined;
}

function healthView(service: Service, facts: ViewFacts): HealthView | null {
  const probe = healthOf(service);
  if (probe === undefined) return null;
  const { health } = service;
  const run = currentRun(service);
  const failureThreshold = probe.retries;
  if (health === undefined || run === undefined) {
    const message = run === undefined ? 'does not run' : 'not asked yet';
    const nothing = { checkedAt: null, latencyMs: null, components: [], consecutiveFailures: 0 };
    return { status: 'unknown', message, failureThreshold, ...nothing };
  }
  return {
    status: health.ok ? 'pass' : failingStatus(service),
    consecutiveFailures: run.failuresInARow,
    failureThreshold,
    checkedAt: facts.toTime(health.checkedAtMs),
    latencyMs: Math.round(health.latencyMs * 10) / 10,
    ...(health.ok && probe.slowMs !== undefined && health.latencyMs > probe.slowMs
      ? { slowAboveMs: probe.slowMs }
      : {}),
    message: health.message,
    components: health.components,
  };
}

function failingStatus({ state }: Service): 'failing' | 'fail' | 'probing' {
  if (state.status === 'starting') return 'probing';
  return state.status === 'ready' ? 'failing' : 'fail';
}

function conflictView(state: SessionState, service: Service, facts: ViewFacts): ConflictView | null {
  if (service.state.status === 'failed' && service.state.conflict !== undefined) {
    const { use, sinceMs } = service.state.conflict;
    return { ...portView(use, facts.toTime(sinceMs)), choices: [] };
  }
  if (service.state.status !== 'conflict') return null;
  const { use, sinceMs, work, suggestedPort, problem } = service.state;
  return {
    ...portView(use, facts.toTime(sinceMs)),
    choices: conflictChoices(service, use),
    suggestedPort: suggestedPort ?? null,
    rewires: whyNotReroute(service, use) === null ? rewiredBy(state.services, service.spec.name) : [],
    progress: progressOf(work),
    problem: problem ?? null,
  };
}

function portView(use: PortUse, since: string): Omit<ConflictView, 'choices'> {
  return {
    port: use.port,
    since,
    owners: use.owners,
    container: use.behind?.container ?? null,
    obstacles: use.obstacles ?? [],
    suggestedPort: null,
    rewires: [],
    progress: null,
    problem: null,
  };
}

function progressOf(work: ConflictWork): string | null {
  switch (work.kind) {
    case 'idle':
      return null;
    case 'stopping':
      return work.progress;
    case 'reusing':
      return 'probing it before it is used in place of the service';
    case 'rerouting':
      return 'looking for a free port';
    default:
      return assertNever(work);
  }
}
