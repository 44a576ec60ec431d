// For commands that continue until they are ended. The others have nothing to clean up, so a signal ends them as it ends
// any program.

import { EXIT, type ExitCode } from '../../errors.ts';
import type { CliContext } from './context.ts';

/** Does the work, but ends with the exit code of a signal as soon as one comes; the work is left where it is. */
export async function untilSignal(
  { onSignal }: Pick<CliContext, 'onSignal'>,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const { promise: interruption, resolve } = Promise.withResolvers<ExitCode>();
  // Taken back at the first: a second one ends us even if something still holds us up.
  const stop = onSignal((signal) => {
    stop();
    resolve(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
  });
  try {
    return await Promise.race([interruption, work()]);
  } finally {
    stop();
  }
}
