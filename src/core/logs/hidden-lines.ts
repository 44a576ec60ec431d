// Which lines of a log are hidden, as ranges of numbers, and the numbers of the others. The shown lines have their own
// numbers without holes. A hidden line behind it never changes a number.

export class HiddenLines {
  /** Ascending, none touching the next. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** How many lines are hidden before each stretch. */
  readonly #before: number[] = [];

  get isEmpty(): boolean {
    return this.#starts.length === 0;
  }

  /** Hides `from` … `to - 1`. Costs little near the end of the log, where it happens. */
  add(from: number, to: number): void {
    if (from >= to) return;
    let [start, end] = [from, to];
    const later: [number, number][] = [];
    for (let last = this.#pop(); last !== undefined; last = this.#pop()) {
      if (last[0] > end) {
        later.push(last);
      } else if (last[1] < start) {
        this.#push(...last);
        break;
      } else {
        start = Math.min(start, last[0]);
        end = Math.max(end, last[1]);
      }
    }
    this.#push(start, end);
    for (const stretch of later.toReversed()) this.#push(...stretch);
  }

  has(seq: number): boolean {
    const index = this.#lastAt(this.#starts, seq);
    return index >= 0 && seq < (this.#ends[index] ?? seq);
  }

  /** The number in sight of a line; of a hidden one, that of the next in sight. */
  shownOf(seq: number): number {
    const index = this.#lastAt(this.#starts, seq);
    if (index < 0) return seq;
    const start = this.#starts[index] ?? seq;
    const hidden = Math.min(seq, this.#ends[index] ?? seq) - start;
    return seq - (this.#before[index] ?? 0) - hidden;
  }

  /** The line that has this number in sight. */
  seqOf(shown: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const firstBehind = (this.#starts[middle] ?? 0) - (this.#before[middle] ?? 0);
      if (firstBehind <= shown) low = middle + 1;
      else high = middle;
    }
    const index = low - 1;
    if (index < 0) return shown;
    return shown + (this.#before[index] ?? 0) + (this.#ends[index] ?? 0) - (this.#starts[index] ?? 0);
  }

  #lastAt(numbers: readonly number[], seq: number): number {
    let [low, high] = [0, numbers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((numbers[middle] ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #push(start: number, end: number): void {
    const index = this.#starts.length - 1;
    const hidden = index < 0 ? 0 : (this.#before[index] ?? 0) + (this.#ends[index] ?? 0) - (this.#starts[index] ?? 0);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#before.push(hidden);
  }

  #pop(): [number, number] | undefined {
    const [start, end] = [this.#starts.pop(), this.#ends.pop()];
    this.#before.pop();
    return start === undefined || end === undefined ? undefined : [start, end];
  }
}
