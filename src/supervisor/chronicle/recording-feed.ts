// Passes to a recording what its inputs do not contain: events, measurements, and the newest output lines. It runs
// only for a requested recording. Of a flood only a part is recorded; the rest is counted.

import type { ServiceName } from '../../core/model/project.ts';
import type { InsightView, SessionSnapshot } from '../../core/session/snapshot.ts';
import type { Clock } from '../../system/system.ts';
import type { LogNews } from '../output/log-hub.ts';
import type { Recorder } from '../recording/recorder.ts';
import type { Seen } from '../recording/format.ts';
import type { Supervisor } from '../supervisor.ts';
import type { EventLog } from './event-log.ts';

/** For one service, at each news of its output. */
const MOST_LINES = 200;

interface RecordingFeedOptions {
  readonly recorder: Recorder;
  readonly supervisor: Pick<Supervisor, 'state' | 'onChange' | 'metrics' | 'alerts' | 'logs'>;
  readonly events: Pick<EventLog, 'onFact'>;
  readonly clock: Clock;
  readonly insights: () => ReadonlyMap<ServiceName, readonly InsightView[]>;
  readonly session: () => SessionSnapshot['session'];
}

/** From now on, until the session ends. */
export function feedRecording({ recorder, supervisor, events, clock, insights, session }: RecordingFeedOptions): void {
  const next = new Map<ServiceName, number>();
  let told: Told = { trees: undefined, alerts: undefined, insights: undefined, session: '', names: '' };

  function look(): void {
    const { metrics, alerts, state, logs } = supervisor;
    const facts = session();
    const names = [...state.services.keys()];
    const now: Told = {
      trees: metrics.trees,
      alerts,
      insights: insights(),
      session: JSON.stringify(facts),
      names: names.join(),
    };
    const logFiles = () => Object.fromEntries(names.map((name) => [name, logs.pathOf(name)]));
    const seen: Seen = {
      ...(now.trees === told.trees ? {} : { trees: [...metrics.trees] }),
      ...(now.alerts === told.alerts ? {} : { alerts: [...alerts] }),
      ...(now.insights === told.insights ? {} : { insights: [...insights()] }),
      ...(now.session === told.session ? {} : { session: facts }),
      ...(now.names === told.names ? {} : { logFiles: logFiles() }),
    };
    told = now;
    if (Object.keys(seen).length > 0) recorder.seen(clock.nowMs(), seen);
  }

  function read(news: LogNews): void {
    for (const [service, end] of Object.entries(news.next)) {
      const known = next.get(service) ?? 0;
      const from = Math.max(known, end - MOST_LINES);
      const window = supervisor.logs.read({ service, from, count: end - from, masked: true });
      const lines = window.lines.filter(({ seq, partial }) => seq >= from && partial !== true);
      const last = lines.at(-1);
      if (last === undefined) continue;
      next.set(service, last.seq + 1);
      recorder.lines({ atMs: clock.nowMs(), service, lines, left: from - known });
    }
  }

  events.onFact((fact) => recorder.fact(clock.nowMs(), fact));
  supervisor.onChange(look);
  supervisor.logs.subscribe(read);
}

interface Told {
  readonly trees: Supervisor['metrics']['trees'] | undefined;
  readonly alerts: Supervisor['alerts'] | undefined;
  readonly insights: ReadonlyMap<ServiceName, readonly InsightView[]> | undefined;
  readonly session: string;
  readonly names: string;
}
