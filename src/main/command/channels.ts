// Standard output and standard error, opened when something is written: each costs a millisecond or two.
// Whoever reads may leave at any time (`./dev logs | head`). That is no failure, so it is a clean exit.

import { isatty } from 'node:tty';
import type { Channel } from '../../cli/context/output.ts';

/** EPIPE: the reader has gone. EIO: the terminal has. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);

export const stdout = channel(1, () => process.stdout);
export const stderr = channel(2, () => process.stderr);

function channel(descriptor: number, open: () => NodeJS.WriteStream): Channel {
  let stream: NodeJS.WriteStream | undefined;
  return {
    isTerminal: isatty(descriptor),
    stream: () => {
      if (stream !== undefined) return stream;
      stream = open();
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (READER_GONE.has(error.code)) process.exit(0);
        throw error;
      });
      return stream;
    },
  };
}
