// Decides where the lines of one stream begin and end, whatever chunks its bytes come in. Bytes are kept as they are.
// Trap: a line may have no end. It is cut at 64 KiB, and each byte is looked at and copied a bounded number of times.

import { CONTINUATION, CR, LF, MAX_LINE_BYTES } from './log-record.ts';

/** Takes one line: `prefix`, then `source` from `start` to `end`. The bytes are only valid during the call. */
export type LineSink = (prefix: Buffer, source: Buffer, start: number, end: number) => void;

const NO_PREFIX = Buffer.alloc(0);
const SMALLEST_CARRY_BYTES = 256;

export class LineSplitter {
  readonly #sink: LineSink;
  /** The bytes since the last line end. */
  #carry = Buffer.alloc(0);
  #length = 0;
  /** CONTINUATION once the current line has been cut. */
  #prefix = NO_PREFIX;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      if (this.#length === 0 && this.#prefix === NO_PREFIX && end - start <= MAX_LINE_BYTES) {
        this.#sink(NO_PREFIX, chunk, start, withoutCr(chunk, start, end));
      } else {
        this.#keep(chunk, start, end);
        this.#endLine();
      }
      start = end + 1;
    }
    this.#keep(chunk, start, chunk.length);
  }

  /** Ends the current line if it has begun. */
  end(): void {
    if (this.#length > 0 || this.#prefix !== NO_PREFIX) this.#endLine();
  }

  get hasPartial(): boolean {
    return this.#length > 0;
  }

  /** A copy of the line that has no end yet. */
  partial(): Buffer {
    return Buffer.concat([this.#prefix, this.#carry.subarray(0, withoutCr(this.#carry, 0, this.#length))]);
  }

  #endLine(): void {
    const isPiece = this.#prefix !== NO_PREFIX;
    const end = withoutCr(this.#carry, 0, this.#length);
    if (!isPiece || end > 0) this.#sink(this.#prefix, this.#carry, 0, end);
    this.#length = 0;
    this.#prefix = NO_PREFIX;
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    let start = from;
    while (start < to) {
      if (this.#length === MAX_LINE_BYTES) this.#cut();
      const count = Math.min(MAX_LINE_BYTES - this.#length, to - start);
      this.#reserve(this.#length + count);
      chunk.copy(this.#carry, this.#length, start, start + count);
      this.#length += count;
      start += count;
    }
  }

  #cut(): void {
    const end = characterBoundary(this.#carry, this.#length);
    this.#sink(this.#prefix, this.#carry, 0, end);
    this.#carry.copyWithin(0, end, this.#length);
    this.#length -= end;
    this.#prefix = CONTINUATION;
  }

  #reserve(length: number): void {
    if (length <= this.#carry.length) return;
    const grown = Buffer.allocUnsafeSlow(
      Math.min(MAX_LINE_BYTES, Math.max(length, this.#carry.length * 2, SMALLEST_CARRY_BYTES)),
    );
    this.#carry.copy(grown, 0, 0, this.#length);
    this.#carry = grown;
  }
}

/** A PTY ends its lines with CR LF. */
function withoutCr(bytes: Buffer, start: number, end: number): number {
  return end > start && bytes[end - 1] === CR ? end - 1 : end;
}

/** The last place at or before `end` that does not split a UTF-8 character; `end` itself when the bytes are not UTF-8. */
function characterBoundary(bytes: Buffer, end: number): number {
  for (let start = end - 1; start >= end - 4 && start > 0; start -= 1) {
    const byte = bytes[start] ?? 0;
    if (byte < 0x80) return end;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return start + length > end ? start : end;
  }
  return end;
}
