// Follows start-ups: the current or the last one, compared with earlier ones. The end of a start-up becomes an event,
// so that later sessions can compare.

import type { EventFact } from '../../core/session/events.ts';
import {
  criticalPath,
  elapsedMs,
  followStartup,
  isOver,
  median,
  phaseTimes,
  type StartupTrack,
} from '../../core/view/startup.ts';
import type { SessionState } from '../../core/model/service.ts';
import type { Startup } from '../../core/session/startup.ts';
import type { HistoryReader } from '../../system/history/history-reader.ts';
import type { Clock } from '../../system/system.ts';

/** A start-up in which all services became ready. */
export interface PastStart {
  readonly services: readonly string[];
  readonly readyMs: number;
}

const MOST_COMPARED = 10;
/** Of any services. */
const MOST_READ = 500;

interface StartupWatchOptions {
  readonly supervisor: { readonly state: SessionState; onChange(listener: () => void): unknown };
  readonly clock: Clock;
  readonly tell: (fact: EventFact) => void;
  /** Earlier sessions' start-ups before this time, oldest first; requested once, at the first need. Undefined if unknown. */
  readonly earlier: (untilMs: number) => Promise<readonly PastStart[] | undefined>;
}

export class StartupWatch {
  readonly #options: StartupWatchOptions;
  /** Of this session, oldest first; the last one is the track's, once that is over. */
  readonly #past: PastStart[] = [];
  readonly #openedAtMs: number;
  #earlier: Promise<readonly PastStart[] | undefined> | undefined;
  #known: SessionState;
  #track: StartupTrack | undefined;
  #beganAt = '';

  constructor(options: StartupWatchOptions) {
    this.#options = options;
    this.#known = options.supervisor.state;
    this.#openedAtMs = options.clock.wallMs();
    options.supervisor.onChange(() => this.#look());
  }

  /** The current start-up, or the last one; undefined before the first. */
  async read(): Promise<Startup | undefined> {
    if (this.#track === undefined) return undefined;
    this.#earlier ??= this.#options.earlier(this.#openedAtMs);
    const earlier = (await this.#earlier) ?? [];
    const track = this.#track;
    const { services: order } = this.#options.supervisor.state;
    const elapsed = elapsedMs(track, this.#nowMs());
    const services = [...order.keys()].flatMap((name) => track.services.get(name) ?? []);
    const readyMs = readyMsOf(track, elapsed);
    const before = [...earlier, ...(readyMs === null ? this.#past : this.#past.slice(0, -1))];
    const key = keyOf(services.map(({ service }) => service));
    const alike = before.filter((past) => keyOf(past.services) === key).slice(-MOST_COMPARED);
    return {
      at: this.#beganAt,
      elapsedMs: elapsed,
      readyMs,
      services,
      criticalPath: criticalPath(services, elapsed),
      usualMs: median(alike.map((past) => past.readyMs)),
      comparedStarts: alike.length,
    };
  }

  /** Whole milliseconds, so that all later times are whole too. */
  #nowMs(): number {
    return Math.round(this.#options.clock.nowMs());
  }

  #look(): void {
    const { supervisor, clock } = this.#options;
    const before = this.#known;
    this.#known = supervisor.state;
    if (before === this.#known) return;
    const track = followStartup(this.#track, before.services, this.#known.services, this.#nowMs());
    if (track === this.#track || track === undefined) return;
    if (track.beganAtMs !== this.#track?.beganAtMs) this.#beganAt = new Date(clock.wallMs()).toISOString();
    this.#track = track;
    if (isOver(track)) this.#end(track);
  }

  #end(track: StartupTrack): void {
    const elapsed = elapsedMs(track, this.#nowMs());
    const starts = [...track.services.values()];
    const readyMs = readyMsOf(track, elapsed);
    const services = starts.map((start) => ({ service: start.service, ...phaseTimes(start, elapsed) }));
    if (readyMs !== null) this.#past.push({ services: starts.map(({ service }) => service), readyMs });
    this.#past.splice(0, this.#past.length - MOST_COMPARED - 1);
    this.#options.tell({ type: 'startup', readyMs, services, criticalPath: criticalPath(starts, elapsed) });
  }
}

/** What a history says about successful start-ups before this time. */
export function pastStarts(history: Pick<HistoryReader, 'items'>, untilMs: number): readonly PastStart[] {
  const items = history.items({ sinceMs: 0, types: ['startup'], newest: MOST_READ });
  return items.flatMap((item): readonly PastStart[] => {
    if (item.type !== 'startup' || item.readyMs === null || Date.parse(item.at) >= untilMs) return [];
    return [{ readyMs: item.readyMs, services: item.services.map(({ service }) => service) }];
  });
}

function readyMsOf({ services }: StartupTrack, elapsed: number): number | null {
  const isReady = [...services.values()].every(({ outcome }) => outcome === 'ready');
  return isReady ? elapsed : null;
}

function keyOf(services: readonly string[]): string {
  return services.toSorted().join(' ');
}
