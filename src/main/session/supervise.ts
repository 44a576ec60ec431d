// The supervisor's process: takes the lock, reads the config, clears away what a killed predecessor left, and serves the
// session. It answers its launcher on descriptor 3.

import { closeSync, writeSync } from 'node:fs';
import { loadProject } from '../../config/load.ts';
import { toWireError, type LaunchAnswer, type LaunchRequest } from '../../ipc/protocol.ts';
import { DevError, EXIT } from '../../errors.ts';
import type { OwnGroup } from '../../system/linux/group-places.ts';
import { ownIdentity } from '../../system/process/processes.ts';
import { leftRuns, recordedSupervisor } from '../../system/state/recorded-session.ts';
import { configCacheDir, prepareRuntimeDir, runtimePaths } from '../../system/state/runtime-dir.ts';
import { acquireSessionLock } from '../../system/state/session-lock.ts';
import type { ProcessIdentity, System } from '../../system/system.ts';
import { LOST, reap, type LostTree } from '../lost/reap.ts';
import { findLostTrees } from '../lost/lost-session.ts';
import { createPlatform } from '../platform/platform.ts';
import { sessionLog as log, sessionMasker as masker } from './session-log.ts';
import { putAside } from './remains.ts';
import { createSystem } from '../platform/system.ts';
import { serve, type TellLauncher } from './serve-session.ts';

/** A survivor of a killed session has had its warning; it gets less time than a service that is asked to stop. */
const REAP_GRACE_MS = 3_000;

function answerOn(descriptor: number, message: LaunchAnswer): void {
  try {
    writeSync(descriptor, `${JSON.stringify(masker.maskDeep(message))}\n`);
    closeSync(descriptor);
  } catch {
    // The launcher has ended; the session continues without it.
  }
}

/** False when the project has a session already. */
async function begin(request: LaunchRequest, opening: Promise<OwnGroup>, answer: TellLauncher): Promise<boolean> {
  const platform = createPlatform();
  const paths = runtimePaths(request.root, process.env);
  process.chdir(paths.root);
  prepareRuntimeDir(paths);
  const lock = acquireSessionLock(paths.lock);
  // A removed lock can be taken although its supervisor still runs.
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
  const basis = { paths, lock, project, load, platform, system, home, group, recorded, lostContainers, notice };
  await serve(request, basis, answer);
  return true;
}

/** Stops what a killed supervisor of this project left running; what survives even that is told apart later by its record. */
async function clearAway(trees: readonly LostTree[], { processes }: System): Promise<readonly ProcessIdentity[]> {
  const reaped = await reap({ processes, trees, graceMs: REAP_GRACE_MS });
  if (reaped.length > 0) log('survivorsStopped', { reaped });
  const leaders = trees.map(({ root }) => root.leader).filter((leader) => leader !== LOST);
  return [...leaders, ...reaped.flatMap(({ leftovers }) => leftovers)];
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
  const answer: TellLauncher = (message) => {
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
