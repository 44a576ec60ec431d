// Tells of output as it comes whether it may lead the cursor to a row above: a search for the escape, and a look at the
// byte that ends each sequence. Most output has none, and is told so at the price of one search.

const ESC = 0x1b;
const LETTER_A = 0x41;
const LETTER_F = 0x46;
const LETTER_M = 0x4d;
const BRACKET = 0x5b;

export class UpwardScanner {
  /** The output so far ends within a sequence. */
  #isWithin = false;

  mayGoUp(bytes: Uint8Array): boolean {
    const wasWithin = this.#isWithin;
    this.#isWithin = false;
    for (let at = bytes.indexOf(ESC); at !== -1; at = bytes.indexOf(ESC, at + 1)) {
      const next = bytes[at + 1];
      if (next === LETTER_M) return true;
      if (next === undefined) this.#isWithin = true;
      if (next !== BRACKET) continue;
      let end = at + 2;
      while (isDigit(bytes[end])) end += 1;
      const last = bytes[end];
      if (last === LETTER_A || last === LETTER_F) return true;
      if (last === undefined) this.#isWithin = true;
    }
    // The rest of a sequence that was cut is not looked at closely: it happens seldom.
    return wasWithin;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
