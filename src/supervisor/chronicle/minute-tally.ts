// Sums up what each service used in a minute, from the regular samples of the processes. A minute ends with the first
// sample after it; it takes no samples of its own.

import type { MinuteRow } from '../../core/session/history.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Clock } from '../../system/system.ts';
import type { Supervisor } from '../supervisor.ts';

const MINUTE_MS = 60_000;

interface MinuteTallyOptions {
  readonly supervisor: Pick<Supervisor, 'state' | 'onChange' | 'metrics' | 'logs' | 'errors'>;
  readonly clock: Clock;
  readonly onMinute: (rows: readonly MinuteRow[]) => void;
}

interface Usage {
  cpuSum: number;
  cpuCount: number;
  leastRssBytes: number;
  mostRssBytes: number;
  latencySum: number;
  latencyCount: number;
}

export class MinuteTally {
  readonly #options: MinuteTallyOptions;
  readonly #usages = new Map<ServiceName, Usage>();
  /** Lines and errors at the start of the minute. */
  readonly #counts = new Map<ServiceName, { readonly lines: number; readonly errors: number }>();
  readonly #probedAtMs = new Map<ServiceName, number>();
  #trees: Supervisor['metrics']['trees'] | undefined;
  #minute: number;

  constructor(options: MinuteTallyOptions) {
    this.#options = options;
    this.#minute = this.#now();
    options.supervisor.onChange(() => this.#look());
  }

  /** The current minute so far. */
  end(): readonly MinuteRow[] {
    const { supervisor } = this.#options;
    const rows = [...this.#usages].map(([service, usage]): MinuteRow => {
      const lines = supervisor.logs.countOf(service);
      const errors = supervisor.errors.countOf(service);
      const before = this.#counts.get(service) ?? { lines: 0, errors: 0 };
      this.#counts.set(service, { lines, errors });
      return {
        service,
        minute: this.#minute,
        cpuPercent: usage.cpuCount === 0 ? null : tenth(usage.cpuSum / usage.cpuCount),
        leastRssBytes: usage.leastRssBytes,
        mostRssBytes: usage.mostRssBytes,
        errors: errors - before.errors,
        lines: lines - before.lines,
        latencyMs: usage.latencyCount === 0 ? null : tenth(usage.latencySum / usage.latencyCount),
      };
    });
    this.#usages.clear();
    return rows;
  }

  #look(): void {
    const { state, metrics } = this.#options.supervisor;
    if (metrics.trees === this.#trees) return;
    this.#trees = metrics.trees;
    const minute = this.#now();
    if (minute !== this.#minute) {
      const rows = this.end();
      this.#minute = minute;
      if (rows.length > 0) this.#options.onMinute(rows);
    }
    for (const [name, { cpuPercent, rssBytes }] of metrics.trees) {
      const usage = this.#usages.get(name) ?? emptyUsage(rssBytes);
      this.#usages.set(name, usage);
      if (cpuPercent !== null) {
        usage.cpuSum += cpuPercent;
        usage.cpuCount += 1;
      }
      usage.leastRssBytes = Math.min(usage.leastRssBytes, rssBytes);
      usage.mostRssBytes = Math.max(usage.mostRssBytes, rssBytes);
      const health = state.services.get(name)?.health;
      if (health === undefined || health.checkedAtMs === this.#probedAtMs.get(name)) continue;
      this.#probedAtMs.set(name, health.checkedAtMs);
      usage.latencySum += health.latencyMs;
      usage.latencyCount += 1;
    }
  }

  #now(): number {
    return Math.floor(this.#options.clock.wallMs() / MINUTE_MS);
  }
}

function emptyUsage(rssBytes: number): Usage {
  return { cpuSum: 0, cpuCount: 0, leastRssBytes: rssBytes, mostRssBytes: rssBytes, latencySum: 0, latencyCount: 0 };
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
