// A fault as a row of the table in docs/reliability.md: what goes wrong, how it is brought about, what happened.
// The injection and what must hold is the test itself, through `./dev` as a person or a script uses it.
// Slow ones run with FAULTS=all only (npm run test:faults); a fault that cannot be brought about here is listed with the reason.

import { spawnSync } from 'node:child_process';
import { it } from 'vitest';
import { HAS_CONTROL_GROUPS } from '../helpers/daemons.ts';
import { isPortable } from '../helpers/temp-project.ts';

export interface FaultRow {
  /** Letter and number: A ports, B processes, C restart and health, D supervisor, E logs, F terminal, G config, H limits, I commands, J other systems. */
  readonly id: string;
  /** What goes wrong, in a few words. */
  readonly fault: string;
  /** How the test brings it about. */
  readonly injected: string;
  /** P0: no user may ever meet it. */
  readonly priority?: 'P0' | 'P1' | 'P2';
  /** Takes more than three seconds or so. */
  readonly isSlow?: boolean;
  /** Only root can bring it about, and only where it may mount and make namespaces. */
  readonly needsRoot?: boolean;
  /** Only where devdeck can have control groups (Linux with cgroup v2). */
  readonly needsGroups?: boolean;
  /** Why it does not hold on the portable back end, which has no /proc. */
  readonly notPortable?: string;
  readonly timeoutMs?: number;
}

declare module 'vitest' {
  interface TaskMeta {
    fault?: FaultRow;
  }
}

/** A row of the table, as a test. */
export function fault(row: FaultRow, run: () => Promise<void>): void {
  const { id, fault: what, timeoutMs = 60_000 } = row;
  it(`${id} ${what}`, { timeout: timeoutMs }, async ({ task, skip }) => {
    task.meta.fault = row;
    const reason = whyNotNow(row);
    if (reason !== undefined) skip(reason);
    await run();
  });
}

/** A row that is known and not tested, with the reason. */
export function faultNotRun(row: Pick<FaultRow, 'id' | 'fault' | 'priority'>, why: string): void {
  it(`${row.id} ${row.fault}`, ({ task, skip }) => {
    task.meta.fault = { ...row, injected: '–' };
    skip(why);
  });
}

function whyNotNow({ isSlow, needsRoot, needsGroups, notPortable }: FaultRow): string | undefined {
  if (isPortable && notPortable !== undefined) return notPortable;
  if (isSlow === true && process.env['FAULTS'] !== 'all') return 'slow: npm run test:faults runs it';
  if (needsRoot === true && !isFullRoot()) return 'needs root that may mount and make namespaces';
  if (needsGroups === true && !HAS_CONTROL_GROUPS) return 'needs control groups (cgroup v2) that we may use';
  return undefined;
}

let fullRoot: boolean | undefined;

/** Root inside a container often may not. */
function isFullRoot(): boolean {
  fullRoot ??=
    process.getuid?.() === 0 &&
    spawnSync('unshare', ['--mount', '--pid', '--fork', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
  return fullRoot;
}
