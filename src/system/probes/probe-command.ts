// A command as a health check: it passes when it exits with 0. It runs as the leader of its own group, and whatever it
// leaves behind, at its end or at the timeout, is killed: checks that leak a process each would fill the machine.

import { randomUUID } from 'node:crypto';

import type { Command } from '../../core/model/project.ts';
import { DevError } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { Exit, ProbeTarget, Processes } from '../system.ts';

export interface CommandAnswer {
  readonly ok: boolean;
  /** The first line it printed, or how it ended. */
  readonly message: string;
}

/** The answer is in the first line; only that is read. */
const MOST_OUTPUT_BYTES = 4096;
const LONGEST_LINE = 200;

/** Rejects only when `signal` aborts; the command is dead then. */
export function probeCommand(
  command: Command,
  target: Pick<ProbeTarget, 'cwd' | 'env'>,
  processes: Pick<Processes, 'spawn' | 'signal'>,
  signal: AbortSignal,
): Promise<CommandAnswer> {
  const token = { DEV_PROBE: randomUUID() };
  let output = '';
  return new Promise((resolve, reject) => {
    let child;
    try {
      child = processes.spawn(
        { command, cwd: target.cwd, env: { ...target.env, ...token }, tty: false, columns: 80, rows: 24 },
        {
          onData: (bytes) => {
            if (output.length < MOST_OUTPUT_BYTES) output += bytes.toString('utf8', 0, MOST_OUTPUT_BYTES);
          },
          onExit: (exit) => {
            killAll();
            signal.removeEventListener('abort', onAbort);
            resolve({ ok: exit.code === 0, message: describe(exit, output) });
          },
        },
      );
    } catch (error) {
      if (!(error instanceof DevError)) throw error;
      resolve({ ok: false, message: `${error.message} ${error.hint ?? ''}`.trim() });
      return;
    }
    const root = { leader: child.identity, token };
    const killAll = (): void => void processes.signal(root, 'SIGKILL');
    const onAbort = (): void => {
      killAll();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function describe({ code, signal }: Exit, output: string): string {
  const firstLine = printable(output.trimStart().split('\n', 1)[0] ?? '', LONGEST_LINE);
  if (code === 0) return firstLine || 'exit 0';
  const end = code === null ? `ended by ${signal}` : `exit ${code}`;
  return firstLine ? `${end}: ${firstLine}` : end;
}
