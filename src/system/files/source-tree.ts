// Reads a project's folder for detection: names of files to some depth, texts of moderate size, and nothing else.
// Trap: a project may hold a hundred thousand files. Folders of dependencies and build output are never entered, links
// to folders are not followed, and the walk ends at a limit.

import { closeSync, constants, existsSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MAX_DEPTH = 5;
const MAX_FILES = 5_000;
const MAX_FOLDERS = 5_000;
const MAX_BYTES = 256 * 1024;
const NOT_ENTERED = new Set(
  'node_modules bower_components vendor dist build out target coverage tmp temp log logs __pycache__ site-packages venv env'.split(
    ' ',
  ),
);

export interface SourceTree {
  /** Relative paths with `/`, nearest to the root first, then by name. */
  readonly files: readonly string[];
  read(path: string): string | undefined;
  has(path: string): boolean;
}

export function readSourceTree(root: string): SourceTree {
  return {
    files: listFiles(root),
    read: (path) => readText(join(root, path)),
    has: (path) => existsSync(join(root, path)),
  };
}

function listFiles(root: string): readonly string[] {
  const files: string[] = [];
  let folders = [''];
  let entered = 0;
  for (let depth = 0; depth < MAX_DEPTH && files.length < MAX_FILES; depth += 1) {
    const below: string[] = [];
    for (const folder of folders.slice(0, MAX_FOLDERS - entered)) {
      entered += 1;
      for (const entry of entriesOf(join(root, folder))) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isFile() || (entry.isSymbolicLink() && depth === 0)) files.push(path);
        else if (entry.isDirectory() && !entry.name.startsWith('.') && !NOT_ENTERED.has(entry.name)) below.push(path);
      }
    }
    folders = below;
  }
  return files.slice(0, MAX_FILES);
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // a folder that may not be read holds nothing for us
  }
}

/** Undefined for what is not there, no regular file, too large, or no text. */
function readText(path: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > MAX_BYTES) return undefined;
    const text = readFileSync(descriptor, 'utf8');
    return text.includes('\0') ? undefined : text.replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
