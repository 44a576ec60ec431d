// A supervisor on a fake system, with the session that it offers.

import type { Project, ServiceSpec } from '../../src/core/model/project.ts';
import type { ActorFacts } from '../../src/core/session/snapshot.ts';
import { Masker } from '../../src/core/secrets/masker.ts';
import type { ConfigFollower } from '../../src/supervisor/session/config-follower.ts';
import type { Recorder } from '../../src/supervisor/recording/recorder.ts';
import { EventLog } from '../../src/supervisor/chronicle/event-log.ts';
import { Tallies } from '../../src/supervisor/chronicle/tallies.ts';
import type { SessionFact } from '../../src/core/session/events.ts';
import { LocalSession } from '../../src/supervisor/session/local-session.ts';
import { type PastStart, StartupWatch } from '../../src/supervisor/watch/startup-watch.ts';
import { Supervisor } from '../../src/supervisor/supervisor.ts';
import { FakeSystem } from '../fakes/fake-system.ts';

interface LocalSessionParts {
  readonly recorder?: (project: Project, masker: Masker) => Recorder;
  /** Of whoever opened the session. */
  readonly callerEnv?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly checks?: Project['checks'];
  readonly agents?: Project['agents'];
  readonly reload?: Project['reload'];
  readonly actorFacts?: () => ActorFacts;
  /** Start-ups of sessions before this one. */
  readonly earlierStarts?: readonly PastStart[];
  /** What follows the config; without it there is nothing to follow. */
  readonly config?: (parts: { readonly supervisor: Supervisor; readonly system: FakeSystem }) => ConfigFollower;
}

export function openLocalSession(services: readonly ServiceSpec[], parts: LocalSessionParts = {}) {
  const system = new FakeSystem();
  const project: Project = {
    name: 'shop',
    root: '/shop',
    configFile: '/shop/.project.config',
    services,
    onHangup: 'stop',
    reload: parts.reload ?? 'ask',
    profiles: {},
    checks: parts.checks ?? [],
    secrets: parts.secrets ?? [],
    ...(parts.agents === undefined ? {} : { agents: parts.agents }),
  };
  const masker = new Masker();
  const liveRuns: string[][] = [];
  const supervisor: Supervisor = new Supervisor({
    project,
    recorder: parts.recorder?.(project, masker),
    masker,
    system,
    sessionId: 'session-1',
    callerEnv: { PATH: '/bin', HOME: '/home/ada', ...parts.callerEnv },
    recorded: [],
    size: { columns: 80, rows: 24 },
    onRunsChanged: () => liveRuns.push(supervisor.life.runs.map(({ service }) => service)),
  });
  const facts = { pid: 1, startedAt: '2026-01-01T00:00:00.000Z', version: '1.0.0' };
  const config = parts.config?.({ supervisor, system });
  const followed = config === undefined ? {} : { config };
  const lines: string[] = [];
  const events = new EventLog({ supervisor, clock: system.clock, write: (line) => lines.push(line) });
  const tallies = new Tallies({ supervisor, events });
  const startups = new StartupWatch({
    supervisor,
    clock: system.clock,
    tell: (fact) => events.add(fact),
    earlier: async () => parts.earlierStarts,
  });
  const session = new LocalSession({
    supervisor,
    facts,
    tallies,
    events,
    startups,
    ...followed,
    actorFacts: () => parts.actorFacts?.() ?? {},
    onDetach: () => {},
  });
  const states = () => Object.fromEntries(session.snapshotNow().services.map(({ name, state }) => [name, state]));
  const view = (name: string) => session.snapshotNow().services.find((service) => service.name === name);
  /** What `events` would print. */
  const told = () => lines.map((line) => JSON.parse(line) as SessionFact);
  return { system, supervisor, session, states, view, liveRuns, project, config, events, told, lines };
}
