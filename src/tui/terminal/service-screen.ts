// What the real terminal shows while a service has it: the service's output as it comes, and a bar in the last row, of
// which the service knows nothing. The bar is drawn again when output has wiped it.
// Trap: to draw the bar moves the cursor, so output waits until the cursor is back; and nothing of ours may come between
// the bytes of one sequence or character.

import { BoundedOutput } from '../../core/terminal/bounded-output.ts';
import { TerminalModes } from '../../core/terminal/terminal-modes.ts';
import { cursorOf, drawing, type Screen, TerminalPicture } from '../../core/terminal/terminal-picture.ts';
import { truncate } from '../../format/text.ts';
import type { Size } from '../paint/compositor.ts';
import type { Theme } from '../paint/theme.ts';

/** A terminal with fewer rows has no bar. */
const LEAST_ROWS = 5;
const WAY_BACK = 'Ctrl-] to return';
/** What wipes the bar seldom comes alone. */
const BAR_AFTER_MS = 20;
/** After a new size: terminals move their rows about, and programs draw again. */
const REDRAW_AFTER_MS = 120;
const MOST_DELAYS = 10;

interface ServiceScreenOptions {
  readonly theme: Theme;
  readonly size: Size;
  readonly write: (output: Uint8Array | string) => void;
}

export class ServiceScreen {
  readonly #theme: Theme;
  readonly #write: (output: Uint8Array | string) => void;
  readonly #modes = new TerminalModes();
  readonly #picture: TerminalPicture;
  readonly #output: BoundedOutput;
  #terminal: Size;
  #bar = '';
  /** Output that waits until something of ours is drawn. */
  #held: Uint8Array[] | undefined;
  #due: { readonly timer: NodeJS.Timeout; readonly isWhole: boolean } | undefined;
  #isClosed = false;

  constructor({ theme, size, write }: ServiceScreenOptions) {
    this.#theme = theme;
    this.#write = write;
    this.#terminal = size;
    this.#picture = new TerminalPicture(this.size, () => this.#modes.sequences());
    this.#output = new BoundedOutput(this.size.rows);
  }

  /** What is left to the service. */
  get size(): Size {
    const { columns, rows } = this.#terminal;
    return { columns, rows: rows >= LEAST_ROWS ? rows - 1 : rows };
  }

  get isFullScreen(): boolean {
    return this.#modes.isFullScreen;
  }

  /** The text of the bar from the next drawing on. */
  setBar(text: string): void {
    this.#bar = text;
    this.#drawSoon({ isWhole: false }, BAR_AFTER_MS);
  }

  /** Begins with an empty screen that then shows this; what stood there before is above it. */
  begin(screen: string): void {
    if (this.isFullScreen) this.endModes();
    this.#picture.reset();
    const { rows } = this.#terminal;
    const away = `\u001b[r\u001b[${rows};1H${'\n'.repeat(rows)}\u001b[H\u001b[2J`;
    this.#write(away + this.#output.region + this.#barText() + '\u001b[H');
    this.show(Buffer.from(screen));
  }

  show(bytes: Uint8Array): void {
    if (this.#held !== undefined) return void this.#held.push(bytes);
    this.#modes.push(bytes);
    this.#picture.push(bytes);
    const { pieces, wipes } = this.#hasBar ? this.#output.take(bytes) : { pieces: [bytes], wipes: false };
    for (const piece of pieces) this.#write(piece);
    if (wipes) this.#drawSoon({ isWhole: false }, BAR_AFTER_MS);
  }

  /** A line of ours among the output. */
  note(text: string): void {
    this.show(Buffer.from(`\r\n${this.#theme.paint('muted', this.#theme.glyphs(`── ${text} ──`))}\r\n`));
  }

  /** The program that set them is gone. */
  endModes(): void {
    this.#write(this.#modes.undoing() + (this.#hasBar ? this.#output.region : ''));
    this.#modes.reset();
    this.#drawSoon({ isWhole: false }, BAR_AFTER_MS);
  }

  resize(terminal: Size): void {
    this.#terminal = terminal;
    this.#picture.resize(this.size);
    this.#output.setRows(this.size.rows);
    this.#drawSoon({ isWhole: true }, REDRAW_AFTER_MS);
  }

  /** The terminal shows something else by now. */
  redraw(): void {
    this.#drawSoon({ isWhole: true }, 0);
  }

  /** What puts the terminal back, also out of modes that the service may have set. */
  undoing(): string {
    const { rows } = this.#terminal;
    return this.#modes.undoing() + (this.#hasBar ? `\u001b7\u001b[${rows};1H\u001b[2K\u001b8` : '');
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#due?.timer);
  }

  get #hasBar(): boolean {
    return this.size.rows < this.#terminal.rows;
  }

  #drawSoon({ isWhole }: { readonly isWhole: boolean }, delayMs: number, delays = 0): void {
    if (this.#isClosed || (this.#due !== undefined && (this.#due.isWhole || !isWhole))) return;
    clearTimeout(this.#due?.timer);
    const timer = setTimeout(() => {
      this.#due = undefined;
      if (this.#held !== undefined || (!this.#output.isWhole && delays < MOST_DELAYS)) {
        return this.#drawSoon({ isWhole }, BAR_AFTER_MS, delays + 1);
      }
      void this.#draw(isWhole);
    }, delayMs);
    this.#due = { timer, isWhole };
  }

  async #draw(isWhole: boolean): Promise<void> {
    this.#held = [];
    const text = await this.#picture.look(
      (screen) => (isWhole ? this.#wholeText(screen) : this.#barText()) + cursorOf(screen),
    );
    const held = this.#held;
    this.#held = undefined;
    if (this.#isClosed) return;
    this.#write(`\u001b[?2026h${text}\u001b[?2026l`);
    for (const bytes of held) this.show(bytes);
  }

  #wholeText(screen: Screen): string {
    return `${this.#modes.sequences()}\u001b[0m\u001b[2J${this.#output.region}${this.#barText()}${drawing(screen)}`;
  }

  /** The cursor is left in the last row. */
  #barText(): string {
    if (!this.#hasBar) return '';
    const { columns, rows } = this.#terminal;
    const text = truncate(this.#theme.glyphs(`── ${this.#bar}, ${WAY_BACK} ──`), columns - 1);
    return `\u001b[${rows};1H\u001b[0m\u001b[2K${this.#theme.paint('accent', text)}\u001b[0m`;
  }
}
