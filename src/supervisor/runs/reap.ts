// Stops trees that no service stands for any more: what a killed supervisor left behind, found by pid and start time, by
// the old session's token or in its control groups, before anything new starts, so that the new session does not fight
// the old one for its ports; and at the end of a session what its services have lost sight of.

import type { ShutdownReport } from '../../core/model/session.ts';
import type { Clock, Processes, ProcessIdentity, TreeRoot } from '../../system/system.ts';

export interface ReapOptions {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly trees: readonly LostTree[];
  readonly graceMs: number;
}

export interface LostTree {
  /** Of whom it probably is. */
  readonly service: string;
  readonly root: TreeRoot;
}

export interface Reaped {
  readonly service: string;
  readonly stopped: number;
  /** Survived even SIGKILL. */
  readonly leftovers: readonly (ProcessIdentity & { readonly name: string })[];
}

/** Stands for a leader that is gone. */
export const LOST: ProcessIdentity = { pid: 0, startTicks: 0 };
/** Named for a process that no service can be blamed for. */
export const WHOLE_SESSION = 'the session';
const POLL_MS = 20;
const KILL_WAIT_MS = 2_000;

/** Stops all trees at once: SIGTERM, at most `graceMs`, SIGKILL. Those of which nothing lives are left out. */
export async function reap(options: ReapOptions): Promise<readonly Reaped[]> {
  const { processes } = options;
  const members = ({ root }: LostTree) => processes.members(root, { sweep: true });
  const trees = options.trees.map((tree) => ({ ...tree, found: members(tree).length }));
  const alive = trees.filter(({ root }) => !processes.isGone(root));
  for (const { root } of alive) processes.signal(root, 'SIGTERM');
  await untilGone(options, alive, options.graceMs);
  for (const { root } of alive) processes.signal(root, 'SIGKILL');
  await untilGone(options, alive, KILL_WAIT_MS);
  const named = new Set<number>();
  return alive.map((tree) => {
    const leftovers = members(tree).filter(({ pid }) => !named.has(pid));
    for (const { pid } of leftovers) named.add(pid);
    return { service: tree.service, stopped: tree.found - leftovers.length, leftovers };
  });
}

/** What survived, as a report of a shutdown names it. */
export function leftoversOf(reaped: readonly Reaped[]): ShutdownReport['leftovers'] {
  return reaped.flatMap(({ service, leftovers }) => leftovers.map(({ pid, name }) => ({ service, pid, name })));
}

async function untilGone(options: ReapOptions, trees: readonly LostTree[], limitMs: number): Promise<void> {
  const { clock, processes } = options;
  const deadlineMs = clock.nowMs() + limitMs;
  const isGone = (): boolean => trees.filter(({ root }) => !processes.isGone(root)).length === 0;
  while (!isGone() && clock.nowMs() < deadlineMs) {
    await new Promise<void>((resolve) => {
      clock.after(POLL_MS, resolve);
    });
  }
}
