// Puts the parts of a session together: its files, supervisor, history, config and actors. Nothing is started here.

import type { LoadOptions } from '../../config/cached-project.ts';
import type { Project } from '../../core/model/project.ts';
import type { Session, ShutdownReport } from '../../core/session/session.ts';
import type { LaunchRequest } from '../../ipc/protocol.ts';
import { ActorDesk } from '../../supervisor/actors/actor-desk.ts';
import { ConfigFollower } from '../../supervisor/session/config-follower.ts';
import { LocalSession } from '../../supervisor/session/local-session.ts';
import { SessionFiles } from '../../supervisor/session/session-files.ts';
import { Supervisor } from '../../supervisor/supervisor.ts';
import type { Platform } from '../../system/platform.ts';
import { isAlive } from '../../system/process/process-tree.ts';
import { ownIdentity } from '../../system/process/processes.ts';
import type { SessionGroup } from '../../system/process/session-group.ts';
import { markOf, recordedSession } from '../../system/state/recorded-session.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import type { SessionLock } from '../../system/state/session-lock.ts';
import type { ContainerRecord, SessionRecord } from '../../system/state/state-files.ts';
import type { ProcessIdentity, System } from '../../system/system.ts';
import { createIdentify } from '../platform/identify-client.ts';
import { createAnswers } from './answers.ts';
import { createConfigFiles } from './config-files.ts';
import { stopTheRest } from './remains.ts';
import { openChronicle, type SessionChronicle } from './session-chronicle.ts';
import { sessionLog as log, sessionMasker as masker } from './session-log.ts';

/** What a session stands on: found, taken and read before it opens. */
export interface SessionBasis {
  readonly paths: RuntimePaths;
  readonly lock: SessionLock;
  readonly project: Project;
  readonly load: LoadOptions;
  readonly platform: Platform;
  readonly system: System;
  /** The control group that this process was started in. */
  readonly home: string | undefined;
  readonly group: SessionGroup | undefined;
  readonly recorded: readonly ProcessIdentity[];
  /** Of a killed predecessor: taken over when their services start, or stopped. */
  readonly lostContainers: readonly ContainerRecord[];
  /** What the launcher's person should know. */
  readonly notice: string | undefined;
}

export interface OpenSession {
  readonly supervisor: Supervisor;
  readonly session: LocalSession;
  readonly desk: ActorDesk;
  readonly config: ConfigFollower;
  readonly files: SessionFiles;
  readonly answers: ReturnType<typeof createAnswers>;
  readonly events: SessionChronicle['events'];
  readonly metrics: SessionChronicle['metrics'];
  readonly history: SessionChronicle['history'];
  /** `command` too, once the person has detached: then the services outlive every screen. */
  readonly openedBy: () => SessionRecord['openedBy'];
  /** Why a recording was asked for and there is none, as one sentence. */
  readonly notRecorded: string | undefined;
  /** Stops what is left of the session once no service runs. */
  readonly endRemains: () => Promise<ShutdownReport>;
}

export async function openSession(request: LaunchRequest, basis: SessionBasis): Promise<OpenSession> {
  const { paths, project, load, platform, system, group, recorded, lostContainers, notice } = basis;
  const { clock, fileWatch, processes } = system;
  const sessionId = platform.randomId();
  const startedAt = new Date().toISOString();
  let openedBy: SessionRecord['openedBy'] = request.role === 'command' ? 'command' : 'screen';
  const answers = createAnswers(platform, { paths, configFile: project.configFile, clock });
  const files = new SessionFiles({
    paths,
    clock,
    record: {
      ...ownIdentity(platform),
      ...markOf(paths, platform.currentBoot()),
      sessionId,
      socket: paths.socket,
      startedAt,
      version: DEVDECK_VERSION,
      root: paths.root,
      configFile: project.configFile,
      openedBy,
    },
    group: group?.path,
    livingSession: () => recordedSession(paths, platform)?.sessionId,
    onProblem: (error) => log('stateFileProblem', { message: String(error) }),
    status: answers,
  });
  const isRecorded = (process.env['DEVDECK_RECORD'] ?? '') !== '';
  const recording = isRecorded ? await import('./record-session.ts') : undefined;
  let notRecorded: string | undefined;
  const recorder = recording?.createRecorder(process.env, { project, masker, clock }, (message) => {
    notRecorded = `This session is not recorded: ${message}.`;
    log('recordingProblem', { message });
  });
  const supervisor: Supervisor = new Supervisor({
    project,
    recorder,
    masker,
    system,
    sessionId,
    callerEnv: process.env,
    recorded,
    lostContainers,
    size: { columns: request.columns, rows: request.rows },
    onRunsChanged: () => files.scheduleRuns(() => supervisor.life),
  });
  const chronicle = openChronicle({ supervisor, system, paths, snapshot: () => session.snapshotNow() });
  const { events, startups, tallies, metrics, history, insights } = chronicle;
  if (recorder !== undefined)
    recording?.feedRecording({
      recorder,
      supervisor,
      events,
      clock,
      insights: () => insights.known,
      session: () => session.snapshotNow().session,
    });
  const config = new ConfigFollower({
    supervisor,
    clock,
    tell: (fact) => events.add(fact),
    isHeld: (service) => desk.leases.isHeld(service),
    files: createConfigFiles({
      load,
      project,
      clock,
      fileWatch,
      onProblem: (message) => log('configWatchProblem', { message }),
    }),
  });
  const desk: ActorDesk = new ActorDesk({
    supervisor,
    clock,
    session: (): Session => session,
    identify: createIdentify(platform.processes),
    isAlive: (process) => isAlive(platform.processes, process),
    tell: (fact) => events.add(fact),
  });
  const endRemains = () => stopTheRest(sessionId, processes, group);
  const session: LocalSession = new LocalSession({
    supervisor,
    config,
    tallies,
    metrics: () => metrics.view,
    events,
    startups,
    syncHistory: () => history.sync().then(() => insights.look()),
    insights: () => insights.known,
    facts: { pid: process.pid, startedAt, version: DEVDECK_VERSION },
    // The history is open by then, so that the last facts are written at once.
    stopTheRest: () => history.sync().then(endRemains),
    actorFacts: () => desk.facts,
    onDetach: () => {
      openedBy = 'command';
      files.update({ openedBy });
    },
  });
  let toldState = supervisor.state;
  supervisor.onChange(() => {
    if (supervisor.state !== toldState) answers?.doubt();
    toldState = supervisor.state;
    files.scheduleStatus(() => session.snapshotNow());
  });
  events.add({ type: 'session', state: 'started', pid: process.pid, version: DEVDECK_VERSION });
  if (notice !== undefined) events.add({ type: 'session', state: 'put aside', message: notice });
  const openedByNow = (): SessionRecord['openedBy'] => openedBy;
  return {
    supervisor,
    session,
    desk,
    config,
    files,
    answers,
    events,
    metrics,
    history,
    openedBy: openedByNow,
    notRecorded,
    endRemains,
  };
}
