// The linked worktree that a folder lies in, by the file that git puts at its top.
// Trap: in a submodule `.git` is a file too; only that of a worktree points into `worktrees/`.

import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

const LONGEST_FILE = 4_096;

/** The name of its top folder; undefined in a plain clone, and outside of a repository. */
export function worktreeOf(folder: string): string | undefined {
  for (let current = resolve(folder); ; current = dirname(current)) {
    const found = statSync(join(current, '.git'), { throwIfNoEntry: false });
    if (found !== undefined)
      return found.isFile() && isLinked(join(current, '.git'), found.size) ? basename(current) : undefined;
    if (current === dirname(current)) return undefined;
  }
}

function isLinked(file: string, size: number): boolean {
  try {
    return size <= LONGEST_FILE && /^gitdir: .*\/worktrees\/[^/]+\s*$/.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}
