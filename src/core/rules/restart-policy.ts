// Decides what follows after a service ended by itself. Pure: the caller passes the uptime. Trap: attempts reset after
// a stable run, not after a successful spawn. Else a service that dies after two seconds would restart forever.

import type { RestartPolicy } from '../model/project.ts';

export type AfterExit =
  | { readonly kind: 'exited' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'restart'; readonly delayMs: number; readonly attempts: number; readonly isCoolDown: boolean };

export interface EndedRun {
  /** Null when a signal ended it, or devdeck itself for a fault. */
  readonly code: number | null;
  /** How it ended, in words. */
  readonly reason: string;
  readonly uptimeMs: number;
  /** Restarts in a row before this exit. */
  readonly attempts: number;
  readonly hasCooledDown: boolean;
  /** From 0 to 1, another one for each exit: services that died together do not come back in the same instant. */
  readonly jitter: number;
}

/** How much shorter than planned a pause may be. */
const LARGEST_JITTER = 0.1;

/**
 * The delay doubles from `backoffMs` up to `maxBackoffMs`; once `max` restarts are used up the service
 * rests for `coolDownMs`, gets one last try, and fails for good.
 * A shell's 126 and 127 (not executable, not found) are never retried: waiting does not install a program.
 */
export function decideAfterExit(policy: RestartPolicy, ended: EndedRun): AfterExit {
  const { reason, code } = ended;
  if (code === 0 && policy.when !== 'always') return { kind: 'exited' };
  if (code === 126 || code === 127 || policy.when === 'no') return { kind: 'failed', reason };

  const isStable = ended.uptimeMs >= policy.resetAfterMs;
  const attempts = isStable ? 1 : ended.attempts + 1;
  const hasCooledDown = isStable ? false : ended.hasCooledDown;
  if (attempts <= policy.max) {
    const delayMs = backoffDelayMs(policy, attempts) * (1 - LARGEST_JITTER * ended.jitter);
    return { kind: 'restart', delayMs: Math.round(delayMs), attempts, isCoolDown: false };
  }
  if (!hasCooledDown && policy.max > 0) {
    return { kind: 'restart', delayMs: policy.coolDownMs, attempts, isCoolDown: true };
  }
  return { kind: 'failed', reason: `${reason}; gave up after ${inARow(ended.attempts)}` };
}

/** The restarts that were made, the last try after the cool-down included: as many as `status` counts. */
export function inARow(restarts: number): string {
  return `${restarts} ${restarts === 1 ? 'restart' : 'restarts'} in a row`;
}

/** `backoffMs` × 2^(attempts − 1), at most `maxBackoffMs`. `attempts` counts from 1. */
function backoffDelayMs(policy: Pick<RestartPolicy, 'backoffMs' | 'maxBackoffMs'>, attempts: number): number {
  return Math.min(policy.maxBackoffMs, policy.backoffMs * 2 ** Math.min(attempts - 1, 30));
}

/** From 0 to 1, the same for the same text: the core knows no chance, so that a recorded session can be replayed. */
export function jitterOf(text: string): number {
  let hash = 2_166_136_261;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return (hash % 1_000) / 999;
}

type ExitCodes = { readonly code: number | null; readonly signal: string | null; readonly cause?: string };

/** As `describeExit`; what a shell said of a program that it could not start is told in its place. */
export function describeFailure(exit: ExitCodes, lastLines: readonly string[]): string {
  if (exit.cause !== undefined || (exit.code !== 126 && exit.code !== 127)) return describeExit(exit);
  if (lastLines.some((line) => READ_AS_SCRIPT.test(line))) {
    return `the program is not executable here: ${NEXT_STEPS['exec format error']} (exit code ${exit.code})`;
  }
  const complaint = findShellComplaint(lastLines);
  if (exit.code === 127) {
    const what = complaint === undefined ? 'command not found' : `command not found: ${complaint.program}`;
    return `${what} (exit code 127)${complaint === undefined ? '' : '; is it installed, and its folder on the PATH?'}`;
  }
  if (complaint === undefined) return 'command is not executable (exit code 126)';
  const { program, problem } = complaint;
  return `${program} is not executable: ${problem} (exit code 126); ${NEXT_STEPS[problem] ?? 'try it in a shell'}`;
}

const NEXT_STEPS: Readonly<Record<string, string>> = {
  'permission denied': 'chmod +x makes it so',
  'exec format error': 'it is built for another system, or lacks a first line such as #!/bin/sh',
  'is a directory': 'name the program inside it',
};

/** What the system does not recognise as a program is handed to a shell, which stumbles over the head of the binary. */
const READ_AS_SCRIPT = /: (?:line )?\d+: \W*ELF/;

/** dash: `sh: 1: vitee: not found`; bash: `sh: line 1: vitee: command not found`; zsh: `zsh: command not found: vitee`. */
const SHELL_COMPLAINT =
  /^\S*sh:(?:(?: line)? ?\d+:)? (?:command not found: (?<zsh>\S+)|(?<program>.+?): (?<problem>(?:command )?not found|no such file or directory|permission denied|is a directory|(?:cannot execute(?: binary file)?: )?exec format error|cannot execute(?: binary file)?))$/i;

function findShellComplaint(
  lines: readonly string[],
): { readonly program: string; readonly problem: string } | undefined {
  for (const line of lines.toReversed()) {
    const { zsh, program, problem } = SHELL_COMPLAINT.exec(line.trim())?.groups ?? {};
    const name = zsh ?? program;
    if (name !== undefined) return { program: name, problem: (problem ?? '').toLowerCase().replace(/^.*: /, '') };
  }
  return undefined;
}

export function processesInWords(count: number): string {
  return count === 1 ? 'one process' : `${count} processes`;
}

export function describeExit(exit: ExitCodes): string {
  if (exit.cause !== undefined) return exit.cause;
  if (exit.signal === 'SIGKILL') return 'killed by SIGKILL (not by devdeck; out of memory?)';
  if (exit.signal !== null) return `ended by ${exit.signal}`;
  return exit.code === 0 ? 'ended with success' : `exited with code ${exit.code}`;
}
