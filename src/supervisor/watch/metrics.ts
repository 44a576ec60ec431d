// Measures the process trees: every two seconds while a screen is open, else every ten. It also measures soon after a
// start, so that pids and listeners are known at once.

import type { ServiceName } from '../../core/model/project.ts';
import type { TreeFacts } from '../../core/view/view.ts';
import type { Clock, Processes, TreeUsage } from '../../system/system.ts';
import type { Containers } from '../containers/containers.ts';
import type { Externals } from '../runs/externals.ts';
import type { Runs } from '../runs/runs.ts';

const WATCHED_EVERY_MS = 2_000;
const UNWATCHED_EVERY_MS = 10_000;

interface MetricsOptions {
  readonly clock: Clock;
  readonly processes: Processes;
  readonly runs: Runs;
  readonly externals: Externals;
  readonly containers: Pick<Containers, 'measure' | 'facts'>;
  readonly onSample: () => void;
}

export class Metrics {
  readonly #options: MetricsOptions;
  #trees: ReadonlyMap<ServiceName, TreeFacts> = new Map();
  #isWatched = false;
  /** The instant of the next valid measurement; other timers do nothing. */
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  get trees(): ReadonlyMap<ServiceName, TreeFacts> {
    return this.#trees;
  }

  /** A screen has opened, or the last one has closed. */
  setWatched(isWatched: boolean): void {
    if (this.#isWatched === isWatched) return;
    this.#isWatched = isWatched;
    if (isWatched) this.lookWithin(0);
  }

  /** Something has changed: measure no later than this. */
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
    const { runs, externals, processes, containers } = this.#options;
    const trees = [
      ...runs.all().map(({ service, number, root }) => ({ service, number, roots: [root] })),
      ...externals.all().map(({ service, number, roots }) => ({ service, number, roots })),
    ];
    const everyMs = this.#isWatched ? WATCHED_EVERY_MS : UNWATCHED_EVERY_MS;
    // Before this measurement, because the system may refuse it.
    if (trees.length > 0) this.lookWithin(everyMs);
    const usages = processes.sample(trees.flatMap(({ roots }) => roots))[Symbol.iterator]();
    const found = trees.flatMap(({ service, number, roots }) => {
      const usage = total(roots.flatMap(() => usages.next().value ?? []));
      return usage === undefined ? [] : [[service, { ...usage, run: number }] as const];
    });
    const contained = containers.facts(new Map(found));
    this.#take([...found, ...contained]);
    containers.measure();
    if (contained.length > 0) this.lookWithin(everyMs);
  }

  /** The engine has reported the containers' usage. */
  takeContainers(): void {
    this.#take([...this.#trees, ...this.#options.containers.facts(this.#trees)]);
  }

  #take(facts: readonly (readonly [ServiceName, TreeFacts])[]): void {
    const previous = this.#trees;
    this.#trees = new Map(
      facts.map(([service, usage]) => {
        const known = previous.get(service);
        return [service, known !== undefined && isSame(known, usage) ? known : usage];
      }),
    );
    this.#options.onSample();
  }
}

/** Several trees of one service: the trees of a foreign server can stand side by side. */
function total([first, ...others]: readonly TreeUsage[]): TreeUsage | undefined {
  if (first === undefined) return undefined;
  return others.reduce(
    (sum, usage) => ({
      pids: [...sum.pids, ...usage.pids],
      cpuPercent: sum.cpuPercent === null || usage.cpuPercent === null ? null : sum.cpuPercent + usage.cpuPercent,
      cpuMs: sum.cpuMs + usage.cpuMs,
      rssBytes: sum.rssBytes + usage.rssBytes,
      threads: sum.threads + usage.threads,
      connections: sum.connections + usage.connections,
      listening: [...sum.listening, ...usage.listening],
      holders: [...sum.holders, ...usage.holders],
      // The trees of one service do not count as foreign to each other.
      strangers: sum.strangers.filter((one) =>
        usage.strangers.some((other) => other.address === one.address && other.port === one.port),
      ),
    }),
    first,
  );
}

/** Equal values keep their identity, so that an idle service costs no update. */
function isSame(a: TreeFacts, b: TreeFacts): boolean {
  return (
    a.run === b.run &&
    a.rssBytes === b.rssBytes &&
    a.threads === b.threads &&
    a.connections === b.connections &&
    a.cpuPercent === b.cpuPercent &&
    a.cpuMs === b.cpuMs &&
    JSON.stringify([a.pids, a.listening, a.holders, a.strangers]) ===
      JSON.stringify([b.pids, b.listening, b.holders, b.strangers])
  );
}
