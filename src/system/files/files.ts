// Small text files of the project, such as `.env`. What is not a regular file is not opened: a device could wait forever, and
// opening a named pipe uses up what somebody is about to write into it.

import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import type { Files } from '../system.ts';
import { readEnvFile } from './env-file.ts';
import { EnvPipes } from './env-pipes.ts';

const MAX_BYTES = 1024 * 1024;

export function createFiles(): Files {
  const pipes = new EnvPipes();
  return {
    read,
    readEnvFile: (path) => {
      const found = readEnvFile(path);
      return found.kind === 'pipe' ? (pipes.content(path) ?? found) : found;
    },
    readPipe: (path) => pipes.read(path),
    isPipe: (path) => statSync(path, { throwIfNoEntry: false })?.isFIFO() === true,
  };
}

function read(path: string): string | undefined {
  let fd: number;
  try {
    if (!statSync(path).isFile()) return undefined;
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
