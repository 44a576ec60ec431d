// The supervisor's process: takes the lock, reads the config, clears away what a killed predecessor left, starts what it
// was opened for, serves the session, and decides what the end of a client means. It answers its launcher on descriptor 3.

import { closeSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LoadOptions } from '../../config/cached-project.ts';
import { loadProject } from '../../config/load.ts';
import type { Project } from '../../core/model/project.ts';
import type { Session } from '../../core/model/session.ts';
import { toWireError, type LaunchAnswer, type LaunchRequest } from '../../ipc/protocol.ts';
import { serveSession, type SessionServer } from '../../ipc/server.ts';
import { DevError, EXIT } from '../../errors.ts';
import { systemFailure } from '../../system-error.ts';
import type { SessionGroup } from '../../system/process/session-group.ts';
import { removeDeadGroups, type OwnGroup } from '../../system/linux/group-places.ts';
import type { Platform } from '../../system/platform.ts';
import { isAlive } from '../../system/process/process-tree.ts';
import { ownIdentity } from '../../system/process/processes.ts';
import { leftRuns, markOf, recordedSession, recordedSupervisor } from '../../system/state/recorded-session.ts';
import {
  configCacheDir,
  prepareRuntimeDir,
  runtimePaths,
  socketFolders,
  type RuntimePaths,
} from '../../system/state/runtime-dir.ts';
import { acquireSessionLock, type SessionLock } from '../../system/state/session-lock.ts';
import type { ContainerRecord, SessionRecord } from '../../system/state/state-files.ts';
import type { ProcessIdentity, System } from '../../system/system.ts';
import { ConfigFollower } from '../../supervisor/session/config-follower.ts';
import { ActorDesk } from '../../supervisor/actors/actor-desk.ts';
import { LocalSession } from '../../supervisor/session/local-session.ts';
import { PortAnnouncer } from '../../supervisor/session/port-announcer.ts';
import { LOST, reap, type LostTree } from '../lost/reap.ts';
import { SessionFiles } from '../../supervisor/session/session-files.ts';
import { Supervisor } from '../../supervisor/supervisor.ts';
import { createConfigFiles } from './config-files.ts';
import { findLostTrees } from '../lost/lost-session.ts';
import { keepPidFile } from './pid-file.ts';
import { createRecorder } from './record-session.ts';
import { createIdentify, startFor } from '../platform/identify-client.ts';
import { createPlatform } from '../platform/platform.ts';
import { openChronicle } from './session-chronicle.ts';
import { sessionLog as log, sessionMasker as masker } from './session-log.ts';
import { putAside, stopTheRest } from './remains.ts';
import { createSystem } from '../platform/system.ts';
import { createAnswers } from './answers.ts';

/** A survivor of a killed session has had its warning; it gets less time than a service that is asked to stop. */
const REAP_GRACE_MS = 3_000;
/** A session opened for a screen that never comes ends like one whose screen has gone. */
const VIEWER_MUST_COME_WITHIN_MS = 15_000;
/**
 * How often it is looked whether somebody removed the lock or the files of the session, and a sign of life is given:
 * before the one before it counts no more (see answers.ts), and no more often, for each wakes the machine.
 */
const KEEP_EVERY_MS = 1_900;

/** Tells the launcher, once. */
type Answer = (message: LaunchAnswer) => void;

function answerOn(descriptor: number, message: LaunchAnswer): void {
  try {
    writeSync(descriptor, `${JSON.stringify(masker.maskDeep(message))}\n`);
    closeSync(descriptor);
  } catch {
    // The launcher has gone; the session continues without it.
  }
}

