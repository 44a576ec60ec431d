// Keeps parsed configs on disk, so that a start need not load yaml and zod. The key holds everything a config is made
// from, so an entry is right or not there; nothing is ever invalidated.
// Trap: an entry decides which commands run. Only files that no other user can write are used.
// Trap: loading crypto takes a fifth as long as starting Node. So an entry holds its key and is compared with it, and
// fingerprints do not protect against attacks: they name a file, and reveal a damaged one.

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
const FORMAT = 11;

/** `parts` is everything that the project depends on. */
export function cacheKey(parts: readonly unknown[]): string {
  return JSON.stringify([FORMAT, ...parts]);
}

/** 64 bits in the manner of FNV-1a, as hexadecimal digits: differs for different texts that are not made to collide. */
export function fingerprint(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995) ^ (low >>> 13);
  }
  return [high, low].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Undefined when there is no entry, or one that cannot be trusted or read. */
export function readCached(cacheDir: string, key: string): unknown {
  let descriptor: number | undefined;
  try {
    if (!isPrivate(lstatSync(cacheDir))) return undefined;
    descriptor = openSync(fileOf(cacheDir, key), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || !isPrivate(stat)) return undefined;
    const [checksum, itsKey, json = ''] = readFileSync(descriptor, 'utf8').split('\n');
    return itsKey === key && checksum === fingerprint(json) ? (JSON.parse(json) as unknown) : undefined;
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
    const temporary = join(cacheDir, `config-${process.pid}-${Date.now()}.tmp`);
    writeFileSync(temporary, [fingerprint(json), key, json].join('\n'), { mode: 0o600, flag: 'wx' });
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
  return join(cacheDir, `config-${fingerprint(key)}.json`);
}

/** Ours, and no other user may read or write. */
function isPrivate(stat: { readonly uid: number; readonly mode: number }): boolean {
  return stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0;
}
