// Lends the terminal and takes it back: to a service that the person types into, to an editor with its log, and to the
// plain stream of all output.

import type { ServiceName } from '../../core/model/project.ts';
import type { Session } from '../../core/session/session.ts';
import { assertNever } from '../../errors.ts';
import type { LogPanes } from '../logs/log-panes.ts';
import type { PlainStream, ScreenHost } from '../terminal/screen-host.ts';
import { selectNames, selectService } from '../state/selectors.ts';
import { typeIntoService } from '../terminal/service-terminal.ts';
import type { ScreenState } from '../state/state.ts';
import type { LendTo, Loan } from '../terminal/loan.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Theme } from '../paint/theme.ts';

export interface Lender {
  lend(to: LendTo): void;
  /** Resolves when no other program has the terminal. */
  readonly untilReturned: Promise<void>;
  /** Asks the borrowing program to end. Resolves when it has ended, or its time has passed. */
  recall(): Promise<void>;
}

interface LenderOptions {
  readonly theme: Theme;
  readonly terminal: Terminal;
  readonly host: ScreenHost;
  readonly state: () => ScreenState;
  readonly session: () => Session | undefined;
  readonly logs: LogPanes;
  readonly onProblem: (error: unknown) => void;
}

/** S, q, Escape alone, Ctrl-C and Ctrl-]. */
const ENDS_STREAM = ['S', 'q', '\u001b', '\u0003', '\u001d'];

/** Time for an editor to save the typed text. */
const RECALL_MS = 1000;

export function createLender(options: LenderOptions): Lender {
  const { theme, terminal, host, state, logs, onProblem } = options;
  let outside: Promise<void> = Promise.resolve();
  let stream: Promise<PlainStream> | undefined;
  let loan: Loan | undefined;
  let isLent = false;
  let hangUp: AbortController | undefined;

  async function lend(to: LendTo): Promise<void> {
    const session = options.session();
    const service = selectService(state());
    if (isLent || session === undefined) return;
    isLent = true;
    try {
      if (typeof to === 'object' && 'source' in to) {
        const { source: file, line } = to;
        return await stepAside((signal) => host.openSource({ file, line, signal }));
      }
      if (typeof to === 'object')
        return await stepAside((signal) => host.runCommand({ ...to, words: to.command, signal }));
      switch (to) {
        case 'service':
          if (service !== undefined)
            await typeIntoService({
              service: service.name,
              session,
              terminal,
              theme,
              passBytes: () => host.passBytes(),
            });
          return;
        case 'log':
          return await openLog();
        case 'stream':
          return await showStream(session, selectNames(state()));
        default:
          assertNever(to);
      }
    } finally {
      isLent = false;
    }
  }

  async function openLog(): Promise<void> {
    const { active } = logs;
    const current = active.current();
    // A line without an end is not in the file yet.
    const item = current?.line.partial === true ? active.feed.at(active.feed.end - 2) : current;
    const name = item?.service ?? selectService(state())?.name;
    const service = state().services.find((candidate) => candidate.name === name);
    if (service === undefined) return;
    const { logFile: file } = service;
    const line = item?.line;
    await stepAside((signal) => host.openLog({ file, line, signal }));
  }

  async function stepAside(run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    hangUp = new AbortController();
    const { signal } = hangUp;
    const program = terminal.stepAside(() => run(signal));
    outside = program.catch(() => undefined);
    await program;
  }

  async function showStream(session: Session, names: readonly ServiceName[]): Promise<void> {
    stream ??= host.openStream({
      session,
      names,
      hasColor: theme.hasColor,
      write: (text) => loan?.write(text.replaceAll('\n', '\r\n')),
      onProblem,
    });
    const opened = await stream;
    await new Promise<void>((resolve) => {
      loan = terminal.lend({
        takeLine: () => {},
        onBytes: (bytes) => {
          if (ENDS_STREAM.includes(Buffer.from(bytes).toString())) resolve();
        },
        onResize: () => {},
        onReturn: () => {},
        undoing: () => '',
      });
      loan.write(`\r\n${theme.paint('muted', theme.glyphs('── output of all services · S to return ──'))}\r\n`);
      opened.resume();
    });
    opened.pause();
    loan?.giveBack();
    loan = undefined;
  }

  return {
    lend: (to) => void lend(to).catch(onProblem),
    get untilReturned() {
      return outside;
    },
    recall() {
      hangUp?.abort();
      const timeUp = new Promise<void>((resolve) => void setTimeout(resolve, RECALL_MS).unref());
      return Promise.race([outside, timeUp]);
    },
  };
}
