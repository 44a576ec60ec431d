// The current commit and branch, read from git's files: no git is started.

import { statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { readSmallFile } from '../small-file.ts';

const MAX_BYTES = 4 * 1024 * 1024;
/** More than a path may have; a longer name was not written by git. */
const MAX_REF_CHARS = 4096;
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

export interface GitHead {
  readonly commit: string;
  /** Null for a detached head. */
  readonly branch: string | null;
}

/** Undefined outside of a repository, or before its first commit. */
export function readGitHead(folder: string): GitHead | undefined {
  const git = gitFolderOf(folder);
  const head = git === undefined ? undefined : readSmallFile(join(git, 'HEAD'), MAX_BYTES)?.trim();
  if (git === undefined || head === undefined) return undefined;
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  if (ref !== undefined && ref.length > MAX_REF_CHARS) return undefined;
  if (ref === undefined) return COMMIT.test(head) ? { commit: head, branch: null } : undefined;
  // A worktree has its own HEAD, and shares its branches with the others.
  const common = resolve(git, readSmallFile(join(git, 'commondir'), MAX_BYTES)?.trim() ?? '.');
  const commit = looseRef(git, ref) ?? looseRef(common, ref) ?? packedRef(common, ref);
  return commit === undefined ? undefined : { commit, branch: ref.replace(/^refs\/heads\//, '') };
}

function looseRef(folder: string, ref: string): string | undefined {
  const commit = readSmallFile(join(folder, ref), MAX_BYTES)?.trim();
  return commit !== undefined && COMMIT.test(commit) ? commit : undefined;
}

function packedRef(folder: string, ref: string): string | undefined {
  const packed = readSmallFile(join(folder, 'packed-refs'), MAX_BYTES) ?? '';
  const line = packed.split('\n').find((candidate) => candidate.endsWith(` ${ref}`));
  const commit = line?.split(' ', 1)[0];
  return commit !== undefined && COMMIT.test(commit) ? commit : undefined;
}

function gitFolderOf(folder: string): string | undefined {
  for (let current = resolve(folder); ; current = dirname(current)) {
    const git = join(current, '.git');
    if (isFolder(git)) return git;
    const target = /^gitdir: (.+)$/m.exec(readSmallFile(git, MAX_BYTES) ?? '')?.[1];
    if (target !== undefined) return isAbsolute(target) ? target : join(current, target);
    if (current === dirname(current)) return undefined;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
