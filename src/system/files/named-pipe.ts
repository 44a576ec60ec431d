// Reads a named pipe once, from the first byte until its writer closes it. It opens the pipe without waiting and polls
// it, so neither the event loop nor a thread hangs on a missing writer. Trap: a pipe without a writer reads as empty,
// exactly as one whose writer has closed it.

import { closeSync, constants, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from '../clock.ts';

const LOOK_EVERY_MS = 10;
const MAX_BYTES = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** A little more than 1 MiB at most; undefined when nobody has written, and closed it, within the limit. */
export async function readNamedPipe(
  path: string,
  { limitMs }: { readonly limitMs: number },
): Promise<Buffer | undefined> {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const untilMs = monotonicMs() + limitMs;
    const chunks: Buffer[] = [];
    for (let bytes = 0; bytes <= MAX_BYTES;) {
      const chunk = readNow(descriptor);
      if (chunk === 'closed' && chunks.length > 0) break;
      if (typeof chunk === 'string') {
        if (monotonicMs() >= untilMs) return undefined;
        await delay(LOOK_EVERY_MS);
        continue;
      }
      chunks.push(chunk);
      bytes += chunk.length;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(descriptor);
  }
}

/** The available bytes; `closed` without a writer, `silent` with a writer that has written nothing yet. */
function readNow(descriptor: number): Buffer | 'closed' | 'silent' {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  try {
    const length = readSync(descriptor, chunk);
    return length === 0 ? 'closed' : chunk.subarray(0, length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 'silent';
    throw error;
  }
}
