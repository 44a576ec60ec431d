// Holds the services against the thresholds of their config, after every look at the processes and when errors come in;
// and tells of logs that cannot be written, whatever the config says.
// Costs next to nothing for services without `alerts`. Errors are counted elsewhere (error-tally).

import { type Alert, judgeAlerts } from '../../core/view/alerts.ts';
import type { ServiceName } from '../../core/model/project.ts';
import { currentRun, type Service } from '../../core/model/service.ts';
import type { TreeFacts } from '../../core/view/view.ts';
import type { Clock } from '../../system/system.ts';
import type { ErrorTally } from './error-tally.ts';
import type { LogHub } from '../output/log-hub.ts';

const MINUTE_MS = 60_000;
const LOOK_EVERY_MS = 1_000;

interface AlertWatchOptions {
  readonly clock: Clock;
  readonly logs: LogHub;
  readonly errors: Pick<ErrorTally, 'onErrors'>;
  readonly services: () => ReadonlyMap<ServiceName, Service>;
  readonly trees: () => ReadonlyMap<ServiceName, TreeFacts>;
  /** The alerts of a service are others than before. */
  readonly onChange: () => void;
}

export class AlertWatch {
  readonly #options: AlertWatchOptions;
  readonly #alerts = new Map<ServiceName, readonly Alert[]>();
  readonly #raised = new Map<ServiceName, readonly Alert[]>();
  readonly #logTrouble = new Map<ServiceName, Alert>();
  /** When the errors of the last minute came. */
  readonly #errors = new Map<ServiceName, number[]>();
  #isLookDue = false;

  constructor(options: AlertWatchOptions) {
    this.#options = options;
    options.errors.onErrors(({ service, atMs }) => this.#count(service, atMs.length));
  }

  /** Active alerts; the same list as long as they are the same. */
  get raised(): ReadonlyMap<ServiceName, readonly Alert[]> {
    return this.#raised;
  }

  #count(service: ServiceName, count: number): void {
    const limit = this.#options.services().get(service)?.spec.alerts?.errorsPerMinute;
    if (limit === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    const errors = [...(this.#errors.get(service) ?? []), ...Array.from({ length: count }, () => nowMs)];
    // More than one over the limit tells nothing new.
    this.#errors.set(service, errors.slice(-(limit + 1)));
    this.lookSoon();
  }

  look(): void {
    for (const [name, service] of this.#options.services()) {
      if (service.spec.alerts !== undefined || this.#alerts.has(name)) this.#judge(name, service);
    }
    for (const [name, problem] of this.#options.logs.problems()) this.#judgeLog(name, problem);
    // Errors grow old, and disks become free, without anything happening.
    const mayChange = this.#logTrouble.size > 0 || [...this.#errors.values()].some((errors) => errors.length > 0);
    if (mayChange) this.lookSoon();
  }

  lookSoon(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.#isLookDue = false;
      this.look();
    });
  }

  #judge(name: ServiceName, service: Service): void {
    const nowMs = this.#options.clock.nowMs();
    const tree = currentRun(service) === undefined ? undefined : this.#options.trees().get(name);
    const errors = this.#errors.get(name) ?? [];
    while (errors[0] !== undefined && nowMs - errors[0] > MINUTE_MS) errors.shift();
    const before = this.#alerts.get(name) ?? [];
    const measured = {
      cpuPercent: tree?.cpuPercent ?? null,
      rssBytes: tree?.rssBytes ?? null,
      errorsPerMinute: errors.length,
      restarts: restartsInARow(service, nowMs),
    };
    const after = judgeAlerts(service.spec.alerts ?? {}, measured, before, nowMs);
    if (after === before) return;
    this.#alerts.set(name, after);
    this.#tell(name, after);
  }

  #judgeLog(name: ServiceName, problem: string | null): void {
    const before = this.#logTrouble.get(name);
    if (problem === (before?.message ?? null)) return;
    if (problem === null) this.#logTrouble.delete(name);
    else {
      const sinceMs = before?.sinceMs ?? this.#options.clock.nowMs();
      this.#logTrouble.set(name, { kind: 'log', isRaised: true, sinceMs, message: problem });
    }
    const others = (this.#raised.get(name) ?? []).filter(({ kind }) => kind !== 'log');
    this.#raised.set(name, this.#withLogTrouble(name, others));
    this.#options.onChange();
  }

  #withLogTrouble(name: ServiceName, alerts: readonly Alert[]): readonly Alert[] {
    const trouble = this.#logTrouble.get(name);
    return trouble === undefined ? alerts : [...alerts, trouble];
  }

  #tell(name: ServiceName, alerts: readonly Alert[]): void {
    const before = (this.#raised.get(name) ?? []).filter(({ kind }) => kind !== 'log');
    const raised = alerts.filter(({ isRaised }) => isRaised);
    const isIn = (list: readonly Alert[], { kind }: Alert): boolean => list.some((alert) => alert.kind === kind);
    const begun = raised.filter((alert) => !isIn(before, alert));
    const over = before.filter((alert) => !isIn(raised, alert));
    if (begun.length + over.length === 0) return;
    this.#raised.set(name, this.#withLogTrouble(name, raised));
    for (const { message } of begun) this.#options.logs.note(name, `alert: ${message}`);
    for (const { message } of over) this.#options.logs.note(name, `alert over: ${message}`);
    this.#options.onChange();
  }
}

/** None once a run is stable, though the count itself starts over only with the next exit. */
function restartsInARow(service: Service, nowMs: number): number {
  const run = currentRun(service);
  const isStable = run !== undefined && nowMs - run.startedAtMs >= service.spec.restart.resetAfterMs;
  return isStable ? 0 : service.attempts;
}
