// Finds chosen escape sequences in a stream of bytes, whatever pieces it comes in. Everything else stays as it is, and
// costs a search for the escape and a look at the byte that ends each sequence.
// Trap: what may be the beginning of a chosen sequence is held back until its end comes, so it has to be short.

import { concat, latin1 } from './bytes.ts';
import { endOfColours } from './only-colours.ts';

const ESC = 0x1b;
const BEL = 0x07;
/** No chosen sequence is longer. */
const LONGEST_BYTES = 128;

/** Bytes as they came, or one chosen sequence, whole and without its ESC: `[6n`, `]11;?\u0007`. */
export type Piece = Uint8Array | string;

export interface SequenceChoice {
  /** The last characters of sequences that begin with `ESC [`. */
  readonly csi: string;
  /** The one character after ESC. */
  readonly plain?: string;
  /** Beginnings of sequences that end with BEL or ST: `]`, `P$q`. */
  readonly strings?: readonly string[];
  /** Those with a fitting end are chosen only if this fits as well. */
  readonly pattern: RegExp;
}

const NOTHING = new Uint8Array();

export class SequenceSplitter {
  readonly #choice: SequenceChoice;
  readonly #csi: ReadonlySet<number>;
  #rest: Uint8Array = new Uint8Array();

  constructor(choice: SequenceChoice) {
    this.#choice = choice;
    this.#csi = new Set(Array.from(choice.csi, (character) => character.charCodeAt(0)));
  }

  /** The bytes in their order; a beginning that was held back comes with the next ones. */
  split(bytes: Uint8Array): readonly Piece[] {
    const joined = this.#rest.length === 0 ? bytes : concat([this.#rest, bytes]);
    const colours = endOfColours(joined);
    this.#rest = colours === -1 ? NOTHING : joined.slice(colours);
    if (colours === joined.length) return [joined];
    if (colours !== -1) return colours === 0 ? [] : [joined.subarray(0, colours)];
    let at = joined.indexOf(ESC);
    const pieces: Piece[] = [];
    let from = 0;
    while (at !== -1) {
      const end = this.#endOf(joined, at);
      if (end === undefined) {
        this.#rest = joined.slice(at);
        break;
      }
      if (end > 0) {
        const text = latin1(joined.subarray(at + 1, end));
        if (this.#choice.pattern.test(text)) {
          if (at > from) pieces.push(joined.subarray(from, at));
          pieces.push(text);
          from = end;
        }
      }
      at = joined.indexOf(ESC, Math.max(at + 1, end));
    }
    const to = joined.length - this.#rest.length;
    if (to > from) pieces.push(joined.subarray(from, to));
    return pieces;
  }

  reset(): void {
    this.#rest = new Uint8Array();
  }

  /** One past the sequence at `at`; 0 when none of the chosen can stand there, undefined when its end is still to come. */
  #endOf(bytes: Uint8Array, at: number): number | undefined {
    const next = bytes[at + 1];
    if (next === undefined) return undefined;
    if (next === 0x5b) return this.#endOfCsi(bytes, at + 2);
    const { plain = '', strings = [] } = this.#choice;
    if (plain.includes(String.fromCharCode(next))) return at + 2;
    for (const string of strings) {
      const begun = beginsWith(bytes, at + 1, string);
      if (begun === 'no') continue;
      return begun === 'unknown' ? undefined : endOfString(bytes, at + 1 + string.length);
    }
    return 0;
  }

  #endOfCsi(bytes: Uint8Array, from: number): number | undefined {
    const limit = Math.min(bytes.length, from + LONGEST_BYTES);
    for (let at = from; at < limit; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= 0x40 && byte <= 0x7e) return this.#csi.has(byte) ? at + 1 : 0;
      if (byte < 0x20 || byte > 0x3f) return 0;
    }
    return limit === bytes.length && limit < from + LONGEST_BYTES ? undefined : 0;
  }
}

function beginsWith(bytes: Uint8Array, at: number, string: string): 'yes' | 'no' | 'unknown' {
  for (let index = 0; index < string.length; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return 'unknown';
    if (byte !== string.charCodeAt(index)) return 'no';
  }
  return 'yes';
}

/** Behind BEL, or ESC and a backslash. */
function endOfString(bytes: Uint8Array, from: number): number | undefined {
  const limit = Math.min(bytes.length, from + LONGEST_BYTES);
  for (let at = from; at < limit; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === BEL) return at + 1;
    if (byte === ESC) {
      const next = bytes[at + 1];
      return next === undefined ? undefined : next === 0x5c ? at + 2 : 0;
    }
    if (byte < 0x20) return 0;
  }
  return limit < from + LONGEST_BYTES ? undefined : 0;
}
