// Stands in for the sheet that Ink paints a frame on. The real one takes every text apart into cells and puts them
// together again, for what might lie over each other: half of the cost of a frame. Here: lines beside each other, put
// into rows as they are. A frame with anything else, such as a line that is cut or lies over another, goes to the real one.

import stringWidth from 'string-width';
import RealOutput from '../../node_modules/ink/build/output.js';

type Clip = Parameters<RealOutput['clip']>[0];
type Transformers = Parameters<RealOutput['write']>[3]['transformers'];

interface Piece {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly transformers: Transformers;
}

type Operation =
  | { readonly kind: 'write'; readonly piece: Piece }
  | { readonly kind: 'clip'; readonly clip: Clip }
  | { readonly kind: 'unclip' };

export default class Output {
  private readonly size: { readonly width: number; readonly height: number };
  private readonly operations: Operation[] = [];

  constructor(size: { readonly width: number; readonly height: number }) {
    this.size = size;
  }

  write(x: number, y: number, text: string, { transformers }: { readonly transformers: Transformers }): void {
    if (text !== '') this.operations.push({ kind: 'write', piece: { x, y, text, transformers } });
  }

  clip(clip: Clip): void {
    this.operations.push({ kind: 'clip', clip });
  }

  unclip(): void {
    this.operations.push({ kind: 'unclip' });
  }

  get(): { readonly output: string; readonly height: number } {
    const rows = this.rowsOfWholePieces();
    return rows === undefined ? this.real().get() : { output: rows.join('\n'), height: rows.length };
  }

  /** Undefined when a piece is not whole, or not alone where it stands. */
  private rowsOfWholePieces(): readonly string[] | undefined {
    const { width, height } = this.size;
    const rows = Array.from({ length: height }, () => ({ text: '', end: 0 }));
    const clips: Clip[] = [];
    for (const operation of this.operations) {
      if (operation.kind === 'clip') clips.push(operation.clip);
      else if (operation.kind === 'unclip') clips.pop();
      else {
        const { x, y, text, transformers } = operation.piece;
        const row = rows[y];
        const end = x + stringWidth(text);
        const isWhole = end <= width && clips.every((clip) => isInside({ x, y, end }, clip));
        if (row === undefined || !isWhole || x < row.end || UNUSUAL.test(text)) return undefined;
        const line = transformers.reduce((painted, transform) => transform(painted, 0), text);
        if (line.includes(BOLD) && line.includes(DIM)) return undefined;
        row.text += ' '.repeat(x - row.end) + line;
        row.end = end;
      }
    }
    return rows.map(({ text }) => text.trimEnd());
  }

  private real(): RealOutput {
    const real = new RealOutput(this.size);
    for (const operation of this.operations) {
      if (operation.kind === 'clip') real.clip(operation.clip);
      else if (operation.kind === 'unclip') real.unclip();
      else {
        const { x, y, text, transformers } = operation.piece;
        real.write(x, y, text, { transformers });
      }
    }
    return real;
  }
}

/** What takes no column, or more than one line: controls other than the colours, joiners, selectors. */
// oxlint-disable-next-line no-control-regex -- it looks for controls
const UNUSUAL = /[\u0000-\u001a\u001c-\u001f\u007f-\u009f]|\p{Default_Ignorable_Code_Point}/u;

/** The end of one of them, 22, is that of the other too, and the real one tells them apart. */
const BOLD = '\u001b[1m';
const DIM = '\u001b[2m';

/** An edge that is not named does not cut. */
function isInside(
  { x, y, end }: { readonly x: number; readonly y: number; readonly end: number },
  { x1, x2, y1, y2 }: Clip,
): boolean {
  const hasColumns = x1 === undefined || x2 === undefined || (x >= x1 && end <= x2);
  const hasRows = y1 === undefined || y2 === undefined || (y >= y1 && y < y2);
  return hasColumns && hasRows;
}
