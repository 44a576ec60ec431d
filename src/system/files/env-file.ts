// Reads the path of an env file: its text, nothing, or an unusable thing, with the reason. It is checked
// before it is opened: opening a named pipe would consume its content.

import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { systemReason } from '../../system-error.ts';
import { decodeEnvFile, MAX_ENV_FILE_BYTES, tooLargeEnvFile, type EnvFile } from '../../core/env/env-file.ts';

export function readEnvFile(path: string): EnvFile {
  try {
    const stats = statSync(path);
    if (stats.isFIFO()) return { kind: 'pipe' };
    return stats.isFile() ? readRegular(path) : irregular(path, stats);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return isLink(path) ? brokenLink() : { kind: 'none' };
    return unreadable(path, error);
  }
}

/** False also for what cannot be looked at. */
export function isNamedPipe(path: string): boolean {
  try {
    return statSync(path).isFIFO();
  } catch {
    return false;
  }
}

function readRegular(path: string): EnvFile {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size } = fstatSync(descriptor);
    return size > MAX_ENV_FILE_BYTES ? tooLargeEnvFile(size) : decodeEnvFile(readFileSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function irregular(path: string, stats: Stats): EnvFile {
  if (stats.isDirectory()) {
    const isVirtualEnvironment = statSync(join(path, 'pyvenv.cfg'), { throwIfNoEntry: false }) !== undefined;
    if (isVirtualEnvironment) return { kind: 'none', found: 'is the folder of a Python environment' };
    return { kind: 'unusable', why: 'is a folder', hint: 'remove it, or give it another name' };
  }
  if (stats.isCharacterDevice() && stats.rdev === statSync('/dev/null').rdev) return { kind: 'text', text: '' };
  const why = stats.isSocket() ? 'is a socket' : 'is a device';
  return { kind: 'unusable', why, hint: 'put a file or a named pipe in its place' };
}

function unreadable(path: string, error: unknown): EnvFile {
  const isDenied = (error as NodeJS.ErrnoException).code === 'EACCES';
  const why = isDenied ? 'may not be read: permission denied' : `cannot be read: ${systemReason(error)}`;
  return { kind: 'unusable', why, hint: isDenied ? `chmod u+r ${path}` : 'look at it, then try again' };
}

function brokenLink(): EnvFile {
  const why = 'is a link to a file that does not exist';
  return { kind: 'unusable', why, hint: 'create that file, or remove the link' };
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
