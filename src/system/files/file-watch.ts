// Reports changes of files that match globs. It watches folder by folder: Node's recursive watch also enters
// node_modules, and takes a kernel descriptor for every file. Trap: a watch belongs to a folder, not to its name. A
// rebuilt output folder, a new folder and a switched link show only in the folders above, so those are watched too.

import { type BigIntStats, type FSWatcher, readdirSync, readlinkSync, statSync, watch } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import { printable } from '../printable.ts';
import type { FileWatch } from '../system.ts';
import { readWatchGlobs, wayTo, type WatchedGlob } from './watch-globs.ts';

/** Folders that only tools write. */
const IGNORED: ReadonlySet<string> = new Set(['node_modules', '.git', '.devdeck', '__pycache__']);
const MOST_FOLDERS = 5_000;
/** Of files that changed once, so that a chmod of them does not count. */
const MOST_STAMPS = 20_000;
/** The clock of file systems is coarser than ours. */
const CLOCK_SLACK_MS = 100;

interface WatchedFolder {
  readonly watcher: FSWatcher;
  /** Of the folder that was opened: another one of the same name has another. */
  readonly id: string;
  /** How many levels below it can hold a match; undefined for a folder that only leads to one. */
  readonly depth: number | undefined;
}

export const watchFiles: FileWatch['watch'] = (options) => {
  const watcher = new GlobWatcher(options);
  watcher.open();
  return () => watcher.close();
};

class GlobWatcher {
  readonly #options: Parameters<FileWatch['watch']>[0];
  readonly #taken: readonly WatchedGlob[];
  readonly #isLeftOut: (path: string) => boolean;
  readonly #folders = new Map<string, WatchedFolder>();
  /** Names that lead to a base, by the folder they are in. */
  #way = new Map<string, Set<string>>();
  readonly #stamps = new Map<string, string>();
  readonly #unmatched: Set<WatchedGlob>;
  #sinceMs = 0;
  #isOpening = true;
  #hasProblem = false;

  constructor(options: Parameters<FileWatch['watch']>[0]) {
    this.#options = options;
    const { taken, isLeftOut } = readWatchGlobs(options.root, options.globs);
    this.#taken = taken;
    this.#isLeftOut = isLeftOut;
    this.#unmatched = new Set(taken);
  }

