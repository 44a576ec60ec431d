// Holds the lines that are not on disk yet, as the bytes that will be written: one block a turn of the event loop when the
// disk is well, a bounded heap of them when it is not.
// Trap: a block whose writing has begun must be finished, or the file would hold half a line; it is never dropped.

import { LF, MAX_LINE_BYTES, parseRecords, type RawLine, STAMP_BYTES } from './log-record.ts';

export interface Block {
  readonly buffer: Buffer;
  /** Bytes filled. */
  length: number;
  /** Bytes already in the file. */
  written: number;
  readonly firstSeq: number;
  lines: number;
  /** How many lines of output go with it when it is dropped; more than `lines` for the note about earlier losses. */
  lost: number;
}

const BLOCK_BYTES = 256 * 1024;
const MAX_SPARE = 4;

/** Free block buffers. Shared by all services, so that a quiet one holds none. */
export class BufferPool {
  readonly #spare: Buffer[] = [];

  take(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  giveBack(buffer: Buffer): void {
    if (buffer.length === BLOCK_BYTES && this.#spare.length < MAX_SPARE) this.#spare.push(buffer);
  }
}

export class PendingLines {
  readonly #pool: BufferPool;
  /** A block is full past this many bytes, so that small files can be rotated between blocks. */
  #fullBytes = 0;
  readonly #blocks: Block[] = [];

  constructor(pool: BufferPool, file: { readonly maxSizeBytes: number }) {
    this.#pool = pool;
    this.setLimit(file);
  }

  setLimit({ maxSizeBytes }: { readonly maxSizeBytes: number }): void {
    this.#fullBytes = Math.min(BLOCK_BYTES - MAX_LINE_BYTES - 256, Math.floor(maxSizeBytes / 8));
  }

  get head(): Block | undefined {
    return this.#blocks[0];
  }

  /** A block has just been filled: worth writing before the turn is over. */
  get isFull(): boolean {
    return (this.#blocks.at(-1)?.length ?? 0) > this.#fullBytes;
  }

  add(seq: number, stamp: Buffer, prefix: Buffer, source: Buffer, start: number, end: number): void {
    let block = this.#blocks.at(-1);
    if (block === undefined || block.length > this.#fullBytes) block = this.#begin(seq);
    const { buffer } = block;
    let at = block.length;
    at += stamp.copy(buffer, at, 0, STAMP_BYTES);
    if (prefix.length > 0) at += prefix.copy(buffer, at);
    at += source.copy(buffer, at, start, end);
    buffer[at] = LF;
    block.length = at + 1;
    block.lines += 1;
    block.lost += 1;
  }

  /** Releases the head, which is written. */
  shift(): void {
    const block = this.#blocks.shift();
    if (block !== undefined) this.#pool.giveBack(block.buffer);
  }

  /** Drops the oldest blocks beyond `limitBytes`. Returns how many lines are lost. */
  dropBeyond(limitBytes: number): number {
    let lost = 0;
    let bytes = this.#blocks.reduce((sum, block) => sum + block.length, 0);
    for (;;) {
      const oldest = this.#firstUntouched;
      const block = this.#blocks[oldest];
      if (block === undefined || oldest === this.#blocks.length - 1 || bytes - block.length < limitBytes) return lost;
      this.#blocks.splice(oldest, 1);
      this.#pool.giveBack(block.buffer);
      bytes -= block.length;
      lost += block.lost;
    }
  }

  /** Puts a record of our own where `lost` lines are missing. It takes the number of the last of them. */
  insertGap(record: Buffer, lost: number): void {
    const next = this.#blocks[this.#firstUntouched];
    if (next === undefined) return;
    const gap = { buffer: record, length: record.length, written: 0, firstSeq: next.firstSeq - 1, lines: 1, lost };
    this.#blocks.splice(this.#firstUntouched, 0, gap);
  }

  /** Copies of the lines with numbers from `from` to `to - 1`. */
  read(from: number, to: number): RawLine[] {
    return this.#blocks.flatMap((block) =>
      block.firstSeq < to && block.firstSeq + block.lines > from
        ? parseRecords(Buffer.from(block.buffer.subarray(0, block.length)), block.firstSeq, from, to)
        : [],
    );
  }

  get #firstUntouched(): number {
    return (this.#blocks[0]?.written ?? 0) > 0 ? 1 : 0;
  }

  #begin(seq: number): Block {
    const block = { buffer: this.#pool.take(), length: 0, written: 0, firstSeq: seq, lines: 0, lost: 0 };
    this.#blocks.push(block);
    return block;
  }
}
