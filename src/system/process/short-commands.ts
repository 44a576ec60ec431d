// Runs a command to its end: stop commands and the like. The command gets its own process group, so that a
// timeout ends it whole, not only the shell in front of it.

import type { Command } from '../../core/model/project.ts';
import { HELPERS, type SessionGroup } from './session-group.ts';
import type { ShortCommandResult, ShortCommands } from '../system.ts';

/** @param session its control group, where there is one */
export function createShortCommands(session?: SessionGroup): ShortCommands {
  return { run: (request) => run(request, session) };
}

async function run(
  request: Parameters<ShortCommands['run']>[0],
  session: SessionGroup | undefined,
): Promise<ShortCommandResult> {
  const { command, cwd, env, timeoutMs, signal, onData } = request;
  // Loaded at the first use: 96 kB that most sessions never need.
  const { execa } = await import('execa');
  const [file, args] = toArgv(command);
  const options = { cwd, env, extendEnv: false, detached: true, stdin: 'ignore', all: true } as const;
  const start = () => execa(file, args, { ...options, buffer: false, encoding: 'buffer', reject: false });
  const { started: subprocess } = session?.startIn(HELPERS, start) ?? { started: start() };
  subprocess.all.on('data', onData);
  let isOverdue = false;
  const onOverdue = (): void => {
    isOverdue = true;
    killGroup(subprocess.pid);
  };
  const onAbort = (): void => killGroup(subprocess.pid);
  signal?.addEventListener('abort', onAbort);
  const timer = timeoutMs === undefined ? undefined : setTimeout(onOverdue, timeoutMs);
  const result = await subprocess;
  clearTimeout(timer);
  signal?.removeEventListener('abort', onAbort);
  if (isOverdue) return { ok: false, message: `timed out after ${(timeoutMs ?? 0) / 1000} s` };
  if (result.failed && result.exitCode === undefined)
    return { ok: false, message: result.shortMessage ?? 'could not be started' };
  if (result.signal !== undefined) return { ok: false, message: `ended by ${result.signal}` };
  const { exitCode } = result;
  const code = exitCode === undefined ? {} : { exitCode };
  return { ok: exitCode === 0, message: `exited with code ${exitCode ?? '?'}`, ...code };
}

function toArgv(command: Command): [string, readonly string[]] {
  if (command.kind === 'shell') return ['/bin/sh', ['-c', command.line]];
  const [file = '', ...args] = command.argv;
  return [file, args];
}

/** The group exists as long as our own child, its leader, was not reaped; afterwards ESRCH is fine. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}
