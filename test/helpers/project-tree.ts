// The project trees of test/fixtures/projects: one file holds a whole tree, each of its files below a `-- path --` line.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Folder } from '../../src/detect/facts/folder.ts';

export const PROJECT_TREES = fileURLToPath(new URL('../fixtures/projects/', import.meta.url));

export const treeNames: readonly string[] = readdirSync(PROJECT_TREES)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.replace(/\.txt$/, ''));

export function readTree(name: string): Readonly<Record<string, string>> {
  const parts = readFileSync(`${PROJECT_TREES}${name}.txt`, 'utf8').split(/^-- (.+) --\n/m);
  const files: Record<string, string> = {};
  for (let index = 1; index < parts.length; index += 2) files[parts[index] ?? ''] = parts[index + 1] ?? '';
  return files;
}

/** As system/source-tree reads it from a disk. */
export function folderOf(files: Readonly<Record<string, string>>): Folder {
  const depth = (path: string) => path.split('/').length;
  const names = Object.keys(files).sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
  return {
    files: names.filter(
      (path) =>
        !path
          .split('/')
          .slice(0, -1)
          .some((part) => part.startsWith('.')),
    ),
    read: (path) => files[path],
    has: (path) => names.some((name) => name === path || name.startsWith(`${path}/`)),
  };
}
