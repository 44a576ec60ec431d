// Reads small text files that another user may have put there. Such a file may be a FIFO, which would be waited for without
// end, or a device that never ends.

import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';

/**
 * The text of a regular file, also through a link. Undefined if it is missing, unreadable, larger than `maxBytes`, or
 * not a file. Only a file is opened: opening a FIFO would take what another program writes into it.
 */
export function readSmallFile(path: string, maxBytes: number): string | undefined {
  let descriptor: number | undefined;
  try {
    if (!statSync(path).isFile()) return undefined;
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    return stats.isFile() && stats.size <= maxBytes ? readFileSync(descriptor, 'utf8') : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
