// Writes down what happens in the session, one fact after the other, for `events`. Compares states after each change;
// a service that did not change costs one comparison.

import { checkFacts, type EventFact, factsBetween } from '../../core/view/session-events.ts';
import type { SessionState } from '../../core/model/service.ts';
import type { FailedCheckView } from '../../core/model/snapshot.ts';
import type { Clock } from '../../system/system.ts';
import type { Supervisor } from '../supervisor.ts';

interface EventLogOptions {
  readonly supervisor: Pick<Supervisor, 'state' | 'onChange' | 'context' | 'checks'>;
  readonly clock: Clock;
  readonly write: (line: string) => void;
}

export class EventLog {
  readonly #options: EventLogOptions;
  #known: SessionState;
  #failedChecks: readonly FailedCheckView[] = [];

  constructor(options: EventLogOptions) {
    this.#options = options;
    this.#known = options.supervisor.state;
    options.supervisor.onChange(() => this.#look());
  }

  add(fact: EventFact): void {
    const time = new Date(this.#options.clock.wallMs()).toISOString();
    this.#options.write(JSON.stringify({ time, ...this.#options.supervisor.context.masker.maskDeep(fact) }));
  }

  #look(): void {
    const { state, checks } = this.#options.supervisor;
    if (checks.failed !== this.#failedChecks) {
      for (const fact of checkFacts(this.#failedChecks, checks.failed)) this.add(fact);
      this.#failedChecks = checks.failed;
    }
    const known = this.#known;
    this.#known = state;
    if (state === known) return;
    for (const [name, now] of state.services) {
      const before = known.services.get(name);
      if (before === undefined || before === now) continue;
      for (const fact of factsBetween(before, now)) this.add(fact);
    }
    if (state.isEnding && !known.isEnding) this.add({ type: 'session', state: 'ending' });
  }
}
