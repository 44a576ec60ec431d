// Runs a command on this terminal inside of a container, through its engine's own command.

import { isatty } from 'node:tty';
import { DevError, EXIT } from '../../errors.ts';
import { clientEnvironment } from '../../system/containers/endpoint.ts';
import { runOnTerminal } from './run-on-terminal.ts';

/**
 * Resolves with the exit code of the command; 126 and 127 say that the image cannot run it.
 * @throws DevError `spawn_failed` when the engine has no command here
 */
export async function runInContainer(
  { id, engine }: { readonly id: string; readonly engine: string },
  command: readonly string[],
): Promise<number> {
  const client = engine.toLowerCase();
  const terminal = isatty(0) && isatty(1) ? ['-t'] : [];
  try {
    return await runOnTerminal(client, ['exec', '-i', ...terminal, id, ...command], {
      env: clientEnvironment(process.env),
    });
  } catch (cause) {
    throw new DevError({
      code: 'spawn_failed',
      exitCode: EXIT.notReady,
      message: `The command ${client} cannot be run, so nothing can run inside the container.`,
      hint: `install the command line of ${engine}`,
      cause,
    });
  }
}
