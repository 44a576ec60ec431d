// Which project a process works in, judged by its working directory: the folder, its name, its git branch.
// Reads a few small files and starts no git. Paths are foreign, so only regular, small files are opened.

import { existsSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { readSmallFile } from '../small-file.ts';

export interface OwningProject {
  readonly name: string;
  readonly root: string;
  /** Of the git repository or worktree around it; a detached head is told as such. */
  readonly branch: string | null;
  /** It has a `.project.config`. */
  readonly isConfigured: boolean;
}

const CONFIG = '.project.config';

/** What marks the top of a project, in any language that a dev server is likely to be written in. */
const MARKERS = [
  CONFIG,
  '.git',
  'package.json',
  'deno.json',
  'pyproject.toml',
  'setup.py',
  'requirements.txt',
  'Gemfile',
  'go.mod',
  'Cargo.toml',
  'composer.json',
  'pom.xml',
  'build.gradle',
  'build.gradle.kts',
  'mix.exs',
];

const MAX_FILE_BYTES = 256 * 1024;

/** The nearest folder upward with a `.project.config`, or else with any other mark of a project; undefined when there is none. */
export function owningProject(cwd: string): OwningProject | undefined {
  const folders = upward(cwd);
  const configured = folders.find((folder) => existsSync(join(folder, CONFIG)));
  const root = configured ?? folders.find((folder) => MARKERS.some((marker) => existsSync(join(folder, marker))));
  if (root === undefined) return undefined;
  const isConfigured = root === configured;
  return {
    name: (isConfigured ? configuredName(root) : undefined) ?? basename(root),
    root,
    branch: branchOf(folders) ?? null,
    isConfigured,
  };
}

/** `folder` and every folder above it but the file system's root. */
function upward(folder: string): string[] {
  const folders: string[] = [];
  for (let current = resolve(folder); current !== dirname(current); current = dirname(current)) folders.push(current);
  return folders;
}

/** The config's own `name:`. A full parse is not worth it for a label. */
function configuredName(root: string): string | undefined {
  return /^["']?name["']?:[ \t]*["']?([^"'#\s][^"'#\r\n]*)/m
    .exec(readSmallFile(join(root, CONFIG), MAX_FILE_BYTES) ?? '')?.[1]
    ?.trimEnd();
}

function branchOf(folders: readonly string[]): string | undefined {
  const repository = folders.find((folder) => existsSync(join(folder, '.git')));
  const gitFolder = repository && gitFolderOf(repository);
  const head = gitFolder && readSmallFile(join(gitFolder, 'HEAD'), MAX_FILE_BYTES)?.trim();
  if (!head) return undefined;
  return head.startsWith('ref: ') ? head.slice(5).replace(/^refs\/heads\//, '') : `detached at ${head.slice(0, 7)}`;
}

/** In a worktree or submodule `.git` is a file that names the folder. */
function gitFolderOf(repository: string): string | undefined {
  const git = join(repository, '.git');
  if (isFolder(git)) return git;
  const target = /^gitdir: (.+)$/m.exec(readSmallFile(git, MAX_FILE_BYTES) ?? '')?.[1];
  if (target === undefined) return undefined;
  return isAbsolute(target) ? target : join(repository, target);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
