// The life of an open session: starts what it was opened for, lets clients in, keeps its files and its lock, and ends the
// process when the session is over.

import { basename, join } from 'node:path';
import { EXIT } from '../../errors.ts';
import type { LaunchAnswer, LaunchRequest } from '../../ipc/protocol.ts';
import { serveSession, type SessionServer } from '../../ipc/server.ts';
import { PortAnnouncer } from '../../supervisor/session/port-announcer.ts';
import { removeDeadGroups } from '../../system/linux/group-places.ts';
import { isAlive } from '../../system/process/process-tree.ts';
import { socketFolders } from '../../system/state/runtime-dir.ts';
import { systemFailure } from '../../system-error.ts';
import { startFor } from '../platform/identify-client.ts';
import { createAttendance } from './attendance.ts';
import { openSession, type OpenSession, type SessionBasis } from './open-session.ts';
import { keepPidFile } from './pid-file.ts';
import { sessionLog as log, sessionMasker as masker } from './session-log.ts';

/**
 * How often it is looked whether somebody removed the lock, the socket or the files of the session, and a sign of life is
 * given: before the one before it counts no more (see answers.ts), and no more often, for each wakes the machine.
 */
const KEEP_EVERY_MS = 1_900;

/** Tells the launcher, once. */
export type TellLauncher = (message: LaunchAnswer) => void;

/** Resolves once clients can connect; the process ends with the session. */
export async function serve(request: LaunchRequest, basis: SessionBasis, tell: TellLauncher): Promise<void> {
  const { paths, platform, system, home, group, notice } = basis;
  const open = await openSession(request, basis);
  const { supervisor, session, desk, files, events, history, config, endRemains, notRecorded } = open;
  const announcer = new PortAnnouncer({ supervisor, clock: system.clock, ledger: system.ledger });
  // Listened for before anybody can connect: a client may ask for the end with its first word.
  const serving = Promise.withResolvers<SessionServer>();
  const { end, failWith } = endWithSession(open, basis, { announcer, server: serving.promise });

  // The screen is still loading; it counts as present, or a conflict at start would be settled without it.
  supervisor.dispatch({ type: 'attendanceChanged', isAttended: request.role === 'screen' });
  const { start } = request;
  if (start !== undefined) {
    await startFor(request, desk, start).catch(async (error: unknown) => {
      // A required check failed: no service was started, and nobody has connected yet. Checks may leave daemons.
      await endRemains();
      await history.close();
      files.close(supervisor.life);
      await announcer.leave();
      throw error;
    });
  }

  const attendance = createAttendance({ ...open, clock: system.clock, onAbandoned: () => end('hangUp') });
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
    onClients: attendance.onClients,
    onClientGone: attendance.onClientGone,
    onBug: failWith,
  });
  serving.resolve(server);
  attendance.expectViewer();
  keepAlive(open, basis, server);
  log('started', { pid: process.pid, version: DEVDECK_VERSION, root: paths.root, group: group?.path ?? null });
  const notices = [notice, notRecorded].filter((each) => each !== undefined);
  tell({ ready: true, ...(notices.length === 0 ? {} : { notice: notices.join('\n') }) });
  config.follow();
  if (home !== undefined) removeDeadGroups(home, (owner) => isAlive(platform.processes, owner));
}

interface Ending {
  /** Stops the session, and with it the process. */
  readonly end: (reason: string) => void;
  /** Tells a failure; one of ours ends the session. */
  readonly failWith: (error: unknown) => void;
}

function endWithSession(
  { supervisor, session, files, answers, events, metrics, history }: OpenSession,
  { paths, group }: SessionBasis,
  { announcer, server }: { readonly announcer: PortAnnouncer; readonly server: Promise<SessionServer> },
): Ending {
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
    await (await server).close();
    await group?.close();
    process.exit(exitCode);
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  process.on('SIGHUP', () => log('ignoredHangUp'));
  process.on('uncaughtException', failWith);
  process.on('unhandledRejection', failWith);
  session.subscribe((event) => {
    if (event.type === 'ended') void finish();
  });
  return { end, failWith };
}

/** Gives signs of life, and makes again what somebody removed. */
function keepAlive(
  { supervisor, session, files, answers }: OpenSession,
  { lock, paths, system }: SessionBasis,
  server: SessionServer,
): void {
  // Where the next supervisor looks: the runtime folder may come and go.
  const lockPath = (): string => {
    const [folder = paths.socketDir] = socketFolders(process.env); // the others are not looked at
    return join(folder, basename(paths.lock));
  };
  let isLockKept = true;
  const keep = (): void => {
    system.clock.after(KEEP_EVERY_MS, keep);
    answers?.beat();
    void server.check();
    files.keep({ runs: () => supervisor.life, snapshot: () => session.snapshotNow() });
    const wasLockKept = isLockKept;
    isLockKept = lock.renew(lockPath());
    if (wasLockKept && !isLockKept) log('lockLost', { path: lock.path });
  };
  system.clock.after(KEEP_EVERY_MS, keep);
}
