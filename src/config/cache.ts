// Keeps parsed configs on disk, so that a start need not load yaml and zod. The key holds everything a config is made
// from, so an entry is right or not there; nothing is ever invalidated.
// Trap: whoever can write an entry decides what we run. Only files that are ours alone are believed.

import { hash, randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const KEPT_FILES = 50;
/** Raised when a project has other parts than before, so that an older version's entry is not taken for one. */
const FORMAT = 7;

/** `parts` is everything that the project depends on. */
export function cacheKey(parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify([FORMAT, ...parts]));
}

/** Undefined when there is no entry, or one that cannot be trusted or read. */
export function readCached(cacheDir: string, key: string): unknown {
  let descriptor: number | undefined;
  try {
    if (!isPrivate(lstatSync(cacheDir))) return undefined;
    descriptor = openSync(fileOf(cacheDir, key), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || !isPrivate(stat)) return undefined;
    const [checksum, json = ''] = readFileSync(descriptor, 'utf8').split('\n');
    return checksum === hash('sha256', key + json) ? (JSON.parse(json) as unknown) : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Best effort: without a cache everything works, only slower. */
export function writeCached(cacheDir: string, key: string, value: object): void {
  try {
    mkdirSync(cacheDir, { recursive: true, mode: 0o700 });
    if (!isPrivate(lstatSync(cacheDir))) return;
    const json = JSON.stringify(value);
    const temporary = join(cacheDir, `config-${randomUUID()}.tmp`);
    writeFileSync(temporary, `${hash('sha256', key + json)}\n${json}`, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, fileOf(cacheDir, key));
    removeOld(cacheDir);
  } catch {
    // A full disk or a home that cannot be written is no reason to refuse the start.
  }
}

function removeOld(cacheDir: string): void {
  const entries = readdirSync(cacheDir).filter((name) => name.startsWith('config-'));
  if (entries.length <= KEPT_FILES) return;
  const byAge = entries
    .map((name) => ({ path: join(cacheDir, name), mtimeMs: lstatSync(join(cacheDir, name)).mtimeMs }))
    .toSorted((a, b) => b.mtimeMs - a.mtimeMs);
  for (const { path } of byAge.slice(KEPT_FILES)) rmSync(path, { force: true });
}

function fileOf(cacheDir: string, key: string): string {
  return join(cacheDir, `config-${key}.json`);
}

/** Ours, and nobody else may look or write. */
function isPrivate(stat: { readonly uid: number; readonly mode: number }): boolean {
  return stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0;
}
