// The real terminal in the hands of a service: bytes go both ways unchanged, so that a debugger, a REPL or a full-screen
// program works as in a terminal of its own. Ctrl-] comes back. For the screen and for `attach SERVICE` alike.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceTerminal, Session, TerminalEvent } from '../../core/model/session.ts';
import { TerminalModes } from '../../core/output/terminal-modes.ts';
import { assertNever } from '../../errors.ts';
import { formatBytes } from '../../format/quantity.ts';
import type { Size } from '../paint/compositor.ts';
import type { Borrower } from './loan.ts';
import type { Terminal } from './terminal.ts';
import type { Theme } from '../paint/theme.ts';

/** Ctrl-] as a byte, in the kitty keyboard protocol, and in that of xterm: a program may have asked for either. */
const LEAVE_KEYS: readonly RegExp[] = ['\u001d', '\u001b\\[93(?::\\d*)*;5(?::1)?u', '\u001b\\[27;5;93~'].map(
  (pattern) => new RegExp(pattern),
);
/** Long enough for a program to notice the first of two sizes. */
const REDRAW_PAUSE_MS = 60;

/**
 * Resolves when the person has come back.
 * @throws DevError when the service has no terminal
 */
export async function typeIntoService(options: {
  readonly service: ServiceName;
  readonly session: Session;
  readonly terminal: Terminal;
  readonly theme: Theme;
  /** See ScreenHost. */
  readonly passBytes: () => void;
}): Promise<void> {
  const { service, session, terminal } = options;
  const early: TerminalEvent[] = [];
  let hear = (event: TerminalEvent): void => void early.push(event);
  const opened = await session.openTerminal(service, terminal.size(), (event) => hear(event));
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  const connection = new Connection(options, opened, leave);
  hear = (event) => connection.hear(event);
  for (const event of early) hear(event);
  await left;
  connection.close();
}

class Connection implements Borrower {
  readonly #service: ServiceName;
  readonly #theme: Theme;
  readonly #opened: ServiceTerminal;
  readonly #leave: () => void;
  readonly #passBytes: () => void;
  readonly #modes = new TerminalModes();
  readonly #loan: ReturnType<Terminal['lend']>;
  readonly #size: () => Size;
  #redraw: NodeJS.Timeout | undefined;

  constructor(
    { service, terminal, theme, passBytes }: Parameters<typeof typeIntoService>[0],
    opened: ServiceTerminal,
    leave: () => void,
  ) {
    this.#service = service;
    this.#theme = theme;
    this.#passBytes = passBytes;
    this.#opened = opened;
    this.#leave = leave;
    this.#size = () => terminal.size();
    this.#loan = terminal.lend(this);
  }

  hear(event: TerminalEvent): void {
    switch (event.type) {
      case 'opened':
        this.#note(`what you type goes to ${this.#service}, Ctrl-] comes back`);
        this.#show(event.screen);
        if (!event.isRunning) this.#note(`${this.#service} does not run`);
        return;
      case 'output':
        return this.#show(event.bytes);
      case 'skipped':
        if (this.#modes.isFullScreen) this.onReturn();
        else this.#note(`${formatBytes(event.bytes)} left out, because this terminal is slow; the log has them`);
        return;
      case 'runBegan':
        return this.#note(`${this.#service} starts`);
      case 'runEnded':
        this.#loan.write(this.undoing());
        this.#modes.reset();
        return this.#note(`${this.#service} has ended, Ctrl-] comes back`);
      default:
        return assertNever(event);
    }
  }

  takeLine(): void {
    this.#passBytes();
  }

  onBytes(bytes: Uint8Array): void {
    const text = Buffer.from(bytes).toString('latin1');
    const ends = LEAVE_KEYS.map((key) => text.search(key)).filter((at) => at !== -1);
    const end = Math.min(text.length, ...ends);
    if (end > 0) this.#opened.write(bytes.subarray(0, end));
    if (ends.length > 0) this.#leave();
  }

  onResize(size: Size): void {
    this.#opened.resize(size);
  }

  /** Programs draw everything anew for another size, and nothing for the one they have. */
  onReturn(): void {
    this.#loan.write(this.#modes.sequences());
    const { columns, rows } = this.#size();
    this.#opened.resize({ columns, rows: Math.max(1, rows - 1) });
    clearTimeout(this.#redraw);
    this.#redraw = setTimeout(() => this.#opened.resize(this.#size()), REDRAW_PAUSE_MS);
  }

  undoing(): string {
    return this.#modes.undoing();
  }

  close(): void {
    clearTimeout(this.#redraw);
    this.#opened.close();
    this.#loan.giveBack();
  }

  #show(output: Uint8Array | string): void {
    this.#modes.push(typeof output === 'string' ? Buffer.from(output) : output);
    this.#loan.write(output);
  }

  #note(text: string): void {
    this.#loan.write(`\r\n${this.#theme.paint('muted', this.#theme.glyphs(`── ${text} ──`))}\r\n`);
  }
}
