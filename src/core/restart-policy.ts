// Decides what follows when a service ended by itself. Pure: the caller passes the uptime.
// Trap: attempts start over after a stable run, not after a successful spawn, or a service that
// dies after two seconds would be restarted for ever.

import type { RestartPolicy } from './project.ts';

export type AfterExit =
  | { readonly kind: 'exited' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'restart'; readonly delayMs: number; readonly attempts: number; readonly isCoolDown: boolean };

export interface EndedRun {
  readonly code: number | null;
  readonly signal: string | null;
  readonly uptimeMs: number;
  /** Restarts in a row before this exit. */
  readonly attempts: number;
  readonly hasCooledDown: boolean;
}

/**
 * The delay doubles from `backoffMs` up to `maxBackoffMs`; once `max` restarts are used up the service
 * rests for `coolDownMs`, gets one last try, and fails for good.
 * A shell's 126 and 127 (not executable, not found) are never retried: waiting does not install a program.
 */
export function decideAfterExit(policy: RestartPolicy, ended: EndedRun): AfterExit {
  const isSuccess = ended.code === 0;
  if (isSuccess && policy.when !== 'always') return { kind: 'exited' };
  if (ended.code === 127) return { kind: 'failed', reason: 'command not found (exit code 127)' };
  if (ended.code === 126) return { kind: 'failed', reason: 'command is not executable (exit code 126)' };
  if (policy.when === 'no') return { kind: 'failed', reason: describeExit(ended) };

  const isStable = ended.uptimeMs >= policy.resetAfterMs;
  const attempts = isStable ? 1 : ended.attempts + 1;
  const hasCooledDown = isStable ? false : ended.hasCooledDown;
  if (attempts <= policy.max) {
    return { kind: 'restart', delayMs: backoffDelayMs(policy, attempts), attempts, isCoolDown: false };
  }
  if (!hasCooledDown && policy.max > 0) {
    return { kind: 'restart', delayMs: policy.coolDownMs, attempts, isCoolDown: true };
  }
  return { kind: 'failed', reason: `${describeExit(ended)}; gave up after ${policy.max} restarts` };
}

/** `backoffMs` × 2^(attempts − 1), at most `maxBackoffMs`. `attempts` counts from 1. */
function backoffDelayMs(policy: Pick<RestartPolicy, 'backoffMs' | 'maxBackoffMs'>, attempts: number): number {
  return Math.min(policy.maxBackoffMs, policy.backoffMs * 2 ** Math.min(attempts - 1, 30));
}

export function describeExit(exit: { readonly code: number | null; readonly signal: string | null }): string {
  if (exit.signal === 'SIGKILL') return 'killed by SIGKILL (not by devdeck; out of memory?)';
  if (exit.signal !== null) return `ended by ${exit.signal}`;
  return exit.code === 0 ? 'ended with success' : `exited with code ${exit.code}`;
}
