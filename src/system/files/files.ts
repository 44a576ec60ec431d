// Small text files of the project, such as `.env`.

import { readSmallFile } from '../small-file.ts';
import type { Files } from '../system.ts';
import { isNamedPipe, readEnvFile } from './env-file.ts';
import { EnvPipes } from './env-pipes.ts';

const MAX_BYTES = 1024 * 1024;

export function createFiles(): Files {
  const pipes = new EnvPipes();
  return {
    read: (path) => readSmallFile(path, MAX_BYTES),
    readEnvFile: (path) => {
      const found = readEnvFile(path);
      return found.kind === 'pipe' ? (pipes.content(path) ?? found) : found;
    },
    readPipe: (path) => pipes.read(path),
    isPipe: (path) => isNamedPipe(path),
  };
}
