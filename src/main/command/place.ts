// Where the project is: named by --project or --config, or found from the working folder upward. The working folder is
// asked for only when it counts: it may be gone, as after `git worktree remove`, and many commands need none.

import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { GlobalOptions } from '../../cli/arguments/request.ts';
import { findProjectRoot } from '../../config/find.ts';
import type { Project } from '../../core/model/project.ts';
import { DevError, EXIT } from '../../errors.ts';
import { configCacheDir } from '../../system/state/runtime-dir.ts';

export interface Place {
  /** @throws DevError when there is none; the system's error when the working folder is gone */
  root(): string;
  /** The working folder when no project was named and it is in none; `/` when that folder is gone. */
  rootOrHere(): string;
  /** Absolute; undefined for the project's own. */
  readonly configFile: string | undefined;
  loadProject(): Promise<Project>;
  /** Both are looked for again when they are next needed. */
  forget(): void;
}

export function createPlace({ projectDir, configFile: written }: GlobalOptions): Place {
  let root: string | undefined;
  let project: Promise<Project> | undefined;
  const from = (): string => fromHere(projectDir ?? '.');
  const configFile = (): string | undefined => {
    if (written === undefined) return undefined;
    return isAbsolute(written) ? written : resolve(from(), written);
  };
  const findRoot = (): string => {
    const file = configFile();
    return (root ??= file === undefined ? findProjectRoot(from()) : dirname(file));
  };
  const load = async (): Promise<Project> => {
    const { loadProject } = await import('../../config/load.ts');
    const { env } = process;
    const file = configFile();
    const where = file === undefined ? { root: findRoot() } : { configFile: file };
    return loadProject({ ...where, env, cacheDir: configCacheDir(env) });
  };
  const findRootOrHere = (): string => {
    if (projectDir === undefined && written === undefined && isWorkingFolderGone()) return '/';
    try {
      return findRoot();
    } catch (error) {
      if (projectDir !== undefined || !(error instanceof DevError) || error.code !== 'config_missing') throw error;
      return (root = realpathSync(from()));
    }
  };
  return {
    root: findRoot,
    rootOrHere: findRootOrHere,
    get configFile() {
      return configFile();
    },
    loadProject: () => (project ??= load()),
    forget: () => {
      root = undefined;
      project = undefined;
    },
  };
}

/** @throws DevError, or the system's error, when the path counts from a working folder that cannot be used */
function fromHere(path: string): string {
  if (isAbsolute(path)) return path;
  const here = process.cwd();
  if (here.includes('\uFFFD') && !isSameFolder(here, '.')) throw notUtf8(here);
  return resolve(here, path);
}

function isWorkingFolderGone(): boolean {
  try {
    process.cwd();
    return false;
  } catch {
    return true;
  }
}

/** Node reads paths as UTF-8: such a folder cannot even be asked whether it exists. */
function notUtf8(here: string): DevError {
  return new DevError({
    code: 'config_missing',
    exitCode: EXIT.config,
    message: `The path of this folder is not UTF-8: ${here}`,
    hint: 'rename the folder whose name has the \uFFFD',
  });
}

function isSameFolder(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}