/** False when the project has a session already. */
async function begin(request: LaunchRequest, opening: Promise<OwnGroup>, answer: Answer): Promise<boolean> {
  const platform = createPlatform();
  const paths = runtimePaths(request.root, process.env);
  process.chdir(paths.root);
  prepareRuntimeDir(paths);
  const lock = acquireSessionLock(paths.lock);
  // A lock that somebody removed can be taken, and yet its supervisor lives.
  if (lock === undefined || recordedSupervisor(paths, platform) !== undefined) return false;
  const place = request.configFile === undefined ? { root: paths.root } : { configFile: request.configFile };
  const load = { ...place, env: process.env, cacheDir: configCacheDir(process.env) };
  const project = await loadProject(load);
  const notice = putAside(paths, platform.currentBoot());
  const { home, session: group } = await opening;
  const system = createSystem({
    platform,
    group,
    paths,
    session: {
      root: paths.root,
      project: project.name,
      socket: paths.socket,
      ...ownIdentity(platform),
    },
    onLedgerProblem: (message) => log('ledgerProblem', { message }),
  });
  const lost = findLostTrees({ paths, platform, home });
  const lostContainers = leftRuns(paths, platform)?.containers ?? [];
  const recorded = await clearAway(lost, system);
  const parts = { paths, lock, project, load, platform, system, home, group, recorded, lostContainers, notice };
  await serve(request, parts, answer);
  return true;
}

/** Stops what a killed supervisor of this project left running; what survives even that is told apart later by its record. */
async function clearAway(trees: readonly LostTree[], { processes }: System): Promise<readonly ProcessIdentity[]> {
  const reaped = await reap({ processes, trees, graceMs: REAP_GRACE_MS });
  if (reaped.length > 0) log('survivorsStopped', { reaped });
  const leaders = trees.map(({ root }) => root.leader).filter((leader) => leader !== LOST);
  return [...leaders, ...reaped.flatMap(({ leftovers }) => leftovers)];
}

