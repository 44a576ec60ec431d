// Puts blocks of lines into the current file of a log: opens it, rotates it, and notices when another program moved,
// removed or cut it. Writes are synchronous: measured at 2 ms a MiB into the page cache, they are cheaper than a trip
// through the thread pool, keep their order by themselves, and leave nothing under way when the process ends.
// Trap: a full disk may take half a block. `Block.written` remembers how much, so the rest can follow.

import { closeSync, lstatSync, readSync, writeSync } from 'node:fs';
import type { LogSpec } from '../../core/model/project.ts';
import type { LogIndex } from './log-index.ts';
import type { Block } from './log-pending.ts';
import { LF } from './log-record.ts';
import { openForAppend, rotateFiles } from './log-rotation.ts';

const CHECK_EVERY_MS = 1000;
const RETRY_ROTATION_MS = 5000;

interface CurrentFile {
  readonly fd: number;
  readonly inode: number;
  readonly device: number;
}

export class LogWriter {
  readonly #path: string;
  #spec: LogSpec;
  readonly #index: LogIndex;
  #file: CurrentFile | undefined;
  #size = 0;
  #wasOpened = false;
  #checkedAtMs = 0;
  #rotation: { readonly error: unknown; readonly retryAtMs: number } | undefined;

  constructor(path: string, spec: LogSpec, index: LogIndex) {
    this.#path = path;
    this.#spec = spec;
    this.#index = index;
  }

  setLimits(spec: LogSpec): void {
    this.#spec = spec;
  }

  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  /** Why the file grows beyond its size: it could not be rotated. */
  get rotationError(): unknown {
    return this.#rotation?.error;
  }

  /**
   * Makes sure that the file is open and still the one at our path; looks once a second at most.
   * @param upcoming.head the block that is written next, which starts over when its file is gone
   * @throws the system's error when the file cannot be used
   */
  prepare(upcoming: { readonly head: Block | undefined; readonly nextSeq: number; readonly nowMs: number }): void {
    const { head, nextSeq, nowMs } = upcoming;
    if (this.#file !== undefined && nowMs - this.#checkedAtMs >= CHECK_EVERY_MS) {
      this.#checkedAtMs = nowMs;
      this.#check(this.#file, head);
    }
    if (this.#file !== undefined) return;
    // What an earlier session left ends before our line 0, even if the file can only be opened later on.
    this.#open(this.#wasOpened ? (head?.firstSeq ?? nextSeq) : 0);
    this.#wasOpened = true;
    this.#checkedAtMs = nowMs;
  }

  /** @throws the system's error; the block knows how much of it is in the file */
  write(block: Block, nowMs: number): void {
    if (block.written === 0) {
      if (this.#size > 0 && this.#size + block.length > this.#spec.maxSizeBytes) this.#rotate(block.firstSeq, nowMs);
      this.#index.markNext(block.firstSeq, this.#size);
    }
    const fd = this.#file?.fd;
    if (fd === undefined) return;
    while (block.written < block.length) {
      const count = writeSync(fd, block.buffer, block.written, block.length - block.written);
      block.written += count;
      this.#size += count;
    }
    this.#index.extend(block.firstSeq + block.lines, this.#size);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.fd);
    this.#file = undefined;
  }

  #open(nextSeq: number): void {
    const { fd, stats } = openForAppend(this.#path);
    try {
      this.#size = stats.size + endLastLine(fd, stats.size);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.#file = { fd, inode: stats.ino, device: stats.dev };
    this.#index.addCurrent(stats.ino, this.#size, nextSeq);
  }

  #check(file: CurrentFile, head: Block | undefined): void {
    const stats = lstatSync(this.#path, { throwIfNoEntry: false });
    if (stats === undefined || stats.ino !== file.inode || stats.dev !== file.device) {
      this.close();
      this.#index.dropCurrent();
      if (head !== undefined) head.written = 0;
      return;
    }
    if (stats.size === this.#size) return;
    const wasCut = stats.size < this.#size;
    this.#size = stats.size + endLastLine(file.fd, stats.size);
    if (wasCut) this.#index.forgetCurrent(this.#size);
    if (head !== undefined) head.written = 0;
  }

  #rotate(nextSeq: number, nowMs: number): void {
    if (this.#rotation !== undefined && nowMs < this.#rotation.retryAtMs) return;
    try {
      rotateFiles(this.#path, this.#spec.keep);
    } catch (error) {
      this.#rotation = { error, retryAtMs: nowMs + RETRY_ROTATION_MS };
      return;
    }
    this.#rotation = undefined;
    this.close();
    this.#index.rotate(this.#spec.keep);
    this.#open(nextSeq);
  }
}

/** Ends a line that a crash left without an end, so that ours is not joined to it. Returns the bytes added. */
function endLastLine(fd: number, size: number): number {
  if (size === 0) return 0;
  const last = Buffer.alloc(1);
  if (readSync(fd, last, 0, 1, size - 1) === 1 && last[0] === LF) return 0;
  return writeSync(fd, Buffer.from([LF]));
}
