// Lines that an earlier session folded, and the numbers of the others. They count backward from -1, the newest line
// before this session, so a later find never changes a number. Reads the lines only as far back as requested.

import { HiddenLines } from './hidden-lines.ts';

interface EarlierLine {
  readonly seq: number;
  readonly timeMs: number;
  readonly text: string;
}

/** What earlier sessions remember of the lines that they folded. */
export interface FoldMemory {
  /** Nothing older was folded. */
  readonly oldestMs: number;
  /** Whether this line was; each that was remembered is told once. */
  take(line: Pick<EarlierLine, 'timeMs' | 'text'>): boolean;
}

const WINDOW_LINES = 2_000;

export class EarlierFolds {
  readonly #memory: FoldMemory;
  readonly #read: (from: number, count: number) => readonly EarlierLine[];
  /** By distance: 0 is the line -1. */
  readonly #hidden = new HiddenLines();
  /** The oldest line that was looked at. */
  #knownFrom = 0;
  #isComplete = false;

  /** @param read lines with negative numbers, in their order; fewer where there are no more */
  constructor(memory: FoldMemory, read: (from: number, count: number) => readonly EarlierLine[]) {
    this.#memory = memory;
    this.#read = read;
  }

  /** All but `seq` are below 0. */
  has(seq: number): boolean {
    while (seq < this.#knownFrom && this.#lookBack());
    return this.#hidden.has(-1 - seq);
  }

  /** The number in sight of a line; of a hidden one, that of the next in sight. */
  shownOf(seq: number): number {
    const isHidden = this.has(seq);
    const newer = this.#hidden.shownOf(-1 - seq);
    return isHidden ? 0 - newer : -1 - newer;
  }

  /** The line that has this number in sight. */
  seqOf(shown: number): number {
    const newer = -1 - shown;
    while (this.#hidden.shownOf(-this.#knownFrom) <= newer && this.#lookBack());
    return -1 - this.#hidden.seqOf(newer);
  }

  /** False when there is nothing older that could have been folded. */
  #lookBack(): boolean {
    if (this.#isComplete) return false;
    const from = this.#knownFrom - WINDOW_LINES;
    const lines: EarlierLine[] = [];
    for (let at = from; at < this.#knownFrom; at = (lines.at(-1)?.seq ?? this.#knownFrom) + 1) {
      const more = this.#read(at, this.#knownFrom - at).filter(({ seq }) => seq >= at && seq < this.#knownFrom);
      if (more.length === 0) break;
      lines.push(...more);
    }
    const oldest = lines[0];
    for (const line of lines.toReversed()) {
      if (this.#memory.take(line)) this.#hidden.add(-1 - line.seq, -line.seq);
    }
    this.#isComplete = oldest === undefined || oldest.seq > from || oldest.timeMs < this.#memory.oldestMs;
    this.#knownFrom = oldest?.seq ?? this.#knownFrom;
    return true;
  }
}
