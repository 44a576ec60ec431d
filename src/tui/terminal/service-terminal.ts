// The real terminal in a service's hands: bytes go both ways unchanged, so that a debugger, a REPL or a full-screen
// program works as usual. Only the last row is ours: it says where the keys go, and how to return. The screen and
// `attach SERVICE` both use it.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceTerminal, Session, TerminalEvent } from '../../core/session/session.ts';
import { assertNever } from '../../errors.ts';
import { formatBytes } from '../../format/quantity.ts';
import type { Size } from '../paint/compositor.ts';
import type { Borrower } from './loan.ts';
import { ServiceScreen } from './service-screen.ts';
import type { Terminal } from './terminal.ts';
import type { Theme } from '../paint/theme.ts';

/** Ctrl-] as a byte, in the kitty keyboard protocol, and in xterm's: a program may have asked for any of them. */
const LEAVE_KEYS: readonly RegExp[] = ['\u001d', '\u001b\\[93(?::\\d*)*;5(?::1)?u', '\u001b\\[27;5;93~'].map(
  (pattern) => new RegExp(pattern),
);
/** Long enough for a program to notice the first of two sizes. */
const REDRAW_PAUSE_MS = 60;

/**
 * Resolves when the person has returned. Keys typed from the call on go to the service.
 * @throws DevError if the service has no terminal
 */
export async function typeIntoService(options: {
  readonly service: ServiceName;
  readonly session: Session;
  readonly terminal: Terminal;
  readonly theme: Theme;
  /** See ScreenHost. */
  readonly passBytes: () => void;
}): Promise<void> {
  const { service, session } = options;
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  const connection = new Connection(options, leave);
  try {
    connection.use(await session.openTerminal(service, connection.size, (event) => connection.hear(event)));
    await left;
  } finally {
    connection.close();
  }
}

class Connection implements Borrower {
  readonly #service: ServiceName;
  readonly #leave: () => void;
  readonly #passBytes: () => void;
  readonly #loan: ReturnType<Terminal['lend']>;
  readonly #screen: ServiceScreen;
  #opened: ServiceTerminal | undefined;
  /** Typed before the connection is open. */
  #typed: Uint8Array[] = [];
  #redraw: NodeJS.Timeout | undefined;

  constructor({ service, terminal, theme, passBytes }: Parameters<typeof typeIntoService>[0], leave: () => void) {
    this.#service = service;
    this.#passBytes = passBytes;
    this.#leave = leave;
    this.#screen = new ServiceScreen({
      theme,
      size: terminal.size(),
      write: (output) => this.#loan.write(output),
    });
    this.#loan = terminal.lend(this);
  }

  /** The size that the service learns. */
  get size(): Size {
    return this.#screen.size;
  }

  use(opened: ServiceTerminal): void {
    this.#opened = opened;
    for (const bytes of this.#typed.splice(0)) opened.write(bytes);
  }

  hear(event: TerminalEvent): void {
    const service = this.#service;
    switch (event.type) {
      case 'opened':
        this.#screen.setBar(event.isRunning ? `typing into ${service}` : `${service} does not run`);
        return this.#screen.begin(event.screen);
      case 'output':
        return this.#screen.show(event.bytes);
      case 'skipped':
        if (this.#screen.isFullScreen) return this.onReturn();
        return this.#screen.note(
          `${formatBytes(event.bytes)} left out, because this terminal is slow; the log has them`,
        );
      case 'runBegan':
        this.#screen.setBar(`typing into ${service}`);
        return this.#screen.begin('');
      case 'runEnded':
        this.#screen.setBar(`${service} has ended`);
        return this.#screen.endModes();
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
    if (end > 0) this.#type(bytes.subarray(0, end));
    if (ends.length > 0) this.#leave();
  }

  onResize(size: Size): void {
    this.#screen.resize(size);
    this.#opened?.resize(this.size);
  }

  /** Programs draw everything again for a new size, but not for the same size. */
  onReturn(): void {
    this.#screen.redraw();
    const { columns, rows } = this.size;
    this.#opened?.resize({ columns, rows: Math.max(1, rows - 1) });
    clearTimeout(this.#redraw);
    this.#redraw = setTimeout(() => this.#opened?.resize(this.size), REDRAW_PAUSE_MS);
  }

  undoing(): string {
    return this.#screen.undoing();
  }

  close(): void {
    clearTimeout(this.#redraw);
    this.#screen.close();
    this.#opened?.close();
    this.#loan.giveBack();
  }

  #type(bytes: Uint8Array): void {
    if (this.#opened === undefined) this.#typed.push(Buffer.from(bytes));
    else this.#opened.write(bytes);
  }
}
