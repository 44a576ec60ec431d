// Reads small text files that another user may have put there. Such a file may be a FIFO, which would be waited for without
// end, or a device that never ends.

import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';

/**
 * The text of a regular file, also through a link. Undefined for what is not there, may not be read, is larger than
 * `maxBytes`, or is something else than a file. What is no file is not even opened: that would use up what somebody is about
 * to write into a FIFO.
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
