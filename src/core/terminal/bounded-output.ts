// Keeps a program out of the last row of a terminal that is one row higher than the program knows: the scrolling
// region and the cursor stay above it. All other output stays unchanged. Trap: some sequences still wipe that row
// (clearing the screen, another screen); its owner is notified.

import { latin1 } from './bytes.ts';
import { SequenceSplitter } from './sequence-splitter.ts';

const GUARDED = {
  csi: 'JrHfdphl',
  plain: 'c',
  pattern: /^(?:c|\[[0-3]?J|\[[0-9;]*[rHfd]|\[!p|\[\?[0-9;]*[hl])$/,
};
const OTHER_SCREEN = /[?;](?:47|1047|1049)[;hl]/;
/** What stands at the end of bytes that stop within a sequence. */
const UNFINISHED = new RegExp(String.raw`\u001b(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001b]*\u001b?|[ -/]*)?$`);
const LONGEST_UNFINISHED = 128;

export class BoundedOutput {
  readonly #splitter = new SequenceSplitter(GUARDED);
  #rows: number;
  #isWhole = true;

  /** @param rows of the program */
  constructor(rows: number) {
    this.#rows = rows;
  }

  setRows(rows: number): void {
    this.#rows = rows;
  }

  /** What sets the region, with the cursor where it was. */
  get region(): string {
    return `\u001b7${this.#region}\u001b8`;
  }

  /** Other text may be written now: the output so far ends between two characters. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** The output as it may be written, in pieces; and whether it wipes the last row. */
  take(bytes: Uint8Array): { readonly pieces: readonly (Uint8Array | string)[]; readonly wipes: boolean } {
    let wipes = false;
    const pieces = this.#splitter.split(bytes).map((piece) => {
      if (typeof piece !== 'string') return piece;
      wipes ||= piece === 'c' || piece.endsWith('J') || OTHER_SCREEN.test(piece);
      return this.#bounded(piece);
    });
    this.#isWhole = endsWhole(bytes);
    return { pieces, wipes };
  }

  get #region(): string {
    return `\u001b[1;${this.#rows}r`;
  }

  #bounded(sequence: string): string {
    const whole = `\u001b${sequence}`;
    if (sequence === 'c') return whole + this.#region;
    if (sequence === '[!p' || OTHER_SCREEN.test(sequence)) return whole + this.region;
    const [first = 0, second = 0] = sequence.slice(1, -1).split(';').map(Number);
    switch (sequence.at(-1)) {
      case 'r':
        return `\u001b[${Math.max(1, first)};${Math.min(this.#rows, second || this.#rows)}r`;
      case 'H':
      case 'f':
        return first > this.#rows ? `\u001b[${this.#rows};${Math.max(1, second)}H` : whole;
      case 'd':
        return first > this.#rows ? `\u001b[${this.#rows}d` : whole;
      default:
        return whole;
    }
  }
}

function endsWhole(bytes: Uint8Array): boolean {
  const end = latin1(bytes.subarray(-LONGEST_UNFINISHED));
  if (UNFINISHED.test(end)) return false;
  // A character of UTF-8 whose last bytes are still to come.
  const begun = /[\u00c0-\u00ff][\u0080-\u00bf]*$/.exec(end)?.[0];
  if (begun === undefined) return true;
  const first = begun.charCodeAt(0);
  return begun.length >= (first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2);
}
