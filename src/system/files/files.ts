// Small text files of the project, such as `.env`. A FIFO or a device is not read: it could wait for ever.

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Files } from '../system.ts';

const MAX_BYTES = 1024 * 1024;

export function createFiles(): Files {
  return { read };
}

function read(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(fd);
    return stats.isFile() && stats.size <= MAX_BYTES ? readFileSync(fd, 'utf8') : undefined;
  } finally {
    closeSync(fd);
  }
}
