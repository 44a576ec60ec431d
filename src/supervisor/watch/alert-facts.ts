// Measures the values for the `alerts` rules of each service that has some.

import type { Measured } from '../../core/view/alerts.ts';
import { memoryGrowth, type MemoryTrend, withMemory } from '../../core/view/memory-trend.ts';
import type { ServiceName } from '../../core/model/project.ts';
import { currentRun, isLive, type Service } from '../../core/model/service.ts';
import type { TreeFacts } from '../../core/view/view.ts';
import type { Clock } from '../../system/system.ts';
import type { LogHub } from '../output/log-hub.ts';
import type { ErrorTally } from './error-tally.ts';
import type { StartWatch } from './start-watch.ts';

const MINUTE_MS = 60_000;
/** The time for the ratio of errors to lines. */
const RATE_MS = 5 * MINUTE_MS;
const RATE_STEP_MS = 5_000;
/** Fewer lines say nothing about a rate. */
const FEWEST_LINES = 20;
const FEWEST_PROBES = 5;
const MOST_ERRORS = 10_000;
const PERCENTILE = 0.95;

interface AlertFactsOptions {
  readonly clock: Clock;
  readonly logs: Pick<LogHub, 'countOf'>;
  readonly errors: Pick<ErrorTally, 'onErrors'>;
  readonly starts: Pick<StartWatch, 'beganMs'>;
}

interface LineCount {
  readonly atMs: number;
  readonly count: number;
}

export class AlertFacts {
  readonly #options: AlertFactsOptions;
  /** When each of the newest errors was written, since the epoch. */
  readonly #errors = new Map<ServiceName, number[]>();
  readonly #lines = new Map<ServiceName, LineCount[]>();
  readonly #trends = new Map<ServiceName, MemoryTrend & { readonly run: number }>();
  readonly #unhealthySinceMs = new Map<ServiceName, number>();

  constructor(options: AlertFactsOptions) {
    this.#options = options;
    options.errors.onErrors(({ service, atMs }) => {
      const errors = this.#errors.get(service) ?? [];
      for (const each of atMs) errors.push(each);
      this.#errors.set(service, errors.slice(-MOST_ERRORS));
    });
  }

  measure(service: Service, tree: TreeFacts | undefined): Measured {
    const { name } = service.spec;
    const nowMs = this.#options.clock.nowMs();
    // While it recovers from a crash, nothing is known; once it has ended for good, it uses nothing.
    const nothing = isLive(service) || service.state.status === 'backoff' ? undefined : 0;
    const own = tree?.run === currentRun(service)?.number ? tree : undefined;
    return {
      cpu: own === undefined ? nothing : (own.cpuPercent ?? undefined),
      memory: own?.rssBytes ?? nothing,
      memory_growth: own === undefined ? nothing : this.#growth(name, own, nowMs),
      errors_per_minute: this.#errorsWithin(name, MINUTE_MS),
      error_rate: this.#errorRate(name, nowMs),
      restarts: restartsInARow(service, nowMs),
      latency: currentRun(service) === undefined ? nothing : latency(service),
      ready_within: this.#coming(service, nowMs),
      unhealthy_for: this.#unhealthy(service, nowMs),
    };
  }

  /** Whether a value grows with time alone. */
  isMoving(name: ServiceName): boolean {
    const { starts } = this.#options;
    return (
      (this.#errors.get(name)?.length ?? 0) > 0 ||
      starts.beganMs(name) !== undefined ||
      this.#unhealthySinceMs.has(name)
    );
  }

  #growth(name: ServiceName, { rssBytes, run }: TreeFacts, nowMs: number): number | undefined {
    const known = this.#trends.get(name);
    const trend = { ...withMemory(known?.run === run ? known : undefined, rssBytes, nowMs), run };
    this.#trends.set(name, trend);
    return memoryGrowth(trend);
  }

  #errorsWithin(name: ServiceName, spanMs: number): number {
    const errors = this.#errors.get(name);
    if (errors === undefined) return 0;
    const nowMs = this.#options.clock.wallMs();
    while (errors[0] !== undefined && nowMs - errors[0] > RATE_MS) errors.shift();
    return errors.filter((atMs) => nowMs - atMs <= spanMs).length;
  }

  #errorRate(name: ServiceName, nowMs: number): number | undefined {
    const lines = this.#lines.get(name) ?? [];
    this.#lines.set(name, lines);
    const count = this.#options.logs.countOf(name);
    const last = lines.at(-1);
    if (last === undefined || nowMs - last.atMs >= RATE_STEP_MS) lines.push({ atMs: nowMs, count });
    while (lines[1] !== undefined && nowMs - lines[1].atMs >= RATE_MS) lines.shift();
    const written = count - (lines[0]?.atMs === nowMs ? 0 : (lines[0]?.count ?? 0));
    const errors = this.#errorsWithin(name, RATE_MS);
    if (written < FEWEST_LINES) return errors === 0 ? 0 : undefined;
    return Math.round((errors / written) * 1000) / 10;
  }

  #coming({ spec }: Service, nowMs: number): number {
    const beganMs = this.#options.starts.beganMs(spec.name);
    return beganMs === undefined ? 0 : nowMs - beganMs;
  }

  #unhealthy({ spec, state }: Service, nowMs: number): number {
    if (state.status !== 'unhealthy') {
      this.#unhealthySinceMs.delete(spec.name);
      return 0;
    }
    const sinceMs = this.#unhealthySinceMs.get(spec.name) ?? nowMs;
    this.#unhealthySinceMs.set(spec.name, sinceMs);
    return nowMs - sinceMs;
  }
}

/** None once a run is stable, although the count itself resets only at the next exit. */
function restartsInARow(service: Service, nowMs: number): number {
  const run = currentRun(service);
  const isStable = run !== undefined && nowMs - run.startedAtMs >= service.spec.restart.resetAfterMs;
  return isStable ? 0 : service.attempts;
}

/** The 95th percentile of its last health probes. */
function latency({ probes }: Service): number | undefined {
  if (probes.length < FEWEST_PROBES) return undefined;
  const latencies = probes.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b);
  return Math.round((latencies[Math.ceil(latencies.length * PERCENTILE) - 1] ?? 0) * 10) / 10;
}
