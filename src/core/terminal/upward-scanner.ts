// Says whether new output may move the cursor to a row above, by the final byte of each sequence. Most output has only
// colours, which is known already (only-colours).

import { concat } from './bytes.ts';
import { endOfColours } from './only-colours.ts';

const ESC = 0x1b;
const LETTER_A = 0x41;
const LETTER_F = 0x46;
const LETTER_M = 0x4d;
const BRACKET = 0x5b;
/** A longer number of rows is none. */
const LONGEST_BYTES = 16;
const NOTHING = new Uint8Array();

export class UpwardScanner {
  /** A sequence whose end is still to come. */
  #rest: Uint8Array = NOTHING;

  mayGoUp(bytes: Uint8Array): boolean {
    const joined = this.#rest.length === 0 ? bytes : concat([this.#rest, bytes]);
    const colours = endOfColours(joined);
    this.#rest = colours === -1 ? NOTHING : joined.slice(colours);
    if (colours !== -1) return false;
    for (let at = joined.indexOf(ESC); at !== -1; at = joined.indexOf(ESC, at + 1)) {
      const end = endOfNumber(joined, at);
      const last = joined[end];
      if (last === undefined && end - at < LONGEST_BYTES) this.#rest = joined.slice(at);
      else if (end > at + 1 ? last === LETTER_A || last === LETTER_F : last === LETTER_M) return true;
    }
    return false;
  }
}

/** Behind ESC, or behind the bracket and the number that follow it. */
function endOfNumber(bytes: Uint8Array, at: number): number {
  if (bytes[at + 1] !== BRACKET) return at + 1;
  let end = at + 2;
  while (isDigit(bytes[end])) end += 1;
  return end;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
