// Follows services on their way up. A start-up begins when a service that nobody has started yet, or that somebody restarts,
// sets out while no other is on its way, and lasts until each that joined it is ready, failed or stopped. Pure.

import { assertNever } from '../../errors.ts';
import type { ServiceName } from '../model/project.ts';
import type { Service } from '../model/service.ts';
import type {
  CriticalStep,
  PhaseSpan,
  PhaseTimes,
  ServiceStart,
  StartOutcome,
  StartPhase,
} from '../session/startup.ts';

/** A start-up as it is followed. */
export interface StartupTrack {
  /** Monotonic. */
  readonly beganAtMs: number;
  readonly services: ReadonlyMap<ServiceName, ServiceStart>;
}

type Services = ReadonlyMap<ServiceName, Service>;

/** The same track again when nothing changed; a new one when another start-up began. */
export function followStartup(
  track: StartupTrack | undefined,
  before: Services,
  now: Services,
  nowMs: number,
): StartupTrack | undefined {
  let next = track;
  for (const [name, service] of now) {
    const known = before.get(name);
    if (known === service) continue;
    const stage = stageOf(service);
    const start = next?.services.get(name);
    if (setsOut(known, stage, start)) {
      if (next === undefined || isOver(next)) next = { beganAtMs: nowMs, services: new Map() };
      next = withStart(next, { ...UNBEGUN, ...factsOf(service) });
    } else if (start?.outcome !== 'coming') continue;
    if (next !== undefined) next = withStage(next, name, stage, nowMs - next.beganAtMs);
  }
  return next === undefined ? undefined : withoutLost(next, now, nowMs - next.beganAtMs);
}

/** True when nothing of it is on its way any more. */
export function isOver({ services }: StartupTrack): boolean {
  return [...services.values()].every(({ outcome }) => outcome !== 'coming');
}

/** How long it has taken until `nowMs`, or took until its end; what was stopped on the way does not count. */
export function elapsedMs(track: StartupTrack, nowMs: number): number {
  if (!isOver(track)) return nowMs - track.beganAtMs;
  const counted = [...track.services.values()].filter(({ outcome }) => outcome !== 'stopped');
  return Math.max(0, ...counted.map(({ doneMs }) => doneMs ?? 0));
}

/**
 * The way to the service that was ready last: each step begins when the one before it let it go on. The steps add up to the
 * time that this service took from the start on. A service that is still on its way counts as ready at `nowMs`.
 */
export function criticalPath(starts: readonly ServiceStart[], nowMs: number): readonly CriticalStep[] {
  const endOf = ({ doneMs }: ServiceStart): number => doneMs ?? nowMs;
  const byName = new Map(starts.map((start) => [start.service, start]));
  const counted = starts.filter(({ outcome }) => outcome !== 'stopped');
  const steps: CriticalStep[] = [];
  let current = counted.reduce<ServiceStart | undefined>(
    (last, start) => (last === undefined || endOf(start) > endOf(last) ? start : last),
    undefined,
  );
  let untilMs = current === undefined ? 0 : endOf(current);
  const seen = new Set<ServiceName>();
  while (current !== undefined) {
    seen.add(current.service);
    const { service, dependsOn } = current;
    const goesOnMs = waitedUntil(current, untilMs);
    const releases = goesOnMs === undefined ? [] : dependsOn.flatMap((name) => releaseBy(byName.get(name), goesOnMs));
    const [first] = releases.filter(({ start }) => !seen.has(start.service)).toSorted((a, b) => b.atMs - a.atMs);
    steps.unshift({ service, ms: untilMs - (first?.atMs ?? 0) });
    current = first?.start;
    untilMs = first?.atMs ?? 0;
  }
  return steps;
}

type Stage = StartPhase | Exclude<StartOutcome, 'coming'>;

const UNBEGUN = { phases: [], outcome: 'coming', doneMs: null } as const;
const PHASES: ReadonlySet<string> = new Set([
  'waiting',
  'conflict',
  'before',
  'starting',
  'backoff',
] satisfies StartPhase[]);

function factsOf({ spec }: Service): Pick<ServiceStart, 'service' | 'dependsOn'> {
  return { service: spec.name, dependsOn: spec.dependsOn.map(({ service }) => service) };
}

