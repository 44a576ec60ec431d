// The commit and the branch that are checked out, as the files of git say it: no git is started.

import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

const MAX_BYTES = 4 * 1024 * 1024;
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

export interface GitHead {
  readonly commit: string;
  /** Null for a detached head. */
  readonly branch: string | null;
}

/** Undefined outside of a repository, or before its first commit. */
export function readGitHead(folder: string): GitHead | undefined {
  const git = gitFolderOf(folder);
  const head = git === undefined ? undefined : read(join(git, 'HEAD'))?.trim();
  if (git === undefined || head === undefined) return undefined;
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  if (ref === undefined) return COMMIT.test(head) ? { commit: head, branch: null } : undefined;
  // A worktree has its own HEAD, and shares its branches with the others.
  const common = resolve(git, read(join(git, 'commondir'))?.trim() ?? '.');
  const commit = looseRef(git, ref) ?? looseRef(common, ref) ?? packedRef(common, ref);
  return commit === undefined ? undefined : { commit, branch: ref.replace(/^refs\/heads\//, '') };
}

function looseRef(folder: string, ref: string): string | undefined {
  const commit = read(join(folder, ref))?.trim();
  return commit !== undefined && COMMIT.test(commit) ? commit : undefined;
}

function packedRef(folder: string, ref: string): string | undefined {
  const packed = read(join(folder, 'packed-refs')) ?? '';
  const line = packed.split('\n').find((candidate) => candidate.endsWith(` ${ref}`));
  const commit = line?.split(' ', 1)[0];
  return commit !== undefined && COMMIT.test(commit) ? commit : undefined;
}

function gitFolderOf(folder: string): string | undefined {
  for (let current = resolve(folder); ; current = dirname(current)) {
    const git = join(current, '.git');
    const stats = statSync(git, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) return git;
    const target = stats === undefined ? undefined : /^gitdir: (.+)$/m.exec(read(git) ?? '')?.[1];
    if (target !== undefined) return isAbsolute(target) ? target : join(current, target);
    if (current === dirname(current)) return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= MAX_BYTES ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
