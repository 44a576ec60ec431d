// The project trees of test/fixtures/projects: one file holds a whole tree, each of its files below a `-- path --` line. The
// part `good.config` is no file of the tree: it is what a careful person would write for it.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Folder } from '../../src/detect/facts/folder.ts';

const PROJECT_TREES = fileURLToPath(new URL('../fixtures/projects/', import.meta.url));

export const treeNames: readonly string[] = readdirSync(PROJECT_TREES)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.replace(/\.txt$/, ''));

export interface Trial {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** The config that a careful person would write; empty when nothing is there to be recognised. */
  readonly good: string;
  /** The public project that it was retyped from. */
  readonly from: string | undefined;
  /** What `init --from` names. */
  readonly file: string | undefined;
  /** Words of what init has to say, because no config can. */
  readonly lost: readonly string[];
  /** Words of what it has to say though nothing is lost by it. */
  readonly told: readonly string[];
}

const GOOD = 'good.config';

export function readTrial(name: string): Trial {
  const [head = '', ...parts] = readFileSync(`${PROJECT_TREES}${name}.txt`, 'utf8').split(/^-- (.+) --\n/m);
  const all: Record<string, string> = {};
  for (let index = 0; index < parts.length; index += 2) all[parts[index] ?? ''] = parts[index + 1] ?? '';
  const { [GOOD]: good = '', ...files } = all;
  const said = (key: string): readonly string[] =>
    [...head.matchAll(new RegExp(`^${key}: (.+)$`, 'gm'))].map(([, value = '']) => value);
  return { name, files, good, from: said('from')[0], file: said('file')[0], lost: said('lost'), told: said('told') };
}

export function readTree(name: string): Readonly<Record<string, string>> {
  return readTrial(name).files;
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
