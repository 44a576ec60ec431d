// Ends a session whose supervisor no longer answers: kills the supervisor, then stops its leftovers, as the next
// session would. Only with --force.

import type { ShutdownReport } from '../../core/session/session.ts';
import { DevError, EXIT } from '../../errors.ts';
import { leftoversOf, reap } from './reap.ts';
import { endProcesses } from '../../system/process/end-processes.ts';
import { ownGroup } from '../../system/linux/group-places.ts';
import { createProcesses } from '../../system/process/processes.ts';
import { leftRuns, recordedSupervisor } from '../../system/state/recorded-session.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import { removeIfOurs, type ContainerRecord } from '../../system/state/state-files.ts';
import { findLostTrees } from './lost-session.ts';
import { createPlatform } from '../platform/platform.ts';

/** @throws DevError `refused` when the supervisor cannot be proven, or does not go */
export async function endHungSession(paths: RuntimePaths): Promise<ShutdownReport> {
  const platform = createPlatform();
  const processes = createProcesses(platform);
  const supervisor = recordedSupervisor(paths, platform);
  if (supervisor === undefined) throw refused(paths, 'which process it is cannot be proven');
  const { isGone } = await endProcesses({
    graceMs: undefined,
    send: (signal) => void process.kill(supervisor.pid, signal),
    isGone: () => !processes.isAlive(supervisor),
  });
  if (!isGone) throw refused(paths, `pid ${supervisor.pid} survived SIGKILL`);
  const { sessionId } = supervisor;
  const trees = findLostTrees({ paths, platform, home: ownGroup() });
  const lost = leftRuns(paths, platform)?.containers ?? [];
  const leftovers = leftoversOf(await reap({ processes, trees, graceMs: undefined }));
  const containers = lost.length === 0 ? {} : await killContainers(paths, lost);
  if (leftovers.length === 0 && Object.keys(containers).length === 0) removeIfOurs(paths.runsFile, sessionId);
  removeIfOurs(paths.sessionFile, sessionId);
  return { leftovers, ...containers };
}

/** Empty when nothing of them is left. */
async function killContainers(
  paths: RuntimePaths,
  lost: readonly ContainerRecord[],
): Promise<Pick<ShutdownReport, 'containers' | 'containersUnseen'>> {
  const { stopLostContainers } = await import('./lost-containers.ts');
  const { running, problem } = await stopLostContainers(paths, lost, { isMeant: () => true, force: true });
  return {
    ...(running.length === 0 ? {} : { containers: running }),
    ...(problem === undefined ? {} : { containersUnseen: problem }),
  };
}

function refused({ supervisorLog }: RuntimePaths, why: string): DevError {
  return new DevError({
    code: 'refused',
    exitCode: EXIT.notReady,
    message: `The supervisor does not answer, and was not killed: ${why}.`,
    hint: `${supervisorLog} may say what it does`,
  });
}
