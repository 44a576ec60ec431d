// A program in a real terminal: node-pty runs it, xterm.js draws what it prints, the test reads the drawn screen.
// Conditions are looked at after every parsed write and never in between, and not while the program holds the
// screen back by synchronized output, so a test sees whole frames only.

import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { onTestFinished } from 'vitest';

interface Modes {
  readonly alternateBuffer: boolean;
  readonly cursorVisible: boolean;
  readonly bracketedPaste: boolean;
  readonly mouseTracking: boolean;
  readonly focusEvents: boolean;
}

interface PtyExit {
  readonly exitCode: number;
  readonly signal: number | undefined;
}

type ScreenCondition = string | RegExp | ((screen: readonly string[]) => boolean);

export interface PtyApp {
  readonly pid: number;
  /** The rows as a person sees them, without trailing blanks. */
  screen(): readonly string[];
  modes(): Modes;
  /** Everything the program has written, since the start or since `forgetOutput`. */
  output(): string;
  forgetOutput(): void;
  /** Types each argument in turn; see `KEY` for those without a letter. */
  press(...keys: readonly string[]): void;
  /** Resolves with the screen once the condition holds; fails with the last screen when time or the program ends. */
  waitFor(condition: ScreenCondition, options?: { readonly timeoutMs?: number }): Promise<readonly string[]>;
  /** Resolves once the program has ended and everything it printed is on the screen. */
  waitForExit(options?: { readonly timeoutMs?: number }): Promise<PtyExit>;
  resize(columns: number, rows: number): void;
  signal(signal: NodeJS.Signals): void;
  /** What a person sees who scrolls up to the very beginning. */
  scrollback(): readonly string[];
  /** In each row the first column where the character stands, counted in cells; rows without it are left out. */
  columnsOf(character: string): readonly number[];
  /** The terminal stops reading, as behind a line that hangs. */
  stopReading(): void;
  goOnReading(): void;
  /** The window is closed: the other end of the terminal goes away. */
  close(): void;
}

export const KEY = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  backspace: '\u007f',
  up: '\u001b[A',
  down: '\u001b[B',
  pageUp: '\u001b[5~',
  pageDown: '\u001b[6~',
  ctrlC: '\u0003',
  ctrlZ: '\u001a',
} as const;

export interface PtyOptions {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
}

interface Waiter {
  look(): void;
}

