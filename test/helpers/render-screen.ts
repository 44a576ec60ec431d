// The whole screen without a process: the real loop, Ink and compositor, on streams in memory that xterm.js reads.
// For tests at any size, of what is drawn, of what keys do, and of the bytes that it costs.

import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import { onTestFinished } from 'vitest';
import type { ListedSession, Session, ScreenEnd } from '../../src/core/session/session.ts';
import { openPlainStream } from '../../src/main/screen/plain-stream.ts';
import { createScreenPlace } from '../../src/main/screen/screen-place.ts';
import { runScreen } from '../../src/main/screen/run-screen.ts';
import type { ScreenState } from '../../src/tui/state/state.ts';
import { NOW_MS } from '../fixtures/screen/scenes.ts';

type Condition = string | RegExp | ((rows: readonly string[]) => boolean);

export interface RenderedScreen {
  readonly end: Promise<ScreenEnd>;
  /** Everything written since the start, or since `forgetOutput`. */
  output(): string;
  forgetOutput(): void;
  /** The rows as a person sees them, without trailing blanks. */
  rows(): readonly string[];
  /** Bytes as a terminal sends them, each argument at once. */
  press(...keys: readonly string[]): void;
  resize(columns: number, rows: number): void;
  waitFor(condition: Condition): Promise<readonly string[]>;
  /** Ends the input, as when the terminal is closed. */
  hangUp(): void;
  readonly opened: readonly string[];
  /** Moves the clock of the screen. */
  pass(ms: number): void;
}

class ScreenOutput extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  text = '';
  readonly terminal: xterm.Terminal;
  readonly onDrawn = new Set<() => void>();

  constructor(columns: number, rows: number) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  }

  override _write(chunk: string, _encoding: BufferEncoding, callback: () => void): void {
    this.text += chunk;
    this.terminal.write(chunk, () => {
      for (const listener of this.onDrawn) listener();
    });
    callback();
  }
}

class ScreenInput extends PassThrough {
  readonly isTTY = true;
  isRaw = false;
  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw;
  }
}

/** Opens the screen of a session; it is closed when the test ends. */
export function renderScreen(
  session: Session | Promise<Session>,
  options: {
    readonly columns?: number;
    readonly rows?: number;
    readonly env?: Readonly<Record<string, string>>;
    readonly serviceNames?: readonly string[];
    /** Where the viewer stands at first. */
    readonly look?: Partial<ScreenState> | undefined;
    readonly isJoined?: boolean;
    /** Source files that are there. */
    readonly files?: readonly string[];
    /** Default: a folder that is not there. */
    readonly root?: string;
    /** All sessions of the person. */
    readonly sessions?: readonly ListedSession[];
  } = {},
): RenderedScreen {
  const {
    columns = 120,
    rows = 40,
    env = {},
    serviceNames = [],
    look,
    isJoined = false,
    files = [],
    root = '/nowhere/shop',
    sessions = [],
  } = options;
  const stdout = new ScreenOutput(columns, rows);
  const stdin = new ScreenInput();
  const opened: string[] = [];
  let nowMs = NOW_MS;
  const place = createScreenPlace({ stdin, stdout, env }, { projectName: 'shop', serviceNames, nowMs });
  const end = runScreen({
    session,
    isJoined,
    place: { ...place, initial: { ...place.initial, ...look } },
    root,
    host: {
      openUrl: (url) => void opened.push(url),
      passBytes: () => {},
      findFile: (paths) => paths.find((path) => files.includes(path)),
      openSource: async ({ file, line }) => void opened.push(`${file} +${line}`),
      openLog: async ({ file, line }) => void opened.push(`${file} ${line?.text}`),
      runCommand: async ({ words, root: folder }) =>
        void opened.push([...(folder === undefined ? [] : [folder]), ...words].join(' ')),
      listSessions: async () => sessions,
      openStream: openPlainStream,
    },
    now: () => nowMs,
  });
  let isOver = false;
  const markOver = (): void => {
    isOver = true;
  };
  end.then(markOver, markOver);
  onTestFinished(async () => {
    if (!isOver) stdin.end();
    await end.catch(() => undefined);
    stdout.terminal.dispose();
  });

  const readRows = (): readonly string[] => {
    const { active } = stdout.terminal.buffer;
    return Array.from(
      { length: stdout.rows },
      (_, row) => active.getLine(row)?.translateToString(true).trimEnd() ?? '',
    );
  };

  return {
    end,
    output: () => stdout.text,
    forgetOutput: () => {
      stdout.text = '';
    },
    rows: readRows,
    press(...keys) {
      for (const key of keys) stdin.write(key);
    },
    resize(newColumns, newRows) {
      stdout.terminal.resize(newColumns, newRows);
      stdout.columns = newColumns;
      stdout.rows = newRows;
      stdout.emit('resize');
    },
    waitFor: (condition) => waitFor(stdout, readRows, condition),
    hangUp: () => stdin.end(),
    opened,
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

const WAIT_MS = 5000;

function waitFor(
  stdout: ScreenOutput,
  rows: () => readonly string[],
  condition: Condition,
): Promise<readonly string[]> {
  const caller = new Error();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stdout.onDrawn.delete(look);
      caller.message = `not seen within ${WAIT_MS} ms: ${String(condition)}\n${rows().join('\n')}`;
      reject(caller);
    }, WAIT_MS);
    const look = (): void => {
      const seen = rows();
      if (!holds(condition, seen)) return;
      clearTimeout(timer);
      stdout.onDrawn.delete(look);
      resolve(seen);
    };
    stdout.onDrawn.add(look);
    look();
  });
}

function holds(condition: Condition, rows: readonly string[]): boolean {
  if (typeof condition === 'function') return condition(rows);
  const text = rows.join('\n');
  return typeof condition === 'string' ? text.includes(condition) : condition.test(text);
}
