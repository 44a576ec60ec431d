// Knows which file holds which lines, and where: the number and offset of a line every now and then ("mark"), from which a
// reader counts on. Pure bookkeeping; log-reader looks into the files, log-writer tells what was written.
// Trap: numbers may have holes (lines lost to a full disk), so a reader counts from one mark to the next and no further.

interface Mark {
  readonly seq: number;
  readonly offset: number;
}

/** One file of a log. 0 is the current one, `NAME.log`; n is `NAME.log.n`. */
export interface Segment {
  number: number;
  /** Whether the file of that name is still the same one. */
  readonly inode: number;
  /** Ascending. What lies before the first has not been looked at. */
  readonly marks: Mark[];
  /** Where the known lines end. */
  endOffset: number;
  endSeq: number;
}

/** Lines from `seq` on, at most up to `endSeq`, that lie between two offsets of a file. */
export interface Region {
  readonly offset: number;
  readonly endOffset: number;
  readonly seq: number;
  readonly endSeq: number;
}

const MARK_EVERY_BYTES = 32 * 1024;

export class LogIndex {
  /** The oldest first. */
  readonly segments: Segment[] = [];

  get current(): Segment | undefined {
    return this.segments.at(-1);
  }

  /** The oldest line known so far, or undefined when there is none. */
  get first(): number | undefined {
    for (const segment of this.segments) {
      for (const region of regionsOf(segment, -Infinity, Infinity)) return region.seq;
    }
    return undefined;
  }

  addOlder(number: number, inode: number, size: number, endSeq: number): void {
    this.segments.unshift({ number, inode, marks: [{ seq: endSeq, offset: size }], endOffset: size, endSeq });
  }

  /** Begins a new current file; what it already holds ends before line `seq`. */
  addCurrent(inode: number, size: number, seq: number): void {
    this.segments.push({ number: 0, inode, marks: [{ seq, offset: size }], endOffset: size, endSeq: seq });
  }

  /** The current file is gone, or is another one now. */
  dropCurrent(): void {
    this.segments.pop();
  }

  /** Forgets the content of the current file: it was cut, and is `size` long now. */
  forgetCurrent(size: number): void {
    const segment = this.current;
    if (segment === undefined) return;
    segment.marks.splice(0, segment.marks.length, { seq: segment.endSeq, offset: size });
    segment.endOffset = size;
  }

  /** Line `seq` comes next, at `offset` of the current file. */
  markNext(seq: number, offset: number): void {
    const segment = this.current;
    const last = segment?.marks.at(-1);
    if (segment === undefined || last === undefined) return;
    const follows = seq === segment.endSeq && offset === segment.endOffset;
    if (follows && offset - last.offset < MARK_EVERY_BYTES) return;
    // A write that failed is announced again. The first mark stays: older lines are numbered downward from it.
    if (last.offset === offset && segment.marks.length > 1) segment.marks.pop();
    segment.marks.push({ seq, offset });
  }

  /** The current file holds all lines before `endSeq`, up to `endOffset`. */
  extend(endSeq: number, endOffset: number): void {
    const segment = this.current;
    if (segment === undefined) return;
    segment.endSeq = endSeq;
    segment.endOffset = endOffset;
  }

  /** Every file has moved up by one; files from number `keep` on are removed. */
  rotate(keep: number): void {
    for (const segment of this.segments) segment.number += 1;
    while ((this.segments[0]?.number ?? 0) >= keep) this.segments.shift();
  }
}

/** The parts of a file in which the lines `from` … `to - 1` lie. */
export function* regionsOf(segment: Segment, from: number, to: number): Generator<Region> {
  const { marks } = segment;
  for (let index = lastMarkAtOrBefore(marks, from); index < marks.length; index += 1) {
    const mark = marks[index];
    if (mark === undefined || mark.seq >= to) return;
    const next = marks[index + 1];
    const endOffset = next?.offset ?? segment.endOffset;
    if (endOffset > mark.offset) {
      yield { offset: mark.offset, endOffset, seq: mark.seq, endSeq: next?.seq ?? segment.endSeq };
    }
  }
}

/** The part that ends where this one begins; undefined for the first that is known. */
export function regionBefore({ marks }: Segment, { seq, offset }: Region): Region | undefined {
  const index = lastMarkAtOrBefore(marks, seq - 1);
  const mark = marks[index];
  if (mark === undefined || mark.offset >= offset) return undefined;
  return { offset: mark.offset, endOffset: offset, seq: mark.seq, endSeq: seq };
}

function lastMarkAtOrBefore(marks: readonly Mark[], seq: number): number {
  let low = 0;
  let high = marks.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.seq ?? 0) <= seq) low = middle;
    else high = middle;
  }
  return low;
}
