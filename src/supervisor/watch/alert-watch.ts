// Compares the services with their config's rules: after every measurement, every change of state, and new errors. It
// also reports logs that cannot be written, without any rule. It costs almost nothing for services without `alerts`.

import { type Alert, isRaised, judgeAlerts } from '../../core/view/alerts.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Service } from '../../core/model/service.ts';
import type { TreeFacts } from '../../core/view/view.ts';
import type { Clock } from '../../system/system.ts';
import type { LogHub } from '../output/log-hub.ts';
import { AlertFacts } from './alert-facts.ts';
import type { ErrorTally } from './error-tally.ts';
import type { StartWatch } from './start-watch.ts';

const LOOK_EVERY_MS = 1_000;

interface AlertWatchOptions {
  readonly clock: Clock;
  readonly logs: Pick<LogHub, 'countOf' | 'note' | 'problems'>;
  readonly errors: Pick<ErrorTally, 'onErrors'>;
  readonly starts: Pick<StartWatch, 'beganMs'>;
  readonly services: () => ReadonlyMap<ServiceName, Service>;
  readonly trees: () => ReadonlyMap<ServiceName, TreeFacts>;
  /** The alerts of a service have changed. */
  readonly onChange: () => void;
}

export class AlertWatch {
  readonly #options: AlertWatchOptions;
  readonly #facts: AlertFacts;
  readonly #alerts = new Map<ServiceName, readonly Alert[]>();
  readonly #raised = new Map<ServiceName, readonly Alert[]>();
  readonly #logTrouble = new Map<ServiceName, Alert>();
  #isLookDue = false;

  constructor(options: AlertWatchOptions) {
    this.#options = options;
    this.#facts = new AlertFacts(options);
    options.errors.onErrors(({ service }) => {
      if (options.services().get(service)?.spec.alerts !== undefined) this.look();
    });
  }

  /** Raised alerts; the same list until they change. */
  get raised(): ReadonlyMap<ServiceName, readonly Alert[]> {
    return this.#raised;
  }

  look(): void {
    let mayChange = false;
    for (const [name, service] of this.#options.services()) {
      if (service.spec.alerts === undefined && !this.#alerts.has(name)) continue;
      const alerts = this.#judge(name, service);
      // Values, times and disks change without an event.
      mayChange ||= this.#facts.isMoving(name) || alerts.some(({ phase }) => phase !== 'raised');
    }
    for (const [name, problem] of this.#options.logs.problems()) this.#judgeLog(name, problem);
    if (mayChange || this.#logTrouble.size > 0) this.lookSoon();
  }

  lookSoon(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.#isLookDue = false;
      this.look();
    });
  }

  #judge(name: ServiceName, service: Service): readonly Alert[] {
    const before = this.#alerts.get(name) ?? [];
    const measured = this.#facts.measure(service, this.#options.trees().get(name));
    const nowMs = this.#options.clock.nowMs();
    const after = judgeAlerts(service.spec.alerts ?? {}, measured, before, nowMs, !service.wanted);
    if (after === before) return after;
    this.#alerts.set(name, after);
    this.#tell(name, after.filter(isRaised));
    return after;
  }

  #judgeLog(name: ServiceName, problem: string | null): void {
    const before = this.#logTrouble.get(name);
    if (problem === (before?.message ?? null)) return;
    const nowMs = this.#options.clock.nowMs();
    if (problem === null) this.#logTrouble.delete(name);
    else {
      this.#logTrouble.set(name, {
        kind: 'log',
        severity: 'critical',
        phase: 'raised',
        phaseSinceMs: nowMs,
        sinceMs: before?.sinceMs ?? nowMs,
        message: problem,
        value: null,
        limit: null,
      });
    }
    const others = (this.#raised.get(name) ?? []).filter(({ kind }) => kind !== 'log');
    this.#raised.set(name, this.#withLogTrouble(name, others));
    this.#options.onChange();
  }

  #withLogTrouble(name: ServiceName, alerts: readonly Alert[]): readonly Alert[] {
    const trouble = this.#logTrouble.get(name);
    return trouble === undefined ? alerts : [...alerts, trouble];
  }

  #tell(name: ServiceName, raised: readonly Alert[]): void {
    const before = (this.#raised.get(name) ?? []).filter(({ kind }) => kind !== 'log');
    const isIn = (list: readonly Alert[], { kind, message }: Alert): boolean =>
      list.some((alert) => alert.kind === kind && alert.message === message);
    const begun = raised.filter((alert) => !isIn(before, alert));
    const over = before.filter((alert) => !isIn(raised, alert));
    if (begun.length + over.length === 0) return;
    this.#raised.set(name, this.#withLogTrouble(name, raised));
    for (const { message } of begun) this.#options.logs.note(name, `alert: ${message}`);
    for (const { message } of over) this.#options.logs.note(name, `alert over: ${message}`);
    this.#options.onChange();
  }
}
