// A program on this terminal, to its end, with the signals that are meant for it.

import { constants } from 'node:os';
import { isatty } from 'node:tty';
import type { Environment } from '../../core/env/environment.ts';
import { startOnTerminal, type TerminalProgram } from '../../system/process/side-programs.ts';

/**
 * Resolves with its exit code, 128 and the signal's number when a signal ended it.
 * @throws the system's error when it cannot be started
 */
export async function runOnTerminal(
  file: string,
  args: readonly string[],
  place: { readonly cwd?: string; readonly env: Environment },
): Promise<number> {
  let program: TerminalProgram | undefined;
  const passOn = (signal: NodeJS.Signals): void => {
    // Ctrl-C at a terminal reaches the command by itself.
    if (signal !== 'SIGINT' || !isatty(0)) program?.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
  // Before the command starts: a signal between the two would end us alone.
  for (const signal of signals) process.on(signal, passOn);
  program = startOnTerminal(file, args, place);
  try {
    const { code, signal } = await program.ended;
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal as NodeJS.Signals]);
  } finally {
    for (const signal of signals) process.off(signal, passOn);
  }
}
