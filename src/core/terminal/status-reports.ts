// Finds the reports of the Program Status Protocol in a stream of bytes, whatever pieces it comes in. Keeps no more than
// one report may be long.

import { concat, latin1 } from './bytes.ts';
import { endOfColours } from './only-colours.ts';

const ESC = 0x1b;
const BEL = 0x07;
const BACKSLASH = 0x5c;
/** `ESC ] 7501 ;` */
const BEGINNING = Uint8Array.from('\u001b]7501;', (character) => character.charCodeAt(0));
/** From the beginning to the end, as the protocol has it. */
const LONGEST_BYTES = 4_096;
const NOTHING = new Uint8Array();

export class StatusReports {
  #rest: Uint8Array = NOTHING;

  /** The bodies of the reports that have come to their end, in their order. */
  push(bytes: Uint8Array): readonly string[] {
    const joined = this.#rest.length === 0 ? bytes : concat([this.#rest, bytes]);
    this.#rest = NOTHING;
    const colours = endOfColours(joined);
    const bodies: string[] = [];
    let at = joined.indexOf(ESC, Math.max(0, colours));
    while (at !== -1) {
      const end = hasBegun(joined, at) ? endOf(joined, at) : 0;
      if (end === undefined) {
        this.#rest = joined.slice(at);
        break;
      }
      if (end > 0) bodies.push(latin1(joined.subarray(at + BEGINNING.length, end)));
      at = joined.indexOf(ESC, Math.max(at + 1, end));
    }
    return bodies;
  }

  reset(): void {
    this.#rest = NOTHING;
  }
}

/** As far as the bytes go. */
function hasBegun(bytes: Uint8Array, at: number): boolean {
  return BEGINNING.every((byte, index) => at + index >= bytes.length || bytes[at + index] === byte);
}

/** Where its end sequence begins; 0 when it has none within the limit, undefined when that is still to come. */
function endOf(bytes: Uint8Array, from: number): number | undefined {
  const limit = Math.min(bytes.length, from + LONGEST_BYTES);
  for (let at = from + BEGINNING.length; at < limit; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === BEL) return at;
    if (byte === ESC && bytes[at + 1] === BACKSLASH) return at;
    if (byte === ESC) return at + 1 === bytes.length ? undefined : 0;
    if (byte < 0x20) return 0;
  }
  return limit < from + LONGEST_BYTES ? undefined : 0;
}
