// The picture of a terminal after a program's newest output: its rows in their colours, and the cursor. Nobody looks
// at most programs, so their output is only kept, and an emulator reads it on request. Emulating every byte would cost
// several times as much as all other work on it.

import type { IBufferCell, Terminal } from '@xterm/headless';
import { RecentOutput, type Recent, type ScreenSize } from './recent-output.ts';
import { Sgr } from '../output/sgr.ts';
import { concat, latin1 } from './bytes.ts';
import { styleOf } from './cell-style.ts';

export interface Screen extends ScreenSize {
  /** From 1. The column is one beyond the last while the next character would begin a new row. */
  readonly cursor: { readonly column: number; readonly row: number };
  /** What the next character is written in, as SGR sequences. */
  readonly style: string;
  /** Text with SGR sequences, without blanks at the end; by its number from 1. */
  rowText(row: number): string;
}

const RESET_ALL = Uint8Array.of(0x1b, 0x63);
const SGR_SEQUENCE = new RegExp(String.raw`\u001b(?:\[([0-9;:]{0,64})m|c)`, 'g');
/** The emulator cannot be smaller. */
const LEAST_COLUMNS = 2;

export class TerminalPicture {
  readonly #recent: RecentOutput;
  readonly #modes: () => string;
  readonly #style = new Sgr();
  #emulator: Promise<Terminal> | undefined;

  /** @param modes what puts a terminal into the modes of this one, for when the output that set them is kept no more */
  constructor(size: ScreenSize, modes: () => string) {
    this.#recent = new RecentOutput(size);
    this.#modes = modes;
  }

  get size(): ScreenSize {
    return this.#recent.size;
  }

  push(bytes: Uint8Array): void {
    this.#recent.push(bytes);
  }

  resize(size: ScreenSize): void {
    this.#recent.resize(size);
  }

  /** An empty screen, as a program finds it that has just begun. */
  reset(): void {
    this.#recent.clear();
    if (this.#emulator !== undefined) this.#recent.push(RESET_ALL);
  }

  /** Calls with the screen as it is after all that was pushed before this call, whatever is pushed meanwhile. */
  async look<Result>(see: (screen: Screen) => Result): Promise<Result> {
    const recent = this.#recent.take();
    const modes = recent.hasGap ? this.#modes() : '';
    const emulator = await (this.#emulator ??= createEmulator(recent.size));
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    feed(emulator, recent, modes);
    this.#followStyle(recent);
    const style = this.#style.rendered;
    emulator.write('', () => {
      try {
        resolve(see(screenOf(emulator, style)));
      } catch (error) {
        reject(error);
      }
    });
    return promise;
  }

  /** The emulator keeps it to itself. */
  #followStyle({ hasGap, items }: Recent): void {
    if (hasGap) this.#style.apply('');
    const output = items.filter((item) => item instanceof Uint8Array);
    for (const [whole, parameters] of latin1(concat(output)).matchAll(SGR_SEQUENCE)) {
      this.#style.apply(whole.endsWith('c') ? '' : (parameters ?? ''));
    }
  }
}

async function createEmulator({ columns, rows }: ScreenSize): Promise<Terminal> {
  const { default: xterm } = await import('@xterm/headless');
  return new xterm.Terminal({ cols: Math.max(LEAST_COLUMNS, columns), rows, scrollback: 0, allowProposedApi: true });
}

function feed(emulator: Terminal, { hasGap, size, items }: Recent, modes: string): void {
  const resize = ({ columns, rows }: ScreenSize): void =>
    emulator.write('', () => emulator.resize(Math.max(LEAST_COLUMNS, columns), rows));
  if (hasGap) {
    emulator.write(RESET_ALL);
    resize(size);
    emulator.write(modes);
  }
  for (const item of items) {
    if (item instanceof Uint8Array) emulator.write(item);
    else resize(item);
  }
}

function screenOf(emulator: Terminal, style: string): Screen {
  const { active } = emulator.buffer;
  return {
    columns: emulator.cols,
    rows: emulator.rows,
    cursor: { column: active.cursorX + 1, row: active.cursorY + 1 },
    style,
    rowText: (row) => rowText(emulator, row),
  };
}

function rowText({ buffer: { active }, cols }: Terminal, row: number): string {
  const line = active.getLine(active.baseY + row - 1);
  if (line === undefined) return '';
  let text = '';
  /** What is written of `text` as long as only blanks follow. */
  let kept = '';
  let style = '';
  let cell: IBufferCell | undefined;
  for (let column = 0; column < cols; column += 1) {
    cell = line.getCell(column, cell);
    if (cell === undefined) break;
    if (cell.getWidth() === 0) continue;
    const wanted = styleOf(cell);
    if (wanted !== style) text += `\u001b[0m${wanted}`;
    style = wanted;
    const characters = cell.getChars();
    text += characters === '' ? ' ' : characters;
    if ((characters !== '' && characters !== ' ') || wanted !== '') kept = text;
  }
  return kept === '' || style === '' ? (kept.includes('\u001b') ? `${kept}\u001b[0m` : kept) : `${kept}\u001b[0m`;
}

/** Draws the screen on a terminal whose screen is empty, in its usual colours. The cursor is where it was. */
export function drawing(screen: Screen): string {
  const rows = Array.from({ length: screen.rows }, (_, index) => {
    const text = screen.rowText(index + 1);
    return text === '' ? '' : `\u001b[${index + 1};1H${text}`;
  });
  return rows.join('') + cursorOf(screen);
}

/** Puts the cursor of a terminal that shows the screen where it was, with what is written next in its colours. */
export function cursorOf({ cursor, columns, style }: Screen): string {
  return `\u001b[${cursor.row};${Math.min(columns, cursor.column)}H${style}`;
}
