// What the real terminal shows while a service has it: the service's output, and a bar in the last row, which the
// service does not know about. The bar is drawn again if output has wiped it. Trap: drawing the bar moves the cursor,
// so output waits until the cursor is back. Nothing of ours may come between the bytes of one sequence or character.

import { BoundedOutput } from '../../core/terminal/bounded-output.ts';
import { TerminalModes } from '../../core/terminal/terminal-modes.ts';
import { cursorOf, drawing, type Screen, TerminalPicture } from '../../core/terminal/terminal-picture.ts';
import { truncate } from '../../format/text.ts';
import type { Size } from '../paint/compositor.ts';
import type { Theme } from '../paint/theme.ts';

/** A terminal with fewer rows has no bar. */
const LEAST_ROWS = 5;
const WAY_BACK = 'Ctrl-] to return';
/** Output that wipes the bar usually continues. */
const BAR_AFTER_MS = 20;
/** After a resize, terminals move their rows and programs redraw. */
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
  /** Output that waits until our own drawing is done. */
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

  /** The size that is left to the service. */
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

  /** Starts with an empty screen and then shows this. The old content is above it. */
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

  /** The program that set the modes is gone. */
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

  /** The terminal's content has changed meanwhile. */
  redraw(): void {
    this.#drawSoon({ isWhole: true }, 0);
  }

  /** Resets the terminal, also from modes that the service may have set. */
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

  /** Leaves the cursor in the last row. */
  #barText(): string {
    if (!this.#hasBar) return '';
    const { columns, rows } = this.#terminal;
    const text = truncate(this.#theme.glyphs(`── ${this.#bar}, ${WAY_BACK} ──`), columns - 1);
    return `\u001b[${rows};1H\u001b[0m\u001b[2K${this.#theme.paint('accent', text)}\u001b[0m`;
  }
}
