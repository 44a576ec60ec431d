// What a killed supervisor left behind: found by pid and start time, or by the old session's token, and stopped
// before anything new starts, so that the new session does not fight the old one for its ports.

import type { Clock, Processes, ProcessIdentity, TreeRoot } from '../../system/system.ts';

interface RecordedRun extends ProcessIdentity {
  readonly service: string;
}

export interface ReapOptions {
  readonly processes: Processes;
  readonly clock: Clock;
  /** The id of the session that wrote the records. */
  readonly sessionId: string;
  readonly runs: readonly RecordedRun[];
  readonly graceMs: number;
}

export interface Reaped {
  readonly service: string;
  readonly stopped: number;
  /** Survived even SIGKILL. */
  readonly leftovers: readonly ProcessIdentity[];
}

const POLL_MS = 20;
const KILL_WAIT_MS = 2_000;

/** Stops all survivors at once: SIGTERM, at most `graceMs`, SIGKILL. Services of which nothing lives are left out. */
export async function reapSurvivors(options: ReapOptions): Promise<readonly Reaped[]> {
  const { processes, sessionId } = options;
  const trees = options.runs.map((run) => {
    const root: TreeRoot = { leader: run, token: { DEV_SESSION: sessionId, DEV_SERVICE: run.service } };
    return { service: run.service, root, found: processes.members(root, { sweep: true }).length };
  });
  const alive = trees.filter(({ found }) => found > 0);
  for (const { root } of alive) processes.signal(root, 'SIGTERM');
  await untilGone(options, alive, options.graceMs);
  for (const { root } of alive) processes.signal(root, 'SIGKILL');
  await untilGone(options, alive, KILL_WAIT_MS);
  return alive.map(({ service, root, found }) => {
    const leftovers = processes.members(root, { sweep: true });
    return { service, stopped: found - leftovers.length, leftovers };
  });
}

async function untilGone(
  options: ReapOptions,
  trees: readonly { readonly root: TreeRoot }[],
  limitMs: number,
): Promise<void> {
  const { clock, processes } = options;
  const deadlineMs = clock.nowMs() + limitMs;
  const isGone = (): boolean => trees.every(({ root }) => processes.members(root, { sweep: true }).length === 0);
  while (!isGone() && clock.nowMs() < deadlineMs) {
    await new Promise<void>((resolve) => {
      clock.after(POLL_MS, resolve);
    });
  }
}
