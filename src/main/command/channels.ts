// Standard output and standard error, opened when something is written: each costs a millisecond or two.
// A reader may end at any time (`./dev logs | head`): no failure, so a clean exit. An output that cannot be
// written for another reason, as on a full disk, ends the command once: nobody would get the rest of the answer.

import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Channel } from '../../cli/context/output.ts';
import { EXIT } from '../../errors.ts';
import { systemReason } from '../../system-error.ts';

export const stdout = channel(1, () => process.stdout, endForOutput);
/** A message that cannot be written is dropped, because the answer does not depend on it. The exit code shows it. */
export const stderr = channel(
  2,
  () => process.stderr,
  () => {
    isTalkLost = true;
  },
);

let isTalkLost = false;

/** The exit code of a command that ended with `code`, once its outputs are known. */
export function exitCodeOf(code: number): number {
  return code === EXIT.ok && isTalkLost ? EXIT.notReady : code;
}

function channel(descriptor: number, open: () => NodeJS.WriteStream, onBroken: (error: Error) => void): Channel {
  const isTerminal = isatty(descriptor);
  let stream: NodeJS.WriteStream | undefined;
  return {
    isTerminal,
    stream: () => {
      if (stream !== undefined) return stream;
      stream = open();
      stream.on('error', (error: NodeJS.ErrnoException) => {
        // EIO of a terminal: it was closed.
        if (error.code === 'EPIPE' || (error.code === 'EIO' && isTerminal)) process.exit(EXIT.ok);
        onBroken(error);
      });
      return stream;
    },
  };
}

function endForOutput(error: Error): never {
  try {
    writeSync(2, `✖ Cannot write the output: ${systemReason(error)}.\n`);
  } catch {
    // Standard error often goes the same way.
  }
  process.exit(EXIT.notReady);
}
