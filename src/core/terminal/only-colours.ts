// Whether output has only colour sequences, as most output does. Then the code that follows modes, questions or
// movement can skip it. Several callers ask about the same bytes, so the last answer is kept.

const ESC = 0x1b;
const BRACKET = 0x5b;
const LETTER_M = 0x6d;
const SEMICOLON = 0x3b;
/** No colour is longer. */
const LONGEST_BYTES = 64;

let lastBytes: Uint8Array | undefined;
let lastEnd = 0;

/**
 * One past the last byte when all sequences are colours; the place of the last sequence when its end is still to come, and
 * -1 when there are others. The bytes must not have changed since the last call with them.
 */
export function endOfColours(bytes: Uint8Array): number {
  if (bytes === lastBytes) return lastEnd;
  lastBytes = bytes;
  lastEnd = look(bytes);
  return lastEnd;
}

function look(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(ESC); at !== -1; at = bytes.indexOf(ESC, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) return at;
    if (next !== BRACKET) return -1;
    let end = at + 2;
    while (isParameter(bytes[end])) end += 1;
    if (end === bytes.length && end - at < LONGEST_BYTES) return at;
    if (bytes[end] !== LETTER_M) return -1;
    at = end;
  }
  return bytes.length;
}

/** Digits, `:` and `;`. */
function isParameter(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= SEMICOLON;
}
