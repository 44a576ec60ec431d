// Which lines of a log are folded, for later sessions: the log itself stays as the service wrote it. A line of the
// file names a log line by its time and a hash of its text, so rotation does not matter. The file is only a help:
// unreadable entries are not folded, and a large file loses its older half.

import { closeSync, ftruncateSync, readFileSync, writeSync } from 'node:fs';
import type { FoldMemory } from '../../core/logs/earlier-folds.ts';
import { openForAppend, openForReading } from './log-rotation.ts';

const LONGEST_BYTES = 512 * 1024;

export function foldPath(logPath: string): string {
  return logPath.replace(/\.log$/, '.folds');
}

export class FoldFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  add(timeMs: number, text: string): void {
    try {
      const { fd, stats } = openForAppend(this.#path);
      try {
        if (stats.size > LONGEST_BYTES) this.#shorten(fd);
        writeSync(fd, `${keyOf(timeMs, text)}\n`);
      } finally {
        closeSync(fd);
      }
    } catch {
      // The line is folded in this session all the same.
    }
  }

  #shorten(fd: number): void {
    const text = readText(this.#path);
    ftruncateSync(fd, 0);
    writeSync(fd, text.slice(text.indexOf('\n', text.length / 2) + 1));
  }
}

/** Undefined if nothing was folded. */
export function readFolds(path: string): FoldMemory | undefined {
  const keys = readText(path)
    .split('\n')
    .filter((line) => /^[0-9a-z]+ [0-9a-z]+$/.test(line));
  if (keys.length === 0) return undefined;
  const left = new Map<string, number>();
  for (const key of keys) left.set(key, (left.get(key) ?? 0) + 1);
  const times = keys.map((key) => Number.parseInt(key, 36));
  return {
    oldestMs: times.reduce((oldest, timeMs) => Math.min(oldest, timeMs)),
    take: ({ timeMs, text }) => {
      const key = keyOf(timeMs, text);
      const count = left.get(key) ?? 0;
      if (count > 0) left.set(key, count - 1);
      return count > 0;
    },
  };
}

function keyOf(timeMs: number, text: string): string {
  return `${timeMs.toString(36)} ${hashOf(text)}`;
}

/** FNV-1a of 32 bits. */
function hashOf(text: string): string {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return (hash >>> 0).toString(36);
}

function readText(path: string): string {
  const file = openForReading(path);
  if (file === undefined) return '';
  try {
    return readFileSync(file.fd, 'latin1');
  } catch {
    return '';
  } finally {
    closeSync(file.fd);
  }
}