function stageOf(service: Service): Stage {
  const { spec, state } = service;
  switch (state.status) {
    case 'waiting':
      return state.blockers.some(({ isForGood }) => isForGood) ? 'failed' : 'waiting';
    case 'conflict':
      return 'conflict';
    case 'checking':
      return spec.before.length > 0 ? 'before' : 'starting';
    case 'spawning':
      return state.hook === undefined ? 'starting' : 'before';
    case 'preparing':
    case 'pausing':
      return 'before';
    case 'starting':
      return 'starting';
    case 'ready':
    case 'unhealthy':
      return 'ready';
    case 'backoff':
    case 'inspecting':
      return 'backoff';
    case 'exited':
      return service.exit?.code === 0 ? 'ready' : 'failed';
    case 'failed':
      return 'failed';
    case 'stopped':
      return 'stopped';
    case 'stopping':
      return state.cause.kind === 'asked' ? 'stopped' : 'backoff';
    default:
      return assertNever(state);
  }
}

/** Not a service that crashed after it had been ready: it restarts by itself, and no start waits for it. */
function setsOut(before: Service | undefined, stage: Stage, start: ServiceStart | undefined): boolean {
  if (!PHASES.has(stage) || stage === 'backoff' || start?.outcome === 'coming') return false;
  if (before === undefined) return true;
  const last = stageOf(before);
  return last !== 'backoff' && !PHASES.has(last) && before.state.status !== 'unhealthy';
}

function withStart(track: StartupTrack, start: ServiceStart): StartupTrack {
  return { ...track, services: new Map(track.services).set(start.service, start) };
}

function withStage(track: StartupTrack, name: ServiceName, stage: Stage, atMs: number): StartupTrack {
  const start = track.services.get(name);
  const last = start?.phases.at(-1);
  if (start === undefined || last?.phase === stage) return track;
  const ended = start.phases.map((span) => (span.toMs === null ? { ...span, toMs: atMs } : span));
  return isPhase(stage)
    ? withStart(track, { ...start, phases: [...ended, { phase: stage, fromMs: atMs, toMs: null }] })
    : withStart(track, { ...start, phases: ended, outcome: stage, doneMs: atMs });
}

function isPhase(stage: Stage): stage is StartPhase {
  return PHASES.has(stage);
}

/** What left the config on the way is stopped. */
function withoutLost(track: StartupTrack, now: Services, atMs: number): StartupTrack {
  let next = track;
  for (const { service, outcome } of track.services.values()) {
    if (outcome === 'coming' && !now.has(service)) next = withStage(next, service, 'stopped', atMs);
  }
  return next;
}

/** When it went on after it had waited for others, at the latest; undefined when it never waited. */
function waitedUntil({ phases }: ServiceStart, untilMs: number): number | undefined {
  const waits = phases.filter(({ phase, fromMs }) => phase === 'waiting' && fromMs <= untilMs);
  return waits.length === 0 ? undefined : Math.min(untilMs, waits.at(-1)?.toMs ?? untilMs);
}

/** The last moment up to `atMs` at which the dependency let others go on: as it was ready, or as it had been started. */
function releaseBy(
  start: ServiceStart | undefined,
  atMs: number,
): readonly { readonly start: ServiceStart; readonly atMs: number }[] {
  if (start === undefined) return [];
  const began = start.phases.filter(({ phase }) => phase === 'starting').map(({ fromMs }: PhaseSpan) => fromMs);
  const ready = start.outcome === 'ready' && start.doneMs !== null ? [start.doneMs] : [];
  const marks = [...began, ...ready].filter((mark) => mark <= atMs);
  return marks.length === 0 ? [] : [{ start, atMs: Math.max(...marks) }];
}

/** How long each phase took together, in the words of `why --startup --json`; what has not ended counts until `nowMs`. */
export function phaseTimes({ phases, doneMs, outcome }: ServiceStart, nowMs: number): PhaseTimes {
  const sum = (...wanted: readonly StartPhase[]): number =>
    phases
      .filter(({ phase }) => wanted.includes(phase))
      .reduce((total, { fromMs, toMs }) => total + (toMs ?? nowMs) - fromMs, 0);
  return {
    waitingMs: sum('waiting', 'conflict'),
    beforeMs: sum('before'),
    startingMs: sum('starting', 'backoff'),
    readyMs: outcome === 'ready' ? doneMs : null,
  };
}

/** The one in the middle, of an even number the later one; null of none. */
export function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
