// The newest output of a program and the changes of its terminal's size, in their order: as much as fills a screen several
// times. Each byte is copied once, into pieces that are as large as the output asks for.

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface Recent {
  /** The size before the first change that is among the items. */
  readonly size: ScreenSize;
  readonly items: readonly (Uint8Array | ScreenSize)[];
  /** Output came before the first item that is kept no more. */
  readonly hasGap: boolean;
}

const MOST_BYTES = 64 * 1024;
const LARGEST_PIECE_BYTES = 16 * 1024;
const SMALLEST_PIECE_BYTES = 1024;

class Segment {
  readonly buffer: Uint8Array;
  length = 0;

  constructor(size: number) {
    this.buffer = new Uint8Array(size);
  }

  /** Returns how many of the bytes had room. */
  take(bytes: Uint8Array): number {
    const count = Math.min(bytes.length, this.buffer.length - this.length);
    this.buffer.set(bytes.subarray(0, count), this.length);
    this.length += count;
    return count;
  }
}

export class RecentOutput {
  #items: (Segment | ScreenSize)[] = [];
  #bytes = 0;
  #hasGap = false;
  #sizeAtStart: ScreenSize;
  #size: ScreenSize;

  constructor(size: ScreenSize) {
    this.#sizeAtStart = size;
    this.#size = size;
  }

  /** As of the newest change. */
  get size(): ScreenSize {
    return this.#size;
  }

  push(bytes: Uint8Array): void {
    let rest = bytes;
    if (rest.length > MOST_BYTES) {
      rest = rest.subarray(rest.length - MOST_BYTES);
      this.#hasGap = true;
    }
    while (rest.length > 0) {
      let last = this.#items.at(-1);
      if (!(last instanceof Segment) || last.length === last.buffer.length) {
        last = new Segment(pieceSize(rest.length, this.#bytes));
        this.#items.push(last);
      }
      const count = last.take(rest);
      this.#bytes += count;
      rest = rest.subarray(count);
    }
    while (this.#bytes > MOST_BYTES) this.#dropOldest();
  }

  resize(size: ScreenSize): void {
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    this.#size = size;
    // Of several in a row the newest counts.
    const last = this.#items.at(-1);
    if (last !== undefined && !(last instanceof Segment)) this.#items.pop();
    this.#items.push(size);
  }

  /** All that is kept, which is forgotten here. */
  take(): Recent {
    const items = this.#items.map((item) => (item instanceof Segment ? item.buffer.subarray(0, item.length) : item));
    const recent = { size: this.#sizeAtStart, items, hasGap: this.#hasGap };
    this.clear();
    return recent;
  }

  clear(): void {
    this.#items = [];
    this.#bytes = 0;
    this.#hasGap = false;
    this.#sizeAtStart = this.#size;
  }

  #dropOldest(): void {
    const oldest = this.#items.shift();
    if (oldest instanceof Segment) {
      this.#bytes -= oldest.length;
      this.#hasGap = true;
    } else if (oldest !== undefined) {
      this.#sizeAtStart = oldest;
    }
  }
}

/** Small for a program that writes a line now and then. */
function pieceSize(wanted: number, kept: number): number {
  return Math.min(LARGEST_PIECE_BYTES, Math.max(SMALLEST_PIECE_BYTES, wanted, kept));
}
