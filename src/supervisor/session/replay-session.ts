// A recorded session as a Session: it shows one moment of the recording, and another one on request. It accepts no
// action. Logs and events are complete: at a moment, later ones are visible too.

import { cleanLine } from '../../core/output/log-line.ts';
import { parseLineTime } from '../../core/output/log-time.ts';
import type { FactWindow } from '../../core/session/events.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { Replay } from '../../core/session/replay.ts';
import type { LogFindings, LogLine, LogQuery, LogSearch, LogWindow } from '../../core/session/log-query.ts';
import type { ServiceInspection } from '../../core/session/inspection.ts';
import type { Session, SessionEvent } from '../../core/session/session.ts';
import { sessionRequests } from '../../core/session/session-requests.ts';
import type { SessionSnapshot } from '../../core/session/snapshot.ts';
import { viewService } from '../../core/view/view.ts';
import { DevError, EXIT } from '../../errors.ts';
import type { Clock } from '../../system/system.ts';
import { searchLog } from '../output/log-search.ts';
import { exitsOf } from '../perform/inspection.ts';
import type { Moment, Recording } from '../recording/recording.ts';
import { relive } from './relived.ts';

const MOST_LINES = 5_000;

export function createReplaySession(
  recording: Recording,
  clock: Pick<Clock, 'nowMs'>,
): { readonly session: Session; readonly replay: Replay } {
  const { beginning, moments, facts } = recording;
  const { wallOffsetMs, project } = beginning;
  const toTime = (atMs: number): string => new Date(wallOffsetMs + atMs).toISOString();
  const [fromMs = 0, toMs = 0] = [moments[0], moments.at(-1)].map((moment) => wallOffsetMs + (moment?.atMs ?? 0));
  const logs = logsOf(recording);
  const listeners = new Set<(event: SessionEvent) => void>();
  let nowMs = toMs;
  let relived: { readonly atMs: number; readonly watches: ReturnType<typeof relive> } | undefined;

  function snapshotNow(): SessionSnapshot {
    const { state, seen } = momentAt(moments, nowMs - wallOffsetMs);
    const shown = {
      trees: new Map(seen.trees),
      alerts: new Map(seen.alerts),
      insights: new Map(seen.insights),
      logFile: (service: ServiceName) => seen.logFiles?.[service] ?? '',
      toTime,
    };
    return {
      project,
      session: seen.session ?? {
        running: true,
        pid: 0,
        startedAt: toTime(moments[0]?.atMs ?? 0),
        version: beginning.version,
        ending: false,
      },
      services: [...state.services.values()].map((service) => viewService(state, service, shown)),
    };
  }

  function relivedNow(): ReturnType<typeof relive> {
    if (relived?.atMs !== nowMs) relived = { atMs: nowMs, watches: relive(recording, nowMs - wallOffsetMs) };
    return relived.watches;
  }

  function readLogs({ service, from, count }: LogQuery): LogWindow {
    const lines = logs.get(service) ?? [];
    const first = Math.max(0, from);
    const read = lines.slice(first, first + Math.max(0, Math.min(count, MOST_LINES)));
    const last = read.at(-1);
    const isCut = last !== undefined && last.seq + 1 < Math.min(from + count, lines.length);
    return { service, lines: read, first: 0, next: lines.length, ...(isCut ? { isCut } : {}) };
  }

  function search(search: LogSearch): LogFindings {
    const lines = logs.get(search.service) ?? [];
    const read = (from: number, count: number) =>
      lines
        .slice(Math.max(0, from), Math.max(0, from + count))
        .map(({ seq, time, text }) => ({ seq, timeMs: parseLineTime(time), text }));
    return searchLog({ first: () => 0, next: lines.length, read }, search, clock);
  }

  function inspect(service: ServiceName): ServiceInspection {
    const found = momentAt(moments, nowMs - wallOffsetMs).state.services.get(service);
    return { service, processes: [], exits: found === undefined ? [] : exitsOf(found, toTime), environment: [] };
  }

  const session: Session = {
    ...sessionRequests(() => Promise.reject(isOver())),
    openTerminal: () => Promise.reject(isOver()),
    snapshot: async () => snapshotNow(),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    readLogs: async (query) => readLogs(query),
    searchLogs: async (query) => search(query),
    inspectService: async (service) => inspect(service),
    readFacts: async (from): Promise<FactWindow> => ({
      facts: facts.flatMap(({ atMs, fact }, seq) => (seq < from ? [] : [{ ...fact, time: toTime(atMs), seq }])),
      next: facts.length,
    }),
    readStartup: () => relivedNow().startups.read(),
    readUsage: async (count, options) => relivedNow().usage.read(count, options),
    syncHistory: async () => undefined,
    detach: async () => undefined,
    resize: async () => undefined,
    close: () => undefined,
  };
  const replay: Replay = {
    fromMs,
    toMs,
    nowMs: () => nowMs,
    seek: (atMs = toMs) => {
      nowMs = Math.min(toMs, Math.max(fromMs, atMs));
      const { services, session: facts } = snapshotNow();
      const event: SessionEvent = {
        type: 'services',
        services,
        session: facts,
        names: services.map(({ name }) => name),
      };
      for (const listener of listeners) listener(event);
    },
  };
  return { session, replay };
}

/** The last one that is not later, or the first if all are. */
function momentAt(moments: readonly Moment[], atMs: number): Moment {
  let [from, to] = [0, moments.length];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if ((moments[middle]?.atMs ?? Infinity) <= atMs) from = middle;
    else to = middle;
  }
  const moment = moments[from];
  if (moment === undefined) throw new RangeError('a recording without a moment');
  return moment;
}

/** Numbered again from 0: omitted output has no number, but a line that says so. */
function logsOf({ lines, beginning }: Recording): ReadonlyMap<ServiceName, readonly LogLine[]> {
  const logs = new Map<ServiceName, LogLine[]>();
  for (const entry of lines) {
    const log = logs.get(entry.service) ?? [];
    logs.set(entry.service, log);
    const time = entry.lines[0]?.time ?? new Date(beginning.wallOffsetMs + entry.atMs).toISOString();
    if (entry.left > 0) log.push({ seq: log.length, time, text: `… ${entry.left} lines were not recorded`, own: true });
    for (const line of entry.lines) log.push({ ...line, text: cleanLine(line.text), seq: log.length });
  }
  return logs;
}

function isOver(): DevError {
  return new DevError({
    code: 'refused',
    exitCode: EXIT.notReady,
    message: 'This is a recording: nothing can be started or stopped.',
    hint: './dev shows the session that runs now',
  });
}
