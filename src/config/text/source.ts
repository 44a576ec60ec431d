// Reads the text of a config file with care: a FIFO must not hang us, nor a huge or binary file be parsed.
// An error is not thrown but kept beside the text, and reported with a position among the other issues.

import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { systemFailure, systemReason } from '../../system-error.ts';

export interface ConfigSource {
  /** Relative to the project root. */
  readonly file: string;
  /** Empty when it could not be read. */
  readonly text: string;
  readonly problem?: { readonly offset: number; readonly message: string; readonly hint?: string };
}

/** Bytes. A config of a hundred services has less than 100 KiB. */
const MAX_CONFIG_BYTES = 1024 * 1024;

/** The machine is short of something, so the file says nothing about itself. */
const SHORTAGES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EIO', 'EBUSY', 'ESTALE']);

/**
 * Undefined when there is no such file.
 * @throws DevError `system` when the machine is too short of something to read it now
 */
export function readSource(path: string, file: string): ConfigSource | undefined {
  const read = readBytes(path);
  if (read === undefined) return undefined;
  return typeof read === 'string' ? unreadable(file, read) : decode(file, read);
}

/** Undefined when there is no such file; a text says why it cannot be read. */
export function readBytes(path: string): Buffer | string | undefined {
  let descriptor: number | undefined;
  try {
    // Checked before it is opened: opening a named pipe would consume its content.
    if (!statSync(path).isFile()) return 'is not a regular file';
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = fstatSync(descriptor);
    return size > MAX_CONFIG_BYTES ? `is larger than 1 MiB (${size} bytes)` : readFileSync(descriptor);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (SHORTAGES.has(code)) throw systemFailure(error) ?? error;
    return `${code === 'EACCES' ? 'may not' : 'cannot'} be read: ${systemReason(error)}`;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function unreadable(file: string, why: string): ConfigSource {
  return { file, text: '', problem: { offset: 0, message: `${file} ${why}` } };
}

function decode(file: string, bytes: Buffer): ConfigSource {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    const problem = { offset: 0, message: `${file} is UTF-16 text`, hint: 'save it as UTF-8' };
    return { file, text: '', problem };
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const nul = text.indexOf('\0');
  if (nul >= 0) return { file, text, problem: { offset: nul, message: `${file} is not text: it holds a NUL byte` } };
  const garbage = isUtf8(bytes) ? -1 : text.indexOf('\uFFFD');
  if (garbage < 0) return { file, text };
  return { file, text, problem: { offset: garbage, message: `${file} is not UTF-8 text`, hint: 'save it as UTF-8' } };
}
