// What sessions leave behind: records of another folder's session that came with the project, which are moved out of the
// way; and lost children of hooks, of health checks, of daemons, which are stopped when all services have stopped.

import type { Processes } from '../../system/system.ts';
import type { RuntimePaths } from '../../system/state/runtime-dir.ts';
import type { SessionGroup } from '../../system/process/session-group.ts';
import type { ShutdownReport } from '../../core/session/session.ts';
import { groupsIn } from '../../system/linux/control-group.ts';
import { leftoversOf, LOST, reap, WHOLE_SESSION } from '../lost/reap.ts';
import { putForeignRecordsAside } from '../../system/state/put-aside.ts';
import { sessionLog as log } from './session-log.ts';

/** Records that cannot be moved are not used either, so that is no reason not to start. */
export function putAside(paths: RuntimePaths, boot: string): string | undefined {
  try {
    const notice = putForeignRecordsAside(paths, boot);
    if (notice !== undefined) log('recordsPutAside', { message: notice });
    return notice;
  } catch (error) {
    log('stateFileProblem', { message: String(error) });
    return undefined;
  }
}

const GRACE_MS = 1_000;

export async function stopTheRest(
  sessionId: string,
  processes: Processes,
  group: SessionGroup | undefined,
): Promise<ShutdownReport> {
  const service = WHOLE_SESSION;
  const groups = group === undefined ? [] : [...groupsIn(group.path), group.path];
  const trees = [
    ...groups.map((path) => ({ service, root: { leader: LOST, token: {}, group: path } })),
    { service, root: { leader: LOST, token: { DEV_SESSION: sessionId } } },
  ];
  const reaped = await reap({ processes, trees, graceMs: GRACE_MS });
  if (reaped.length > 0) log('restStopped', { reaped });
  const leftovers = leftoversOf(reaped);
  return { leftovers, ...(group?.isWhole() === true && leftovers.length === 0 ? { isProven: true } : {}) };
}
