// Which cells of a row are erased, at the same price however many cells an erasure reaches: it is written down, and a
// cell counts as erased while it was not written again since.
// Of all erasures only those are kept that no later one covers, so a question is answered by bisection.

export class ErasedCells {
  /** How many erasures came before the cell was written. */
  readonly #writtenAfter: number[] = [];
  readonly #toEnd = new Erasures();
  /** By columns counted from the other end: negative. */
  readonly #toStart = new Erasures();
  #count = 0;

  /** @param cells how many have been written so far */
  constructor(cells: number) {
    for (let column = 0; column < cells; column += 1) this.#writtenAfter.push(0);
  }

  eraseFrom(column: number): void {
    this.#count += 1;
    this.#toEnd.add(column, this.#count);
  }

  eraseThrough(column: number): void {
    this.#count += 1;
    this.#toStart.add(-column, this.#count);
  }

  /** The cell is written, and so no longer erased. */
  restore(column: number): void {
    this.#writtenAfter[column] = this.#count;
  }

  has(column: number): boolean {
    const writtenAfter = this.#writtenAfter[column] ?? 0;
    if (writtenAfter === this.#count) return false;
    return writtenAfter < this.#toEnd.lastAt(column) || writtenAfter < this.#toStart.lastAt(-column);
  }
}

/** Erasures that reach from a column to the end; the columns and the numbers of those that are kept both rise. */
class Erasures {
  readonly #columns: number[] = [];
  readonly #numbers: number[] = [];

  add(column: number, number: number): void {
    while ((this.#columns.at(-1) ?? Number.NEGATIVE_INFINITY) >= column) {
      this.#columns.pop();
      this.#numbers.pop();
    }
    this.#columns.push(column);
    this.#numbers.push(number);
  }

  /** The number of the last one that reaches the column; 0 when none does. */
  lastAt(column: number): number {
    let [low, high] = [0, this.#columns.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#columns[middle] ?? 0) <= column) low = middle + 1;
      else high = middle;
    }
    return this.#numbers[low - 1] ?? 0;
  }
}
