// The folder of a Compose project, found as Compose does.

import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { ComposeSource } from '../container-engine.ts';

const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** The folder of its first file, searched upwards from where Compose runs; without a file, that folder itself. */
export function composeFolder(
  { folder: from, files }: Pick<ComposeSource, 'folder' | 'files'>,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const first = files[0] ?? namedFile(from, env);
  if (first !== undefined) return dirname(resolve(from, first));
  for (let folder = from; ; folder = dirname(folder)) {
    if (COMPOSE_FILES.some((file) => existsSync(join(folder, file)))) return folder;
    if (folder === dirname(folder)) return from;
  }
}

/** The first of `COMPOSE_FILE`, in the environment or in `.env`. */
function namedFile(folder: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = env['COMPOSE_FILE'] || /^COMPOSE_FILE=["']?([^"'\n]+)/m.exec(dotenvOf(folder))?.[1];
  return named?.split(env['COMPOSE_PATH_SEPARATOR'] || delimiter)[0]?.trim();
}

function dotenvOf(folder: string): string {
  try {
    return readFileSync(join(folder, '.env'), 'utf8');
  } catch {
    return ''; // most projects have none
  }
}
