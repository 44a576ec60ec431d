// What the globs of `watch` mean: the folder that each begins in, how deep it reaches, and which paths it takes.
// A path without wildcards means that file, or everything below that folder. `!` excludes paths.

import { homedir } from 'node:os';
import { basename, dirname, join, matchesGlob, relative, resolve } from 'node:path';

export interface WatchedGlob {
  /** As the config writes it. */
  readonly text: string;
  /** Absolute: the part before the first wildcard. A glob without one begins at the file or folder that it names. */
  readonly base: string;
  /** How many levels of folders below `base` can hold a match. */
  readonly depth: number;
  /** Of an absolute path. */
  readonly matches: (path: string) => boolean;
}

export interface WatchedGlobs {
  readonly taken: readonly WatchedGlob[];
  readonly isLeftOut: (path: string) => boolean;
}

/** Relative globs begin at `root`, `~/` at the home directory. */
export function readWatchGlobs(root: string, globs: readonly string[]): WatchedGlobs {
  const leftOut = globs.filter((glob) => glob.startsWith('!')).map((glob) => readGlob(root, glob.slice(1)));
  return {
    taken: globs.filter((glob) => !glob.startsWith('!')).map((glob) => readGlob(root, glob)),
    isLeftOut: (path) => leftOut.some((glob) => glob.matches(path)),
  };
}

function readGlob(root: string, text: string): WatchedGlob {
  const parts = text.replace(/^~(?=\/|$)/, () => homedir()).split('/');
  const firstWild = parts.findIndex((part) => /[*?[\]{}()!]/.test(part));
  if (firstWild === -1) {
    const base = resolve(root, parts.join('/'));
    return { text, base, depth: Infinity, matches: (path) => path === base || path.startsWith(`${base}/`) };
  }
  const base = resolve(root, parts.slice(0, firstWild).join('/') || (parts[0] === '' ? '/' : '.'));
  const wild = parts.slice(firstWild).filter((part) => part !== '' && part !== '.');
  // `dir*/` means what is in these folders.
  if (parts.at(-1) === '') wild.push('**');
  const pattern = wild.join('/');
  const matches = (path: string): boolean => path.startsWith(base) && matchesGlob(relative(base, path), pattern);
  return { text, base, depth: wild.includes('**') ? Infinity : wild.length - 1, matches };
}

/**
 * Each folder on the way to `path`, with the name in it that leads on: a change of that name may lead somewhere else.
 * Follows links, so that a switched link is one of these names. `readLink` tells where a link leads.
 */
export function wayTo(
  path: string,
  readLink: (path: string) => string | undefined,
): readonly { readonly folder: string; readonly name: string }[] {
  const way: { folder: string; name: string }[] = [];
  const follow = (target: string, linksLeft: number): void => {
    for (let current = target; current !== dirname(current); current = dirname(current)) {
      if (way.some(({ folder, name }) => join(folder, name) === current)) continue;
      way.push({ folder: dirname(current), name: basename(current) });
      const link = linksLeft === 0 ? undefined : readLink(current);
      if (link !== undefined) follow(resolve(dirname(current), link), linksLeft - 1);
    }
  };
  follow(path, MOST_LINKS);
  return way;
}

/** As many as Linux follows in one path. */
const MOST_LINKS = 40;
