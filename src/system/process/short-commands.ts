// Runs a command to its end: stop commands and the like. The command gets its own process group, so that a
// timeout ends it whole, not only the shell in front of it. What it leaves in the background may keep its output open, which
// is then read on, so that nobody is ended by a closed pipe, but neither waited for nor handed on.

import type { Command } from '../../core/model/project.ts';
import { HELPERS, type SessionGroup } from './session-group.ts';
import type { Exit, ShortCommandResult, ShortCommands } from '../system.ts';
import { createExitReport } from './exit-report.ts';

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
  const exited = Promise.withResolvers<Exit>();
  const report = createExitReport({ onData, onExit: exited.resolve }, { streams: 1, release: () => {} });
  subprocess.all.on('data', (bytes: Buffer) => report.data(bytes, 'out')).on('close', () => report.streamEnded());
  subprocess.nodeChildProcess.on('exit', (code, exitSignal) => report.exited({ code, signal: exitSignal }));
  let isOverdue = false;
  const onOverdue = (): void => {
    isOverdue = true;
    killGroup(subprocess.pid);
  };
  const onAbort = (): void => killGroup(subprocess.pid);
  signal?.addEventListener('abort', onAbort);
  const timer = timeoutMs === undefined ? undefined : setTimeout(onOverdue, timeoutMs);
  // One that could not be started has no exit.
  const failure = subprocess.then(async ({ shortMessage }): Promise<Exit | string | undefined> =>
    subprocess.pid === undefined ? shortMessage : exited.promise,
  );
  const exit = await Promise.race([exited.promise, failure]);
  clearTimeout(timer);
  signal?.removeEventListener('abort', onAbort);
  if (isOverdue) return { ok: false, message: `timed out after ${(timeoutMs ?? 0) / 1000} s` };
  if (typeof exit !== 'object') return { ok: false, message: exit ?? 'could not be started' };
  if (exit.signal !== null) return { ok: false, message: `ended by ${exit.signal}` };
  const { code } = exit;
  return { ok: code === 0, message: `exited with code ${code ?? '?'}`, ...(code === null ? {} : { exitCode: code }) };
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
