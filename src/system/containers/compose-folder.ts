// The folder of a Compose project, found as Compose finds it: that of its first file, which is looked for upwards from where
// the command runs.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** `from` itself when there is no file anywhere above it. */
export function composeFolder(from: string, files: readonly string[]): string {
  const [first] = files;
  if (first !== undefined) return dirname(first);
  for (let folder = from; ; folder = dirname(folder)) {
    if (FILES.some((file) => existsSync(join(folder, file)))) return folder;
    if (folder === dirname(folder)) return from;
  }
}
