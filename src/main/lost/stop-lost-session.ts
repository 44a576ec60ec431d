// Stops the leftovers of a session whose supervisor was killed, for a stop without another start. Holds the
// session's lock meanwhile, so that none starts over what is being stopped.

import type { LostSessionReport } from '../../cli/context/context.ts';
import { isAmong } from '../../cli/context/services.ts';
import { leftoversOf, reap, type LostTree } from './reap.ts';
import { ownGroup } from '../../system/linux/group-places.ts';
import { createProcesses } from '../../system/process/processes.ts';
import { leftRuns } from '../../system/state/recorded-session.ts';
import { makePrivate, type RuntimePaths } from '../../system/state/runtime-dir.ts';
import { acquireSessionLock } from '../../system/state/session-lock.ts';
import { removeIfOurs, type ContainerRecord } from '../../system/state/state-files.ts';
import type { ClearedContainers } from '../../supervisor/containers/container-clearing.ts';
import { findLostTrees } from './lost-session.ts';
import { createPlatform } from '../platform/platform.ts';

/** As long as a start gives them. */
const GRACE_MS = 3_000;

/** Undefined when nothing of a killed session runs. `names`: only of these services; empty for all. */
export async function stopLostSession(
  paths: RuntimePaths,
  { names, force }: { readonly names: readonly string[]; readonly force: boolean },
): Promise<LostSessionReport | undefined> {
  const platform = createPlatform();
  const processes = createProcesses(platform);
  const isMeant = ({ service }: LostTree): boolean => names.length === 0 || isAmong(service, names);
  const lost = (): readonly LostTree[] => findLostTrees({ paths, platform, home: ownGroup() }).filter(isMeant);
  const left = leftRuns(paths, platform);
  const containers = (left?.containers ?? []).filter(({ service }) => names.length === 0 || isAmong(service, names));
  if (containers.length === 0 && lost().every(({ root }) => processes.isGone(root))) return undefined;
  makePrivate(paths.socketDir);
  const lock = acquireSessionLock(paths.lock);
  if (lock === undefined) return undefined; // it is starting, and clears away the same
  const sessionId = left?.sessionId;
  try {
    const reaped = await reap({ processes, trees: lost(), graceMs: force ? undefined : GRACE_MS });
    const leftovers = leftoversOf(reaped);
    const cleared = await clear(paths, containers, { names, force });
    if (
      cleared.running.length === 0 &&
      cleared.problem === undefined &&
      leftovers.length === 0 &&
      names.length === 0 &&
      sessionId !== undefined
    ) {
      for (const file of [paths.runsFile, paths.sessionFile]) removeIfOurs(file, sessionId);
    }
    const stopped = reaped.flatMap(({ service, stopped: count }) => (count === 0 ? [] : [{ service, count }]));
    return {
      leftovers,
      stopped,
      stoppedContainers: cleared.stopped,
      ...(cleared.running.length === 0 ? {} : { containers: cleared.running }),
      ...(cleared.problem === undefined ? {} : { containersUnseen: cleared.problem }),
    };
  } finally {
    lock.release();
  }
}

async function clear(
  paths: RuntimePaths,
  containers: readonly ContainerRecord[],
  { names, force }: { readonly names: readonly string[]; readonly force: boolean },
): Promise<ClearedContainers> {
  if (containers.length === 0) return { stopped: [], running: [], problem: undefined };
  const { stopLostContainers } = await import('./lost-containers.ts');
  const isMeant = (service: string): boolean => names.length === 0 || isAmong(service, names);
  return stopLostContainers(paths, containers, { isMeant, force });
}
