// State and facts → views → events, at most 30 times a second; only views that changed are sent.
// The first change goes out at once, so that a key press is seen without delay.

import type { Alert } from '../core/alerts.ts';
import type { ServiceName } from '../core/project.ts';
import type { Service } from '../core/service.ts';
import type { SessionEvent, ShutdownReport } from '../core/session.ts';
import type { ServiceView, SessionSnapshot } from '../core/snapshot.ts';
import { viewService, type TreeFacts } from '../core/view.ts';
import type { Clock } from '../system/system.ts';
import type { Supervisor } from './supervisor.ts';

const PUBLISH_EVERY_MS = 33;
const CLOCK_STEP_MS = 1_000;

export interface SessionFacts {
  readonly pid: number;
  readonly startedAt: string;
  readonly version: string;
}

interface Published {
  readonly service: Service;
  readonly tree: TreeFacts | undefined;
  readonly alerts: readonly Alert[] | undefined;
  readonly view: ServiceView;
  readonly json: string;
}

interface PublisherOptions {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly session: SessionFacts;
  readonly project: { readonly name: string; readonly root: string };
  readonly logFile: (service: ServiceName) => string;
}

export class Publisher {
  readonly #options: PublisherOptions;
  readonly #views = new Map<ServiceName, Published>();
  /** Changed since the last event. A snapshot for one client must not hide a change from the others. */
  readonly #unsent = new Map<ServiceName, ServiceView>();
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  #wallOffsetMs: number;
  #isEnding = false;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isScheduled = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#wallOffsetMs = this.#currentOffsetMs();
    this.#refresh();
    this.#unsent.clear();
    options.supervisor.onChange(() => this.#schedule());
  }

  snapshot(): SessionSnapshot {
    this.#refresh();
    return {
      project: this.#options.project,
      session: this.#session(),
      services: [...this.#views.values()].map(({ view }) => view),
    };
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: SessionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** The last word: the final views, then the end. Nothing follows. */
  end(report: ShutdownReport): void {
    this.#publish();
    this.emit({ type: 'ended', report });
    this.#listeners.clear();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#listeners.size === 0) return;
    this.#isScheduled = true;
    const { clock } = this.#options;
    clock.after(Math.max(0, this.#lastMs + PUBLISH_EVERY_MS - clock.nowMs()), () => {
      this.#isScheduled = false;
      this.#lastMs = clock.nowMs();
      this.#publish();
    });
  }

  #publish(): void {
    this.#refresh();
    const { isEnding } = this.#options.supervisor.state;
    if (this.#unsent.size === 0 && isEnding === this.#isEnding) return;
    const services = [...this.#unsent.values()];
    this.#unsent.clear();
    this.#isEnding = isEnding;
    this.emit({ type: 'services', services, session: this.#session() });
  }

  #refresh(): void {
    const { supervisor } = this.#options;
    const facts = {
      trees: supervisor.metrics.trees,
      alerts: supervisor.alerts,
      logFile: this.#options.logFile,
      toTime: (atMs: number) => this.#toTime(atMs),
    };
    for (const [name, service] of supervisor.state.services) {
      const known = this.#views.get(name);
      const tree = facts.trees.get(name);
      // A conflict's view also depends on its neighbours.
      const alerts = facts.alerts.get(name);
      const isSame =
        known?.service === service &&
        known.tree === tree &&
        known.alerts === alerts &&
        service.state.status !== 'conflict';
      if (isSame) continue;
      const view = viewService(supervisor.state, service, facts);
      const json = JSON.stringify(view);
      if (known?.json !== json) this.#unsent.set(name, view);
      this.#views.set(name, { service, tree, alerts, view, json });
    }
  }

  #session(): SessionSnapshot['session'] {
    return { running: true, ...this.#options.session, ending: this.#options.supervisor.state.isEnding };
  }

  /** One offset for all times, so that an instant is always written the same; a clock that was set anew moves it. */
  #toTime(atMs: number): string {
    const offsetMs = this.#currentOffsetMs();
    if (Math.abs(offsetMs - this.#wallOffsetMs) > CLOCK_STEP_MS) this.#wallOffsetMs = offsetMs;
    return new Date(this.#wallOffsetMs + atMs).toISOString();
  }

  #currentOffsetMs(): number {
    return this.#options.clock.wallMs() - this.#options.clock.nowMs();
  }
}