/** Runs the command in a terminal of 120 × 40 unless told otherwise. It is gone when the test ends. */
export function spawnInPty(options: PtyOptions): PtyApp {
  const { command, columns = 120, rows = 40 } = options;
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  const cursor = trackCursor(terminal);
  const [file, ...args] = command;
  // `encoding: null` hands over bytes, whatever the declared type says: characters may be split between reads.
  const pty = spawn(file, args, { cols: columns, rows, cwd: options.cwd, env: { ...options.env }, encoding: null });

  const waiters = new Set<Waiter>();
  let exit: PtyExit | undefined;
  const look = () => {
    for (const waiter of waiters) waiter.look();
  };
  const chunks: Uint8Array[] = [];
  pty.onData((bytes) => {
    chunks.push(bytes as unknown as Uint8Array);
    terminal.write(bytes, look);
  });
  pty.onExit(({ exitCode, signal }) => {
    // The empty write comes back when everything before it has been parsed.
    terminal.write('', () => {
      exit = { exitCode, signal: signal === 0 ? undefined : signal };
      look();
    });
  });
  // Answers the terminal gives by itself, such as the cursor's position.
  terminal.onData((answer) => pty.write(answer));

  const screen = () => readScreen(terminal);

  async function waitUntil<Found>(
    what: string,
    find: () => Found | undefined,
    limits: { readonly timeoutMs: number; readonly endsWithProgram: boolean },
  ): Promise<Found> {
    const caller = new Error();
    return new Promise<Found>((resolve, reject) => {
      const fail = (why: string) => {
        finish();
        caller.message = `${why}: ${what}\n${frame(screen())}`;
        reject(caller);
      };
      const timer = setTimeout(() => fail(`not seen within ${limits.timeoutMs} ms`), limits.timeoutMs);
      const waiter: Waiter = {
        look() {
          if (terminal.modes.synchronizedOutputMode && !exit) return;
          const found = find();
          if (found !== undefined) {
            finish();
            resolve(found);
          } else if (exit && limits.endsWithProgram) {
            fail(`the program ended with exit code ${exit.exitCode} before this was seen`);
          }
        },
      };
      const finish = () => {
        clearTimeout(timer);
        waiters.delete(waiter);
      };
      waiters.add(waiter);
      waiter.look();
    });
  }

  const app: PtyApp = {
    pid: pty.pid,
    screen,
    modes: () => ({
      alternateBuffer: terminal.buffer.active.type === 'alternate',
      cursorVisible: cursor.isVisible(),
      bracketedPaste: terminal.modes.bracketedPasteMode,
      mouseTracking: terminal.modes.mouseTrackingMode !== 'none',
      focusEvents: terminal.modes.sendFocusMode,
    }),
    output: () => Buffer.concat(chunks).toString(),
    forgetOutput: () => {
      chunks.length = 0;
    },
    press(...keys) {
      for (const key of keys) pty.write(key);
    },
    async waitFor(condition, { timeoutMs = 15_000 } = {}) {
      const holds = toPredicate(condition);
      const find = () => {
        const rows = screen();
        return holds(rows) ? rows : undefined;
      };
      return waitUntil(describe(condition), find, { timeoutMs, endsWithProgram: true });
    },
    async waitForExit({ timeoutMs = 15_000 } = {}) {
      return waitUntil('the end of the program', () => exit, { timeoutMs, endsWithProgram: false });
    },
    resize(newColumns, newRows) {
      terminal.resize(newColumns, newRows);
      pty.resize(newColumns, newRows);
    },
    signal: (signal) => pty.kill(signal),
    scrollback: () => readRows(terminal, 0, terminal.buffer.active.length),
    columnsOf: (character) => columnsOf(terminal, character),
    stopReading: () => pty.pause(),
    goOnReading: () => pty.resume(),
    // Not among the declared methods; it closes this end, as a terminal does that ends.
    close: () => (pty as typeof pty & { destroy(): void }).destroy(),
  };
  onTestFinished(async () => {
    if (!exit) pty.kill('SIGKILL');
    await app.waitForExit();
    terminal.dispose();
  });
  return app;
}

function toPredicate(condition: ScreenCondition): (screen: readonly string[]) => boolean {
  if (typeof condition === 'function') return condition;
  return (screen) => {
    const text = screen.join('\n');
    return typeof condition === 'string' ? text.includes(condition) : condition.test(text);
  };
}

function describe(condition: ScreenCondition): string {
  return typeof condition === 'string' ? JSON.stringify(condition) : String(condition);
}

function readScreen(terminal: xterm.Terminal): readonly string[] {
  return readRows(terminal, terminal.buffer.active.baseY, terminal.rows);
}

function readRows(terminal: xterm.Terminal, from: number, count: number): readonly string[] {
  const buffer = terminal.buffer.active;
  return Array.from({ length: count }, (_, row) => buffer.getLine(from + row)?.translateToString(true) ?? '');
}

function columnsOf(terminal: xterm.Terminal, character: string): readonly number[] {
  const { active: buffer } = terminal.buffer;
  return Array.from({ length: terminal.rows }, (_, row) => {
    const line = buffer.getLine(buffer.baseY + row);
    const cells = Array.from({ length: terminal.cols }, (__, column) => line?.getCell(column)?.getChars());
    return cells.indexOf(character);
  }).filter((column) => column >= 0);
}

/** xterm.js keeps the cursor's visibility to itself, so we watch for the sequences that change it. */
function trackCursor(terminal: xterm.Terminal): { isVisible(): boolean } {
  let visible = true;
  for (const final of ['h', 'l']) {
    terminal.parser.registerCsiHandler({ prefix: '?', final }, (params) => {
      if (params.includes(25)) visible = final === 'h';
      return false;
    });
  }
  return { isVisible: () => visible };
}

function frame(screen: readonly string[]): string {
  const rows = screen.map((row) => `│ ${row}`);
  return [`┌ last screen`, ...rows, '└'].join('\n');
}
