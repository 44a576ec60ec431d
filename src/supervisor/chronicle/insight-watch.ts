// Insights about each service from its history: after a start, after a crash, and at times about memory. It reads a
// few rows right after the history was written, so it wakes nothing by itself.

import { insights } from '../../core/history/insights.ts';
import type { HistoryItem, MinuteRow } from '../../core/session/history.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { InsightView } from '../../core/session/snapshot.ts';
import type { HistoryReader } from '../../system/history/history-reader.ts';
import type { Clock } from '../../system/system.ts';
import type { Supervisor } from '../supervisor.ts';
import type { EventLog } from './event-log.ts';
import type { HistoryFeed } from './history-feed.ts';

const DAY_MS = 24 * 3_600_000;
const STARTS_MS = 14 * DAY_MS;
const MEMORY_MS = 3 * 3_600_000;
const MEMORY_EVERY_MS = 10 * 60_000;
/** Of one service. */
const MOST_ITEMS = 300;

interface InsightWatchOptions {
  readonly supervisor: Pick<Supervisor, 'state' | 'announce'>;
  readonly events: Pick<EventLog, 'onFact'>;
  readonly history: Pick<HistoryFeed, 'onWritten' | 'read'>;
  readonly clock: Clock;
}

export class InsightWatch {
  readonly #options: InsightWatchOptions;
  /** Services with events since the last check. */
  readonly #due = new Set<ServiceName>();
  #known: ReadonlyMap<ServiceName, readonly InsightView[]> = new Map();
  #memoryAtMs: number;

  constructor(options: InsightWatchOptions) {
    this.#options = options;
    this.#memoryAtMs = options.clock.nowMs();
    options.events.onFact((fact) => {
      if (fact.type === 'start' || fact.type === 'crash') this.#due.add(fact.service);
    });
    options.history.onWritten(() => void this.look());
  }

  /** By service; the same map until something changes. */
  get known(): ReadonlyMap<ServiceName, readonly InsightView[]> {
    return this.#known;
  }

  /** Checks what happened since the last time. Costs nothing if nothing did. */
  async look(): Promise<void> {
    const { supervisor, history, clock } = this.#options;
    if (clock.nowMs() - this.#memoryAtMs >= MEMORY_EVERY_MS) {
      this.#memoryAtMs = clock.nowMs();
      for (const name of supervisor.state.services.keys()) this.#due.add(name);
    }
    if (this.#due.size === 0) return;
    const names = [...this.#due];
    this.#due.clear();
    const found = await history.read((reader) => names.map((name) => insightsOf(reader, name, clock.wallMs())));
    if (found === undefined) {
      for (const name of names) this.#due.add(name);
      return;
    }
    const known = new Map([...this.#known, ...names.map((name, index) => [name, found[index] ?? []] as const)]);
    const [before, now] = [this.#known, known].map((each) =>
      JSON.stringify([...each].filter(([, list]) => list.length > 0)),
    );
    if (before === now) return;
    this.#known = known;
    supervisor.announce();
  }
}

function insightsOf(reader: HistoryReader, service: ServiceName, nowMs: number): readonly InsightView[] {
  const sinceMs = nowMs - STARTS_MS;
  const own = { sinceMs, services: [service], newest: MOST_ITEMS };
  const items: readonly HistoryItem[] = [
    ...reader.items({ ...own, types: ['start'] }),
    ...reader.items({ ...own, types: ['crash'] }),
    ...reader.items({ sinceMs, types: ['commit'], newest: MOST_ITEMS }),
  ];
  const minutes: readonly MinuteRow[] = reader.minutes({ sinceMs: nowMs - MEMORY_MS, services: [service] });
  const inOrder = items.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return insights(inOrder, minutes, nowMs).map(({ kind, text }) => ({ kind, text }));
}