interface Parts {
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

async function serve(request: LaunchRequest, parts: Parts, answer: Answer): Promise<void> {
  const { paths, lock, project, load, platform, system, home, group, recorded, lostContainers, notice } = parts;
  const sessionId = platform.randomId();
  const startedAt = new Date().toISOString();
  let openedBy: SessionRecord['openedBy'] = request.role === 'command' ? 'command' : 'screen';
  const answers = createAnswers(platform, paths, system.clock);
  const files = new SessionFiles({
    paths,
    clock: system.clock,
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
  const recorder = createRecorder(process.env, project, masker, (message) => log('recordingProblem', { message }));
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
  const { clock, fileWatch } = system;
  const chronicle = openChronicle({ supervisor, system, paths, snapshot: () => session.snapshotNow() });
  const { events, startups, tallies, metrics, history } = chronicle;
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
  const session: LocalSession = new LocalSession({
    supervisor,
    config,
    tallies,
    metrics: () => metrics.view,
    events,
    startups,
    syncHistory: () => history.sync(),
    facts: { pid: process.pid, startedAt, version: DEVDECK_VERSION },
    // The history is open by then, so that the last facts are written at once.
    stopTheRest: () => history.sync().then(() => stopTheRest(sessionId, system.processes, group)),
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
  const announcer = new PortAnnouncer({ supervisor, clock: system.clock, ledger: system.ledger });

  const removePidFile = keepPidFile(process.env, paths.root, (message) => log('stateFileProblem', { message }));
  let exitCode: number = EXIT.ok;
  const end = (reason: string): void => {
    log('ending', { reason });
    void session.shutdown();
  };
  const failWith = (error: unknown): void => {
    const refused = systemFailure(error);
    if (refused !== undefined) return log('systemProblem', { message: refused.message });
    exitCode = EXIT.bug;
    log('bug', { message: String(error), stack: error instanceof Error ? error.stack : undefined });
    end('bug');
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  process.on('SIGHUP', () => log('ignoredHangUp'));
  process.on('uncaughtException', failWith);
  process.on('unhandledRejection', failWith);

  // Listened for before anybody can connect: a client may ask for the end with its first word.
  const serving = Promise.withResolvers<SessionServer>();
  session.subscribe((event) => {
    if (event.type === 'ended') void finish();
  });
  const finish = async (): Promise<void> => {
    events.add({ type: 'session', state: 'ended', pid: process.pid, version: DEVDECK_VERSION });
    supervisor.logs.close();
    answers?.close();
    const last = session.snapshotNow();
    files.writeStatusNow({ ...last, session: { ...last.session, running: false } });
    metrics.close();
    await history.close();
    files.close(supervisor.life);
    removePidFile();
    await announcer.leave();
    await (await serving.promise).close();
    await group?.close();
    process.exit(exitCode);
  };

  // The screen is still loading; it counts as present, or a conflict at start would be settled without it.
  supervisor.dispatch({ type: 'attendanceChanged', isAttended: request.role === 'screen' });
  const { start } = request;
  if (start !== undefined) {
    await startFor(request, desk, start).catch(async (error: unknown) => {
      // A required check failed: nothing was started, and nobody has connected yet.
      await history.close();
      files.close(supervisor.life);
      await announcer.leave();
      throw error;
    });
  }

  let viewers = 0;
  let hasHadViewer = false;
  let wasAttended = false;
  const endIfAbandoned = (): void => {
    if (viewers === 0 && openedBy === 'screen' && supervisor.project.onHangup === 'stop') end('hangUp');
  };
  let socketPath = paths.socket;
  const server = await serveSession({
    socketPath,
    otherPaths: () => [...socketFolders(process.env)].map((folder) => join(folder, basename(paths.socket))),
    onRestored: ({ path, why }) => {
      log('socketRestored', { path, why });
      if (path === socketPath) return;
      socketPath = path;
      files.update({ socket: path });
      events.add({ type: 'session', state: 'moved', socket: path, why });
    },
    onLost: (why) => log('socketLost', { why }),
    session,
    admit: ({ role, client }) => desk.admit(role, client),
    version: DEVDECK_VERSION,
    mask: masker.mask,
    onClients: (clients) => {
      viewers = clients.filter(({ role }) => role !== 'command').length;
      hasHadViewer ||= viewers > 0;
      const isAttended = clients.some(({ role }) => role === 'screen');
      if (isAttended !== wasAttended) events.add({ type: 'screen', state: isAttended ? 'came' : 'left' });
      wasAttended = isAttended;
      supervisor.dispatch({ type: 'attendanceChanged', isAttended });
      supervisor.metrics.setWatched(viewers > 0);
    },
    onClientGone: ({ role, saidGoodbye }) => {
      if (role !== 'command' && !saidGoodbye) endIfAbandoned();
    },
    onBug: (error) => failWith(error),
  });
  serving.resolve(server);
  if (openedBy === 'screen') {
    system.clock.after(VIEWER_MUST_COME_WITHIN_MS, () => {
      if (!hasHadViewer) endIfAbandoned();
    });
  }

  // Where the next supervisor looks: the runtime folder may come and go.
  const lockPath = (): string => join([...socketFolders(process.env)][0] ?? paths.socketDir, basename(paths.lock));
  let isLockKept = true;
  const keep = (): void => {
    answers?.beat();
    files.keep({ runs: () => supervisor.life, snapshot: () => session.snapshotNow() });
    const wasLockKept = isLockKept;
    isLockKept = lock.renew(lockPath());
    if (wasLockKept && !isLockKept) log('lockLost', { path: lock.path });
    system.clock.after(KEEP_EVERY_MS, keep);
  };
  system.clock.after(KEEP_EVERY_MS, keep);

  log('started', { pid: process.pid, version: DEVDECK_VERSION, root: paths.root, group: group?.path ?? null });
  answer({ ready: true, ...(notice === undefined ? {} : { notice }) });
  config.follow();
  if (home !== undefined) removeDeadGroups(home, (owner) => isAlive(platform.processes, owner));
}

/**
 * Runs until the session is over, and then ends the process. Tells on `launcher`, if there is one, how the start went.
 * @param opening under way already, as it mostly waits for the kernel, and the first service waits for it
 */
export async function supervise(
  request: LaunchRequest,
  launcher: number | undefined,
  opening: Promise<OwnGroup>,
): Promise<void> {
  const answer: Answer = (message) => {
    if (launcher !== undefined) answerOn(launcher, message);
  };
  try {
    if (await begin(request, opening, answer)) return;
    answer({ joined: true });
    await closeGroup(opening);
  } catch (error) {
    log('notStarted', { message: String(error) });
    answer({ error: toWireError(error) });
    await closeGroup(opening);
    process.exit(error instanceof DevError ? error.exitCode : EXIT.bug);
  }
}

async function closeGroup(opening: Promise<OwnGroup>): Promise<void> {
  const { session } = await opening;
  await session?.close();
}
