// Counts events for `metrics`. A service that leaves and comes back continues its counts.

import { emptyHistogram, PROBE_BOUNDS, START_BOUNDS, withValue } from '../../core/view/histogram.ts';
import { CONFLICT_OUTCOMES, type ConflictOutcome, type SessionFact } from '../../core/session/events.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Service } from '../../core/model/service.ts';
import type { ServiceTallies, SessionTallies } from '../../core/session/tallies.ts';
import type { TreeFacts } from '../../core/view/view.ts';
import type { Supervisor } from '../supervisor.ts';
import type { EventLog } from './event-log.ts';

type Counts = Omit<ServiceTallies, 'logLines' | 'errorLines' | 'rules'>;

/** The value at the last count. */
interface Known {
  /** The run that had used this much. */
  readonly run: number;
  readonly cpuMs: number;
  readonly restarts: number;
  readonly probedAtMs: number;
}

interface Counted {
  readonly counts: Counts;
  readonly known: Known;
}

interface TalliesOptions {
  readonly supervisor: Pick<Supervisor, 'state' | 'onChange' | 'metrics' | 'logs' | 'errors'>;
  readonly events: Pick<EventLog, 'onFact'>;
}

const NOTHING: Counted = {
  counts: {
    restarts: 0,
    cpuSeconds: 0,
    startSeconds: emptyHistogram(START_BOUNDS),
    readySeconds: emptyHistogram(START_BOUNDS),
    probeSeconds: emptyHistogram(PROBE_BOUNDS),
  },
  known: { run: 0, cpuMs: 0, restarts: 0, probedAtMs: Number.NEGATIVE_INFINITY },
};

export class Tallies {
  readonly #options: TalliesOptions;
  readonly #services = new Map<ServiceName, Counted>();
  readonly #seen = new Map<ServiceName, { readonly service: Service; readonly tree: TreeFacts | undefined }>();
  readonly #conflicts = new Map<ConflictOutcome, number>();

  constructor(options: TalliesOptions) {
    this.#options = options;
    options.events.onFact((fact) => this.#count(fact));
    options.supervisor.onChange(() => this.#look());
  }

  read(): SessionTallies {
    const { state, logs, errors } = this.#options.supervisor;
    const services = [...state.services.values()].map(({ spec: { name, alerts = {} } }) => {
      const tallies: ServiceTallies = {
        ...this.#countedOf(name).counts,
        logLines: logs.countOf(name),
        errorLines: errors.countOf(name),
        rules: Object.entries(alerts).map(([rule, { severity }]) => ({ rule, severity })),
      };
      return [name, tallies] as const;
    });
    const conflicts = CONFLICT_OUTCOMES.map((outcome) => [outcome, this.#conflicts.get(outcome) ?? 0] as const);
    return {
      services: Object.fromEntries(services),
      conflicts: Object.fromEntries(conflicts) as SessionTallies['conflicts'],
    };
  }

  #count(fact: SessionFact): void {
    if (fact.type === 'conflictEnded') {
      this.#conflicts.set(fact.outcome, (this.#conflicts.get(fact.outcome) ?? 0) + 1);
    } else if (fact.type === 'start') {
      const { counts, known } = this.#countedOf(fact.service);
      const startSeconds = withValue(counts.startSeconds, (fact.beforeMs + fact.startingMs) / 1000);
      const readySeconds = withValue(counts.readySeconds, fact.readyMs / 1000);
      this.#services.set(fact.service, { counts: { ...counts, startSeconds, readySeconds }, known });
    }
  }

  #look(): void {
    const { state, metrics } = this.#options.supervisor;
    for (const [name, service] of state.services) {
      const tree = metrics.trees.get(name);
      const seen = this.#seen.get(name);
      if (seen?.service === service && seen.tree === tree) continue;
      this.#seen.set(name, { service, tree });
      const counted = withAnswers(this.#countedOf(name), service);
      this.#services.set(name, tree === undefined ? counted : withCpu(counted, tree));
    }
  }

  #countedOf(service: ServiceName): Counted {
    return this.#services.get(service) ?? NOTHING;
  }
}

function withCpu({ counts, known }: Counted, { run, cpuMs }: TreeFacts): Counted {
  const usedMs = Math.max(0, run === known.run ? cpuMs - known.cpuMs : cpuMs);
  return { counts: { ...counts, cpuSeconds: counts.cpuSeconds + usedMs / 1000 }, known: { ...known, run, cpuMs } };
}

function withAnswers({ counts, known }: Counted, { restarts, probes }: Service): Counted {
  const answers = probes.filter(({ checkedAtMs }) => checkedAtMs > known.probedAtMs);
  return {
    counts: {
      ...counts,
      // A service that came back counts from zero again.
      restarts: counts.restarts + (restarts >= known.restarts ? restarts - known.restarts : restarts),
      probeSeconds: answers.reduce((sum, { latencyMs }) => withValue(sum, latencyMs / 1000), counts.probeSeconds),
    },
    known: { ...known, restarts, probedAtMs: answers.at(-1)?.checkedAtMs ?? known.probedAtMs },
  };
}
