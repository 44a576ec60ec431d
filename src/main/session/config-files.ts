// The config of a project as files: how the session reads them, and how it hears that they change.

import { realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { loadProject } from '../../config/load.ts';
import { ConfigError } from '../../config/text/issue.ts';
import type { LoadOptions } from '../../config/cached-project.ts';
import type { Project } from '../../core/model/project.ts';
import type { DevError } from '../../errors.ts';
import type { ConfigFiles } from '../../supervisor/session/config-follower.ts';
import { printable } from '../../system/printable.ts';
import type { Clock, FileWatch } from '../../system/system.ts';

/** Where the system watches no more files, they are looked at so often. */
const POLL_EVERY_MS = 2_000;

interface ConfigFilesOptions {
  /** Where the project was read from. */
  readonly load: LoadOptions;
  readonly project: Project;
  readonly clock: Clock;
  readonly fileWatch: FileWatch;
  readonly onProblem: (problem: string) => void;
}

export function createConfigFiles({ load, project, clock, fileWatch, onProblem }: ConfigFilesOptions): ConfigFiles {
  const { configFile } = project;
  const name = basename(configFile);
  const files = [configFile, `${configFile}.local`];
  let { env } = load;
  return {
    name,
    read: (caller = env) => loadProject({ ...load, env: (env = caller) }),
    problemOf,
    watch: (onChange) => {
      let isOver = false;
      let isPolling = false;
      const poll = (before: string): void => {
        clock.after(POLL_EVERY_MS, () => {
          if (isOver) return;
          const now = stampsOf(files);
          if (now !== before) onChange();
          poll(now);
        });
      };
      const pollInstead = (problem: string): void => {
        if (isPolling) return;
        isPolling = true;
        onProblem(`${name}: ${problem}; looking at it every ${POLL_EVERY_MS / 1000} s instead`);
        poll(stampsOf(files));
      };
      const stops = [...foldersOf(files)].map(([root, names]) =>
        fileWatch.watch({ root, globs: names.map(globFor), includesGone: true, onChange, onProblem: pollInstead }),
      );
      return () => {
        isOver = true;
        for (const stop of stops) stop();
      };
    },
  };
}

/** Where the files lie, and where those lie that they are links to: an edit shows there alone. */
function foldersOf(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const path of new Set([...files, ...files.map(realPathOf)])) {
    const folder = dirname(path);
    folders.set(folder, [...(folders.get(folder) ?? []), basename(path)]);
  }
  return folders;
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The first issue with its place, and what to do about it. */
function problemOf(error: DevError): string {
  const [first = ''] = error.message.split('\n');
  const issues = error instanceof ConfigError ? error.issues : [];
  const hint = issues[0]?.hint;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return hint === undefined ? first + more : `${first}: ${printable(hint, 100)}${more}`;
}

/** A glob for this name. Not every version of Node heeds a backslash, and one look too many does no harm. */
function globFor(name: string): string {
  return name.replaceAll(/[\\*[\]{}()!+@]/g, '?');
}

function stampsOf(files: readonly string[]): string {
  return files.map(stampOf).join();
}

function stampOf(file: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'none';
  }
}
