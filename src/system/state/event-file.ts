// The file of the session events, one JSON object a line: the supervisor writes it, `events` reads it. Bounded: at 1
// MiB it becomes `.1`, replacing the earlier one. A disk that refuses is reported once and stops nothing.

import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

const MAX_BYTES = 1024 * 1024;
const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

export function createEventWriter(path: string, onProblem: (error: unknown) => void): (line: string) => void {
  let hasProblem = false;
  return (line) => {
    try {
      append(path, `${line}\n`);
      hasProblem = false;
    } catch (error) {
      if (!hasProblem) onProblem(error);
      hasProblem = true;
    }
  };
}

/** Events are few: the file is opened for each, so that it may be moved or removed. */
function append(path: string, text: string): void {
  const known = lstatSync(path, { throwIfNoEntry: false });
  // By its other name it is somebody else's, as after a copy by hard links: only our name of it is moved.
  if (known !== undefined && known.isFile() && known.nlink > 1) renameSync(path, `${path}.1`);
  const fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    if (!fstatSync(fd).isFile()) throw new Error(`${path} is not a regular file`);
    writeSync(fd, text);
    if (fstatSync(fd).size > MAX_BYTES) renameSync(path, `${path}.1`);
  } finally {
    closeSync(fd);
  }
}

export interface EventReader {
  /** The whole lines since the last call; at first those since the newest session began. */
  next(): readonly string[];
}

/** Undefined when there is no such file. */
export function openEventReader(path: string): EventReader | undefined {
  if (open(path) === undefined && open(`${path}.1`) === undefined) return undefined;
  let place: { readonly inode: number; readonly offset: number } | undefined;

  return {
    next: () => {
      const isFirst = place === undefined;
      const lines: string[] = [];
      // The older file counts when it is the one that was being read, or nothing has been read yet.
      for (const name of [`${path}.1`, path]) {
        const file = readFrom(name, place);
        if (file === undefined || (name !== path && !isFirst && file.inode !== place?.inode)) continue;
        lines.push(...file.lines);
        place = { inode: file.inode, offset: file.offset };
      }
      return isFirst ? lines.slice(Math.max(0, lines.findLastIndex(isStart))) : lines;
    },
  };
}

function isStart(line: string): boolean {
  return line.includes('"type":"session","state":"started"');
}

function readFrom(
  path: string,
  place: { readonly inode: number; readonly offset: number } | undefined,
): { readonly inode: number; readonly offset: number; readonly lines: readonly string[] } | undefined {
  const file = open(path);
  if (file === undefined) return undefined;
  const start = file.inode === place?.inode && place.offset <= file.text.length ? place.offset : 0;
  const end = file.text.lastIndexOf(0x0a) + 1;
  const lines = file.text.toString('utf8', start, Math.max(start, end)).split('\n');
  return { inode: file.inode, offset: Math.max(start, end), lines: lines.filter((line) => line !== '') };
}

function open(path: string): { readonly inode: number; readonly text: Buffer } | undefined {
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(fd);
    return stats.isFile() ? { inode: stats.ino, text: readFileSync(fd) } : undefined;
  } finally {
    closeSync(fd);
  }
}
