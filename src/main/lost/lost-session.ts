// The leftovers of a session without its supervisor: its recorded runs, processes with its token, and its
// control groups, which are found by their names alone.

import { LOST, WHOLE_SESSION, type LostTree } from './reap.ts';
import { groupsIn } from '../../system/linux/control-group.ts';
import { findSessionGroups } from '../../system/linux/group-places.ts';
import { leftRuns, type RecordPaths } from '../../system/state/recorded-session.ts';
import type { Platform } from '../../system/platform.ts';
import { isAlive } from '../../system/process/process-tree.ts';
import type { Processes } from '../../system/system.ts';

interface LostSessionOptions {
  readonly paths: RecordPaths & { readonly root: string };
  readonly platform: Platform;
  /** The control group that this process was started in. */
  readonly home: string | undefined;
}

/** Trees with possibly running processes. The caller knows that no session of the project runs. */
export function findLostTrees({ paths, platform, home }: LostSessionOptions): readonly LostTree[] {
  const records = leftRuns(paths, platform);
  const groups = findSessionGroups(paths.root, home, records?.group)
    .filter(({ supervisor }) => !isAlive(platform.processes, supervisor))
    .flatMap(({ path }) => [...groupsIn(path), path]);
  const recorded = (records?.runs ?? []).map(({ service, pid, startTicks }) => {
    const token = { DEV_SESSION: records?.sessionId ?? '', DEV_SERVICE: service };
    return { service, root: { leader: { pid, startTicks }, token, group: takeGroup(groups, service) } };
  });
  const session = records === undefined ? [] : [{ DEV_SESSION: records.sessionId }];
  return [
    ...recorded,
    ...groups.map((group) => ({ service: serviceOf(group), root: { leader: LOST, token: {}, group } })),
    ...session.map((token) => ({ service: WHOLE_SESSION, root: { leader: LOST, token } })),
  ];
}

/** The run that was written down last is that of the newest group. */
function takeGroup(groups: string[], service: string): string | undefined {
  const index = groups.findLastIndex((group) => serviceOf(group) === service);
  return index < 0 ? undefined : groups.splice(index, 1)[0];
}

/** Each process of the trees once, with the service that it is probably of. */
export function membersOf(
  trees: readonly LostTree[],
  processes: Pick<Processes, 'members'>,
): readonly { readonly service: string; readonly pid: number }[] {
  const found = new Map<number, string>();
  for (const { service, root } of trees) {
    for (const { pid } of processes.members(root, { sweep: true })) if (!found.has(pid)) found.set(pid, service);
  }
  return [...found].map(([pid, service]) => ({ service, pid }));
}

/** The group of a run is called SERVICE.NUMBER. */
function serviceOf(group: string): string {
  return /\/([^/]+)\.\d+$/.exec(group)?.[1] ?? WHOLE_SESSION;
}
