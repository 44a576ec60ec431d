// Stops what a session left whose supervisor was killed, for who asks for a stop instead of another start. Holds the
// session's lock meanwhile, so that none starts over what is being stopped.

import type { LostSessionReport } from '../../cli/context/context.ts';
import { isAmong } from '../../cli/context/services.ts';
import { leftoversOf, reap, type LostTree } from '../session/reap.ts';
import { ownGroup } from '../../system/linux/group-places.ts';
import { createProcesses } from '../../system/process/processes.ts';
import { leftRuns } from '../../system/state/recorded-session.ts';
import { makePrivate, type RuntimePaths } from '../../system/state/runtime-dir.ts';
import { acquireSessionLock } from '../../system/state/session-lock.ts';
import { removeIfOurs } from '../../system/state/state-files.ts';
import { findLostTrees } from '../session/lost-session.ts';
import { createPlatform } from '../session/platform.ts';

/** As long as a start gives them. */
const GRACE_MS = 3_000;

/** Undefined when nothing of a killed session lives. `names`: of these services alone; all when there are none. */
export async function stopLostSession(
  paths: RuntimePaths,
  { names, force }: { readonly names: readonly string[]; readonly force: boolean },
): Promise<LostSessionReport | undefined> {
  const platform = createPlatform();
  const processes = createProcesses(platform);
  const isMeant = ({ service }: LostTree): boolean => names.length === 0 || isAmong(service, names);
  const lost = (): readonly LostTree[] => findLostTrees({ paths, platform, home: ownGroup() }).filter(isMeant);
  if (lost().every(({ root }) => processes.isGone(root))) return undefined;
  makePrivate(paths.socketDir);
  const lock = acquireSessionLock(paths.lock);
  if (lock === undefined) return undefined; // it is starting, and clears away the same
  const sessionId = leftRuns(paths, platform)?.sessionId;
  try {
    const reaped = await reap({ processes, trees: lost(), graceMs: force ? undefined : GRACE_MS });
    const leftovers = leftoversOf(reaped);
    if (leftovers.length === 0 && names.length === 0 && sessionId !== undefined) {
      for (const file of [paths.runsFile, paths.sessionFile]) removeIfOurs(file, sessionId);
    }
    const stopped = reaped.flatMap(({ service, stopped: count }) => (count === 0 ? [] : [{ service, count }]));
    return { leftovers, stopped };
  } finally {
    lock.release();
  }
}
