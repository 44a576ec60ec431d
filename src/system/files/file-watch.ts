// Tells when files that match globs change. Folder by folder: the recursive watch of Node walks into node_modules too,
// and takes a descriptor of the kernel's for every single file.

import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join, matchesGlob, relative } from 'node:path';

import { printable } from '../printable.ts';
import type { FileWatch } from '../system.ts';

/** What tools write and nobody edits. */
const IGNORED: ReadonlySet<string> = new Set(['node_modules', '.git', '.devdeck', '__pycache__']);
const MOST_FOLDERS = 5_000;

/** Each glob is relative to `root`, and may lead out of it by `../`. */
export const watchFiles: FileWatch['watch'] = ({ root, globs, onChange, onProblem }) => {
  const watchers = new Map<string, FSWatcher>();
  let hasProblem = false;

  const complain = (message: string): void => {
    if (!hasProblem) onProblem(message);
    hasProblem = true;
  };

  const noticeFile = (path: string): void => {
    const name = relative(root, path);
    if (globs.some((glob) => matchesGlob(name, glob))) onChange(printable(name, 200));
  };

  const watchFolder = (folder: string, depth: number, { isNew }: { readonly isNew: boolean }): void => {
    if (watchers.has(folder)) return;
    if (watchers.size >= MOST_FOLDERS) return complain(`more than ${MOST_FOLDERS} folders; name fewer of them`);
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name !== null) onEvent(join(folder, name), depth);
      });
      // The folder is gone; should it come back, the one above tells.
      watcher.on('error', () => forget(folder));
      watchers.set(folder, watcher);
    } catch (error) {
      return complainOf(error, folder, complain);
    }
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (depth > 0 && !IGNORED.has(entry.name)) watchFolder(path, depth - 1, { isNew });
      } else if (isNew) {
        noticeFile(path);
      }
    }
  };

  const onEvent = (path: string, depth: number): void => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
      forget(path);
      noticeFile(path);
    } else if (depth > 0 && !IGNORED.has(path.slice(path.lastIndexOf('/') + 1))) {
      watchFolder(path, depth - 1, { isNew: true });
    }
  };

  const forget = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };

  for (const [folder, depth] of basesOf(globs)) watchFolder(join(root, folder), depth, { isNew: false });
  return () => {
    for (const watcher of watchers.values()) watcher.close();
    watchers.clear();
  };
};

/** The folder in which each glob begins, and how many levels below it can match. */
function basesOf(globs: readonly string[]): ReadonlyMap<string, number> {
  const bases = new Map<string, number>();
  for (const glob of globs) {
    const parts = glob.split('/').filter((part) => part !== '' && part !== '.');
    const firstWild = parts.findIndex((part) => /[*?[\]{}()!]/.test(part));
    const fixed = parts.slice(0, firstWild === -1 ? -1 : firstWild);
    const rest = parts.slice(fixed.length);
    const depth = rest.includes('**') ? Number.POSITIVE_INFINITY : rest.length - 1;
    const base = fixed.join('/');
    bases.set(base, Math.max(depth, bases.get(base) ?? 0));
  }
  return bases;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function complainOf(error: unknown, folder: string, complain: (message: string) => void): void {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EMFILE') {
    complain(`the system watches no more files (${code}); raise fs.inotify.max_user_watches and max_user_instances`);
  } else {
    complain(`${printable(folder, 200)} cannot be watched (${code})`);
  }
}
