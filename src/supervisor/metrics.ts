// Looks at the process trees: every two seconds while somebody looks on, else every ten;
// and soon after something has started, so that its pids and listeners are known at once.

import type { ServiceName } from '../core/project.ts';
import type { TreeFacts } from '../core/view.ts';
import type { Clock, Processes } from '../system/system.ts';
import type { Runs } from './runs.ts';

const WATCHED_EVERY_MS = 2_000;
const UNWATCHED_EVERY_MS = 10_000;

interface MetricsOptions {
  readonly clock: Clock;
  readonly processes: Processes;
  readonly runs: Runs;
  readonly onSample: () => void;
}

export class Metrics {
  readonly #options: MetricsOptions;
  #trees: ReadonlyMap<ServiceName, TreeFacts> = new Map();
  #isWatched = false;
  /** The instant of the next look that counts; timers that were set for another one do nothing. */
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  get trees(): ReadonlyMap<ServiceName, TreeFacts> {
    return this.#trees;
  }

  /** Somebody looks on, or nobody does any more. */
  setWatched(isWatched: boolean): void {
    if (this.#isWatched === isWatched) return;
    this.#isWatched = isWatched;
    if (isWatched) this.lookWithin(0);
  }

  /** Something has changed: look no later than this. */
  lookWithin(delayMs: number): void {
    const dueMs = this.#options.clock.nowMs() + delayMs;
    if (dueMs >= this.#dueMs) return;
    this.#dueMs = dueMs;
    this.#options.clock.after(delayMs, () => {
      if (this.#dueMs === dueMs) this.lookNow();
    });
  }

  lookNow(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
    const runs = this.#options.runs.all();
    const usages = this.#options.processes.sample(runs.map((run) => run.root));
    const previous = this.#trees;
    this.#trees = new Map(
      runs.flatMap((run, index) => {
        const usage = usages[index];
        if (usage === undefined) return [];
        const known = previous.get(run.service);
        return [[run.service, known !== undefined && isSame(known, usage) ? known : usage] as const];
      }),
    );
    this.#options.onSample();
    if (runs.length > 0) this.lookWithin(this.#isWatched ? WATCHED_EVERY_MS : UNWATCHED_EVERY_MS);
  }
}

/** Equal facts keep their identity, so that an idle service costs no update. */
function isSame(a: TreeFacts, b: TreeFacts): boolean {
  return (
    a.rssBytes === b.rssBytes &&
    a.threads === b.threads &&
    a.connections === b.connections &&
    a.cpuPercent === b.cpuPercent &&
    JSON.stringify([a.pids, a.listening]) === JSON.stringify([b.pids, b.listening])
  );
}
