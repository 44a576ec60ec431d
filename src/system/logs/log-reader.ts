// Finds lines in a log's files: those this session wrote by the index, older ones by looking backward from the end, only
// as far as requested. Nothing is read to open a log of any size.
// Trap: files are opened again for each read and compared by inode, for others may move or remove them at any time.

import { closeSync, readSync } from 'node:fs';
import type { LogSieve } from '../../core/output/log-sieve.ts';
import { LogIndex, regionBefore, regionsOf, type Region, type Segment } from './log-index.ts';
import { LF, parseRecords, type RawLine } from './log-record.ts';
import { numberedPath, openForReading, rotatedNumbers } from './log-rotation.ts';

const STEP_BYTES = 64 * 1024;
/** What stands behind the time of the first line, if it has one. */
const INDENTED = /^(?:\d{4}-\S{18}Z )?[^!-~]/;
/** A longer stretch without a line end was not written by us; it is taken apart at this length. */
const MAX_FOREIGN_LINE_BYTES = 1024 * 1024;
/** What one read may return. Only very long lines make so much of 5 000 of them. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

export class LogReader {
  readonly index = new LogIndex();
  readonly #path: string;
  readonly #sieve: Sieve | undefined;
  #keep: number;
  #reachedOldestFile = false;

  /** @param options.mayPass for who looks for some lines: stretches of the files in which none can be are left out */
  constructor(path: string, options: { readonly keep: number; readonly mayPass?: LogSieve | undefined }) {
    this.#path = path;
    this.#keep = options.keep;
    this.#sieve = options.mayPass === undefined ? undefined : new Sieve(options.mayPass);
  }

  setLimit({ keep }: { readonly keep: number }): void {
    this.#keep = keep;
  }

  /**
   * Lines `from` … `to - 1` as far as they are on disk and known: see `lookBack`.
   * `complete` is false when the answer ends early because it has passed `mostBytes`.
   */
  read(
    from: number,
    to: number,
    mostBytes = MAX_ANSWER_BYTES,
  ): { readonly lines: RawLine[]; readonly complete: boolean } {
    const lines: RawLine[] = [];
    let bytesRead = 0;
    for (const segment of this.index.segments) {
      if (segment.endSeq <= from || (segment.marks[0]?.seq ?? to) >= to) continue;
      this.#withFile(segment, (fd) => {
        for (const region of regionsOf(segment, from, to)) {
          if (bytesRead >= mostBytes) return;
          if (this.#sieve?.leavesOut(fd, segment, region) === true) continue;
          const bytes = readAt(fd, region.offset, region.endOffset);
          bytesRead += bytes.length;
          const end = Math.min(to, region.endSeq);
          for (const line of parseRecords(bytes, region.seq, from, end)) lines.push(line);
        }
      });
    }
    return { lines, complete: bytesRead < mostBytes };
  }

  /** Reads one more stretch before the oldest known line, in this file or the one before. Returns false if there is nothing older. */
  lookBack(): boolean {
    if (this.#reachedOldestFile) return false;
    const oldest = this.index.segments[0];
    if (oldest === undefined) return false;
    if ((oldest.marks[0]?.offset ?? 0) > 0 && this.#lookBackIn(oldest)) return true;
    if (this.#addOlderFile(oldest)) return true;
    this.#reachedOldestFile = true;
    return false;
  }

  /** The time of the oldest known line; undefined if it is unreadable. */
  firstTimeMs(): number | undefined {
    const first = this.index.first;
    return first === undefined ? undefined : this.read(first, first + 1).lines[0]?.timeMs;
  }

  #lookBackIn(segment: Segment): boolean {
    const known = segment.marks[0];
    if (known === undefined) return false;
    const stretch = this.#withFile(segment, (fd) => {
      for (let size = STEP_BYTES; ; size *= 2) {
        const offset = Math.max(0, known.offset - size);
        const bytes = readAt(fd, offset, known.offset);
        if (bytes.length < known.offset - offset) return undefined;
        // The line end before `known` belongs to the last line of this stretch.
        const start = offset === 0 ? 0 : bytes.indexOf(LF) + 1;
        if (offset === 0 || (start > 0 && start < bytes.length)) return { offset: offset + start, bytes, start };
        if (size >= MAX_FOREIGN_LINE_BYTES) return { offset, bytes, start: 0 };
      }
    });
    if (stretch === undefined) return false;
    const lines = countLines(stretch.bytes, stretch.start);
    segment.marks.unshift({ seq: known.seq - lines, offset: stretch.offset });
    return true;
  }

  #addOlderFile(oldest: Segment): boolean {
    for (const number of this.#numbersAfter(oldest.number)) {
      const file = openForReading(numberedPath(this.#path, number));
      if (file === undefined) continue;
      closeSync(file.fd);
      this.index.addOlder(number, file.stats.ino, file.stats.size, oldest.marks[0]?.seq ?? 0);
      return true;
    }
    return false;
  }

  #numbersAfter(number: number): number[] {
    try {
      return rotatedNumbers(this.#path).filter((other) => other > number && other < this.#keep);
    } catch {
      return [];
    }
  }

  #withFile<T>(segment: Segment, task: (fd: number) => T): T | undefined {
    const file = openForReading(numberedPath(this.#path, segment.number));
    if (file === undefined) return undefined;
    try {
      return file.stats.ino === segment.inode ? task(file.fd) : undefined;
    } finally {
      closeSync(file.fd);
    }
  }
}

/** Judges each stretch of files that nobody writes to once. */
class Sieve {
  readonly #mayPass: LogSieve;
  /** For one stretch after the other; what is longer gets bytes of its own. */
  readonly #bytes = Buffer.allocUnsafeSlow(MAX_FOREIGN_LINE_BYTES);
  readonly #judged = new Map<string, { readonly mayPass: boolean; readonly isIndented: boolean }>();

  constructor(mayPass: LogSieve) {
    this.#mayPass = mayPass;
  }

  /** A stretch stays in if a line may pass in it or in the one before, and as long as what began there goes on, indented. */
  leavesOut(fd: number, segment: Segment, region: Region): boolean {
    if (this.#judge(fd, segment, region).mayPass) return false;
    for (let current = region; ;) {
      const before = regionBefore(segment, current);
      if (before === undefined) return false;
      if (this.#judge(fd, segment, before).mayPass) return false;
      if (!this.#judge(fd, segment, current).isIndented) return true;
      current = before;
    }
  }

  #judge(fd: number, { inode }: Segment, { offset, endOffset }: Region) {
    const key = `${inode} ${offset} ${endOffset}`;
    const known = this.#judged.get(key);
    if (known !== undefined) return known;
    const text = readAt(fd, offset, endOffset, this.#bytes).toString('latin1');
    const judged = { mayPass: this.#mayPass(text), isIndented: INDENTED.test(text) };
    this.#judged.set(key, judged);
    return judged;
  }
}

/** The bytes between two offsets; fewer when the file has become shorter. */
function readAt(fd: number, offset: number, endOffset: number, into?: Buffer): Buffer {
  const size = endOffset - offset;
  const bytes = into !== undefined && into.length >= size ? into.subarray(0, size) : Buffer.allocUnsafeSlow(size);
  let length = 0;
  while (length < bytes.length) {
    const count = readSync(fd, bytes, length, bytes.length - length, offset + length);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

/** Line ends from `start` on, and a last line without one. */
function countLines(bytes: Buffer, start: number): number {
  let count = 0;
  for (let end = bytes.indexOf(LF, start); end !== -1; end = bytes.indexOf(LF, end + 1)) count += 1;
  return bytes.length > start && bytes[bytes.length - 1] !== LF ? count + 1 : count;
}
