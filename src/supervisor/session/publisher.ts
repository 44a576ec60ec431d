// State and events → views → messages, at most 30 times a second, with only the views that changed. The first change
// goes out at once, so that a key press shows without delay.

import { abridged } from '../../core/view/abridged.ts';
import type { Alert } from '../../core/view/alerts.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Service } from '../../core/model/service.ts';
import type { SessionEvent, ShutdownReport } from '../../core/session/session.ts';
import type {
  ActorFacts,
  ConfigNews,
  InsightView,
  MetricsView,
  ServiceView,
  SessionSnapshot,
} from '../../core/session/snapshot.ts';
import { viewService, type TreeFacts } from '../../core/view/view.ts';
import type { Clock } from '../../system/system.ts';
import type { Supervisor } from '../supervisor.ts';

const PUBLISH_EVERY_MS = 33;
const CLOCK_STEP_MS = 1_000;
/** The total size in characters of all views, beside the config's part: they go out in one frame, and are written and drawn. */
const MOST_LENGTH = 8 * 1024 * 1024;

export interface SessionFacts {
  readonly pid: number;
  readonly startedAt: string;
  readonly version: string;
}

interface Published {
  readonly service: Service;
  readonly tree: TreeFacts | undefined;
  readonly alerts: readonly Alert[] | undefined;
  readonly insights: readonly InsightView[] | undefined;
  readonly view: ServiceView;
  readonly json: string;
}

interface PublisherOptions {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly session: SessionFacts;
  readonly metrics: () => MetricsView | undefined;
  readonly configNews: () => ConfigNews | undefined;
  readonly actorFacts: () => ActorFacts;
  readonly insights: () => ReadonlyMap<ServiceName, readonly InsightView[]>;
  readonly logFile: (service: ServiceName) => string;
}

export class Publisher {
  readonly #options: PublisherOptions;
  readonly #views = new Map<ServiceName, Published>();
  /** Changed since the last event. A snapshot for one client must not hide a change from the others. */
  readonly #unsent = new Map<ServiceName, ServiceView>();
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  #wallOffsetMs: number;
  /** Views are made late, because the first services start meanwhile. Values unchanged since then are no news. */
  readonly #original: ReadonlyMap<ServiceName, Service>;
  /** As last sent. */
  #facts = '';
  #names: string;
  #lastMs = Number.NEGATIVE_INFINITY;
  #isScheduled = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#wallOffsetMs = this.#currentOffsetMs();
    this.#original = options.supervisor.state.services;
    this.#names = this.#namesInOrder().join();
    options.supervisor.onChange(() => this.#schedule());
  }

  snapshot(): SessionSnapshot {
    this.#refresh();
    const { project } = this.#options.supervisor;
    return {
      project: { name: project.name, root: project.root },
      session: this.#session(),
      services: this.#namesInOrder().flatMap((name) => this.#views.get(name)?.view ?? []),
    };
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: SessionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** The last messages: the final views, then the end. */
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
    const session = this.#session();
    const facts = JSON.stringify(session);
    const names = this.#namesInOrder();
    const isSameList = names.join() === this.#names;
    if (this.#unsent.size === 0 && isSameList && facts === this.#facts) return;
    const services = [...this.#unsent.values()];
    this.#unsent.clear();
    this.#facts = facts;
    this.#names = names.join();
    this.emit({ type: 'services', services, session, ...(isSameList ? {} : { names }) });
  }

  #namesInOrder(): readonly ServiceName[] {
    return [...this.#options.supervisor.state.services.keys()];
  }

  #refresh(): void {
    const { supervisor } = this.#options;
    const facts = {
      trees: supervisor.metrics.trees,
      alerts: supervisor.alerts,
      insights: this.#options.insights(),
      logFile: this.#options.logFile,
      toTime: (atMs: number) => this.toTime(atMs),
    };
    for (const name of this.#views.keys()) {
      if (supervisor.state.services.has(name)) continue;
      this.#views.delete(name);
      this.#unsent.delete(name);
    }
    for (const [name, service] of supervisor.state.services) {
      const known = this.#views.get(name);
      const tree = facts.trees.get(name);
      // A conflict's view also depends on its neighbours.
      const alerts = facts.alerts.get(name);
      const insights = facts.insights.get(name);
      const isSame =
        known?.service === service &&
        known.tree === tree &&
        known.alerts === alerts &&
        known.insights === insights &&
        service.state.status !== 'conflict';
      if (isSame) continue;
      const masked = supervisor.context.masker.maskDeep(viewService(supervisor.state, service, facts));
      const { view, json } = withinRoom(masked, MOST_LENGTH / supervisor.state.services.size);
      const isNews = known === undefined ? service !== this.#original.get(name) : known.json !== json;
      if (isNews) this.#unsent.set(name, view);
      this.#views.set(name, { service, tree, alerts, insights, view, json });
    }
  }

  #session(): SessionSnapshot['session'] {
    const config = this.#options.configNews();
    const metrics = this.#options.metrics();
    const { state, checks, context } = this.#options.supervisor;
    return context.masker.maskDeep({
      running: true,
      ...this.#options.session,
      ending: state.isEnding,
      ...(config === undefined ? {} : { config }),
      ...(metrics === undefined ? {} : { metrics }),
      ...(checks.isDue ? { checking: true } : {}),
      ...(checks.failed.length === 0 ? {} : { failedChecks: checks.failed }),
      ...this.#options.actorFacts(),
    });
  }

  /** One offset for all times, so that an instant always has the same text. A change of the wall clock moves it. */
  toTime(atMs: number): string {
    const offsetMs = this.#currentOffsetMs();
    if (Math.abs(offsetMs - this.#wallOffsetMs) > CLOCK_STEP_MS) this.#wallOffsetMs = offsetMs;
    return new Date(this.#wallOffsetMs + atMs).toISOString();
  }

  #currentOffsetMs(): number {
    return this.#options.clock.wallMs() - this.#options.clock.nowMs();
  }
}

/** Each service has its share of the room. */
function withinRoom(view: ServiceView, room: number): Pick<Published, 'view' | 'json'> {
  const json = JSON.stringify(view);
  if (json.length <= room) return { view, json };
  const short = abridged(view);
  return { view: short, json: JSON.stringify(short) };
}