  open(): void {
    this.#sinceMs = Date.now() - CLOCK_SLACK_MS;
    this.#openBases();
    this.#isOpening = false;
    if (this.#unmatched.size > 0) this.#tellUnmatched();
  }

  close(): void {
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  /** Watches the way to each base, and what is below it. May be called again: what is watched already stays. */
  #openBases(): void {
    const way = new Map<string, Set<string>>();
    for (const { base } of this.#taken) {
      for (const { folder, name } of wayTo(base, linkTarget)) {
        const names = way.get(folder);
        if (names === undefined) way.set(folder, new Set([name]));
        else names.add(name);
      }
    }
    const left = [...this.#way.keys()].filter((folder) => !way.has(folder));
    this.#way = way;
    for (const folder of left) if (this.#folders.get(folder)?.depth === undefined) this.#forget(folder);
    // From the top: a folder that appears meanwhile is seen by the one above it.
    for (const folder of [...way.keys()].sort()) if (!this.#folders.has(folder)) this.#openFolder(folder, undefined);
    for (const { base, depth } of this.#taken) {
      const stats = statsOf(base);
      if (stats?.isDirectory() === true) this.#openTree(base, depth, stats);
      else if (stats !== undefined) this.#noticeFile(base, stats);
    }
  }

  #openTree(folder: string, depth: number, stats: BigIntStats): void {
    const watched = this.#folders.get(folder);
    const isSame = watched?.id === idOf(stats);
    if (isSame && watched.depth !== undefined && watched.depth >= depth) return;
    if (watched !== undefined && !isSame) this.#forgetTree(folder);
    if (!this.#openFolder(folder, depth)) return;
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) this.#openBelow(path, depth);
      else if (this.#isOpening) this.#noteMatch(path);
      else this.#noticeFile(path, statsOf(path));
    }
  }

  #openBelow(path: string, depthAbove: number): void {
    if (depthAbove <= 0 || IGNORED.has(basename(path))) return;
    const stats = statsOf(path);
    if (stats?.isDirectory() === true) this.#openTree(path, depthAbove - 1, stats);
  }

  #openFolder(folder: string, depth: number | undefined): boolean {
    this.#forget(folder);
    if (this.#folders.size >= MOST_FOLDERS) {
      this.#complain(`more than ${MOST_FOLDERS} folders; name fewer of them`);
      return false;
    }
    const stats = statsOf(folder);
    if (stats?.isDirectory() !== true) return false;
    try {
      const watcher = watch(folder, { persistent: false }, (type, name) => this.#onEvent(folder, type, name));
      watcher.on('error', () => this.#forget(folder));
      this.#folders.set(folder, { watcher, id: idOf(stats), depth });
      return true;
    } catch (error) {
      this.#complainOf(error, folder);
      return false;
    }
  }

  #onEvent(folder: string, type: 'rename' | 'change', name: string | null): void {
    const watched = this.#folders.get(folder);
    if (watched === undefined) return;
    if (name === null || (name === basename(folder) && statsOf(join(folder, name)) === undefined)) {
      // The folder itself: it may be removed or replaced now.
      const stats = statsOf(folder);
      if (stats === undefined || type === 'rename') return this.#onReplaced(folder);
      for (const entry of name === null ? entriesOf(folder) : []) this.#onEvent(folder, 'change', entry.name);
      return;
    }
    const path = join(folder, name);
    if (this.#way.get(folder)?.has(name) === true) this.#onWayChanged(path);
    if (watched.depth === undefined) return;
    const stats = statsOf(path);
    if (stats?.isDirectory() === true) return this.#openBelow(path, watched.depth);
    if (this.#folders.has(path)) this.#forgetTree(path);
    this.#noticeFile(path, stats, type);
  }

  /** The watch of a deleted folder reports nothing, even if a new folder has its name. */
  #onReplaced(folder: string): void {
    this.#forgetTree(folder);
    const parent = dirname(folder);
    if (this.#folders.has(parent)) this.#onEvent(parent, 'rename', basename(folder));
    if (this.#way.has(folder)) this.#openBases();
  }

  #onWayChanged(path: string): void {
    const watched = this.#folders.get(path);
    const stats = statsOf(path);
    if (watched !== undefined && (stats === undefined || watched.id !== idOf(stats))) this.#forgetTree(path);
    if (stats === undefined) this.#noticeFile(path, undefined);
    this.#openBases();
  }

  #forget(folder: string): void {
    this.#folders.get(folder)?.watcher.close();
    this.#folders.delete(folder);
  }

  #forgetTree(folder: string): void {
    this.#forget(folder);
    for (const path of this.#folders.keys()) if (path.startsWith(`${folder}/`)) this.#forget(path);
  }

  /** A file of which only the mode or the owner changed does not count. */
  #noticeFile(path: string, stats: BigIntStats | undefined, type: 'rename' | 'change' = 'rename'): void {
    if (stats === undefined) {
      this.#stamps.delete(path);
      if (this.#options.includesGone === true && this.#noteMatch(path)) this.#tellChange(path);
      return;
    }
    if (!this.#noteMatch(path)) return;
    const stamp = `${idOf(stats)}:${stats.mtimeNs}:${stats.size}`;
    const known = this.#stamps.get(path);
    if (known === stamp) return;
    this.#stamps.delete(path);
    if (this.#stamps.size >= MOST_STAMPS) this.#stamps.clear();
    this.#stamps.set(path, stamp);
    if (this.#isOpening) return;
    if (known === undefined && type === 'change' && Number(stats.mtimeMs) < this.#sinceMs) return;
    this.#tellChange(path);
  }

  #tellChange(path: string): void {
    this.#options.onChange(printable(relative(this.#options.root, path), 200));
  }

  #noteMatch(path: string): boolean {
    if (this.#isLeftOut(path)) return false;
    const before = this.#unmatched.size;
    for (const glob of this.#unmatched) if (glob.matches(path)) this.#unmatched.delete(glob);
    if (before !== this.#unmatched.size && !this.#isOpening) this.#tellUnmatched();
    return before !== this.#unmatched.size || this.#taken.some((glob) => glob.matches(path));
  }

  #tellUnmatched(): void {
    this.#options.onUnmatched?.([...this.#unmatched].map(({ text }) => printable(text, 200)));
  }

  #complain(message: string): void {
    if (!this.#hasProblem) this.#options.onProblem(message);
    this.#hasProblem = true;
  }

  #complainOf(error: unknown, folder: string): void {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EMFILE') {
      this.#complain(
        `the system watches no more files (${code}); raise fs.inotify.max_user_watches and max_user_instances`,
      );
    } else {
      this.#complain(`${printable(folder, 200)} cannot be watched (${code})`);
    }
  }
}

function idOf({ dev, ino, birthtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${birthtimeNs}`;
}

function statsOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false, bigint: true });
  } catch {
    return undefined; // a loop of links, or a folder on the way that may not be entered
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
