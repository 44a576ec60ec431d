// Puts together what tells and counts a session: its events, what is counted for metrics and where they are served, the
// commands that alerts run, and the history. What writes the history is loaded after the start.

import type { SessionSnapshot } from '../../core/session/snapshot.ts';
import { AlertHook } from '../../supervisor/chronicle/alert-hook.ts';
import { tellErrors } from '../../supervisor/chronicle/error-facts.ts';
import { EventLog } from '../../supervisor/chronicle/event-log.ts';
import { GitWatch } from '../../supervisor/chronicle/git-watch.ts';
import { HistoryFeed, type HistoryFile } from '../../supervisor/chronicle/history-feed.ts';
import { InsightWatch } from '../../supervisor/chronicle/insight-watch.ts';
import { Tallies } from '../../supervisor/chronicle/tallies.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import { pastStarts, StartupWatch } from '../../supervisor/watch/startup-watch.ts';
import { createEventWriter } from '../../system/state/event-file.ts';
import { readGitHead } from '../../system/history/git-head.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import type { System } from '../../system/system.ts';
import { MetricsKeeper } from '../metrics/metrics-keeper.ts';
import { sessionLog as log } from './session-log.ts';

export interface SessionChronicle {
  readonly events: EventLog;
  readonly startups: StartupWatch;
  readonly tallies: Tallies;
  readonly metrics: MetricsKeeper;
  readonly history: HistoryFeed;
  readonly insights: InsightWatch;
}

/** @param options.snapshot of now; asked for later than this call */
export function openChronicle(options: {
  readonly supervisor: Supervisor;
  readonly system: System;
  readonly paths: Pick<RuntimePaths, 'root' | 'eventsFile' | 'historyFile'>;
  readonly snapshot: () => SessionSnapshot;
}): SessionChronicle {
  const { supervisor, system, paths, snapshot } = options;
  const { clock } = system;
  const write = createEventWriter(paths.eventsFile, (error) => log('stateFileProblem', { message: String(error) }));
  const events = new EventLog({ supervisor, clock, write });
  tellErrors({ clock, errors: supervisor.errors, tell: (fact) => events.add(fact) });
  const tallies = new Tallies({ supervisor, events });
  const metrics = new MetricsKeeper({
    clock,
    ports: system.ports,
    ownerContext: () => supervisor.context.ownerContext(),
    wanted: () => supervisor.project.metrics,
    snapshot,
    tallies: () => tallies.read(),
    onChange: (view) => {
      if (view.problem !== null) log('metricsProblem', { message: view.problem });
      events.add({ type: 'metrics', ...view });
      supervisor.announce();
    },
  });
  supervisor.onChange(() => metrics.look());
  const history = new HistoryFeed({
    supervisor,
    events,
    clock,
    file: () => loadHistoryFile(paths.historyFile),
    onProblem: (message) => log('historyProblem', { message }),
  });
  const startups = new StartupWatch({
    supervisor,
    clock,
    tell: (fact) => events.add(fact),
    earlier: (untilMs) => history.read((reader) => pastStarts(reader, untilMs)),
  });
  const insights = new InsightWatch({ supervisor, events, history, clock });
  followAlerts(supervisor, system, events);
  followGit(system, paths.root, events);
  return { events, startups, tallies, metrics, history, insights };
}

function followAlerts(supervisor: Supervisor, { shortCommands }: System, events: EventLog): AlertHook {
  const callerEnv = process.env;
  const onProblem = (message: string): void => log('alertHookProblem', { message });
  return new AlertHook({ events, project: () => supervisor.project, callerEnv, shortCommands, onProblem });
}

function followGit({ clock }: System, root: string, events: EventLog): GitWatch {
  return new GitWatch({ events, clock, readHead: () => readGitHead(root) });
}

async function loadHistoryFile(path: string): Promise<HistoryFile> {
  const [{ openHistoryStore, putHistoryAside, troubleOf }, { openHistoryReader }] = await Promise.all([
    import('../../system/history/history-store.ts'),
    import('../../system/history/history-reader.ts'),
  ]);
  return {
    open: () => openHistoryStore(path),
    // Nobody is waited for: services need this process.
    openReader: () => openHistoryReader(path, { waitMs: 0 }),
    putAside: () => putHistoryAside(path),
    troubleOf,
  };
}
