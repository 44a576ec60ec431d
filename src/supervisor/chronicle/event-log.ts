// Writes the events of the session for `events`, passes them on to the counters, and keeps the newest for the screen.
// It compares states after each change; an unchanged service costs one comparison.

import type { Alert } from '../../core/view/alerts.ts';
import { alertFacts, checkFacts, factsBetween } from '../../core/view/session-events.ts';
import type { EventFact, FactWindow, SessionFact } from '../../core/session/events.ts';
import type { ServiceName } from '../../core/model/project.ts';
import { currentRun, type Service, type SessionState } from '../../core/model/service.ts';
import type { FailedCheckView } from '../../core/session/snapshot.ts';
import type { Clock } from '../../system/system.ts';
import type { Supervisor } from '../supervisor.ts';

interface EventLogOptions {
  readonly supervisor: Pick<Supervisor, 'state' | 'onChange' | 'context' | 'checks' | 'starts' | 'alerts'>;
  readonly clock: Clock;
  readonly write: (line: string) => void;
}

/** Some 200 bytes each. */
const MOST_REMEMBERED = 2_000;

export class EventLog {
  readonly #options: EventLogOptions;
  readonly #listeners = new Set<(fact: SessionFact) => void>();
  readonly #alerts = new Map<ServiceName, readonly Alert[]>();
  #known: SessionState;
  #failedChecks: readonly FailedCheckView[] = [];
  #remembered: FactWindow['facts'][number][] = [];
  #next = 0;

  constructor(options: EventLogOptions) {
    this.#options = options;
    this.#known = options.supervisor.state;
    options.supervisor.onChange(() => this.#look());
  }

  /** Calls with each new event, without secrets. */
  onFact(listener: (fact: SessionFact) => void): void {
    this.#listeners.add(listener);
  }

  add(fact: EventFact): void {
    const time = new Date(this.#options.clock.wallMs()).toISOString();
    const told: SessionFact = {
      time,
      ...this.#options.supervisor.context.masker.maskDeep(fact),
    };
    this.#options.write(JSON.stringify(told));
    this.#remembered.push({ ...told, seq: this.#next });
    this.#next += 1;
    // Rarely, because cutting copies all that remains.
    if (this.#remembered.length > 1.5 * MOST_REMEMBERED) this.#remembered = this.#remembered.slice(-MOST_REMEMBERED);
    for (const listener of this.#listeners) listener(told);
  }

  /** The kept events from this number on. */
  read(from: number): FactWindow {
    return { facts: this.#remembered.filter(({ seq }) => seq >= from), next: this.#next };
  }

  #look(): void {
    const { state, checks } = this.#options.supervisor;
    if (checks.failed !== this.#failedChecks) {
      for (const fact of checkFacts(this.#failedChecks, checks.failed)) this.add(fact);
      this.#failedChecks = checks.failed;
    }
    this.#lookAtAlerts();
    const known = this.#known;
    this.#known = state;
    if (state === known) return;
    for (const [name, now] of state.services) {
      const before = known.services.get(name);
      if (before === undefined || before === now) continue;
      for (const fact of factsBetween(before, now, this.#startTimes(before, now))) this.add(fact);
    }
    if (state.isEnding && !known.isEnding) this.add({ type: 'session', state: 'ending' });
  }

  #lookAtAlerts(): void {
    for (const [service, alerts] of this.#options.supervisor.alerts) {
      const before = this.#alerts.get(service) ?? [];
      if (alerts === before) continue;
      this.#alerts.set(service, alerts);
      for (const fact of alertFacts(service, before, alerts)) this.add(fact);
    }
  }

  #startTimes(before: Service, now: Service) {
    const readyAtMs = currentRun(now)?.readyAtMs;
    const isNews = readyAtMs !== undefined && readyAtMs !== currentRun(before)?.readyAtMs;
    return isNews ? this.#options.supervisor.starts.timesOf(now) : undefined;
  }
}
