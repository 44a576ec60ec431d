// The one way to end processes: ask with SIGTERM, wait, kill with SIGKILL, wait for the kernel. The targets, and when
// they count as ended, come from the caller, which also proves each of them right before a signal.

import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';

/** SIGKILL works at once or never: a process that still runs after this is stuck in the kernel. */
const KILL_WAIT_MS = 2000;
const FIRST_POLL_MS = 20;
const LATER_POLL_MS = 100;

export interface Ending {
  /** How long SIGTERM has; undefined sends SIGKILL at once. */
  readonly graceMs: number | undefined;
  send(signal: 'SIGTERM' | 'SIGKILL'): void | Promise<void>;
  isGone(): boolean | Promise<boolean>;
  /** True ends a wait early, as when none of them may be signalled. */
  isHopeless?(): boolean;
  /** Called before each look. */
  onWait?(step: 'terminating' | 'killing', remainingMs: number): void;
}

/** Resolves once they have ended, or have survived SIGKILL. `wasForced` means that SIGTERM was not enough. */
export async function endProcesses(ending: Ending): Promise<{ readonly isGone: boolean; readonly wasForced: boolean }> {
  if (ending.graceMs !== undefined) {
    await ending.send('SIGTERM');
    if (await waitUntilGone(ending, 'terminating', ending.graceMs)) return { isGone: true, wasForced: false };
  }
  await ending.send('SIGKILL');
  return { isGone: await waitUntilGone(ending, 'killing', KILL_WAIT_MS), wasForced: true };
}

async function waitUntilGone(ending: Ending, step: 'terminating' | 'killing', limitMs: number): Promise<boolean> {
  const begunMs = monotonicMs();
  for (;;) {
    const elapsedMs = monotonicMs() - begunMs;
    ending.onWait?.(step, Math.max(0, Math.ceil(limitMs - elapsedMs)));
    if (await ending.isGone()) return true;
    if (elapsedMs >= limitMs || ending.isHopeless?.() === true) return false;
    await delay(elapsedMs < 1000 ? FIRST_POLL_MS : LATER_POLL_MS);
  }
}
