// Enters and leaves the terminal: raw input, alternate screen, hidden cursor, mouse, bracketed paste. `leave` always
// restores what `enter` changed: on return, on signals, on a crash, if the terminal goes. It can also lend the
// terminal: to a service, whose bytes then arrive unchanged, or to a program such as an editor. Other files decide
// what a key or a signal means.

import { StringDecoder } from 'node:string_decoder';
import type { Readable, Writable } from 'node:stream';
import type { Size } from '../paint/compositor.ts';
import { FOCUS_OFF, FOCUS_ON, KITTY_OFF, KITTY_ON, QUESTIONS, readAnswer, type Ground } from './abilities.ts';
import { createKeyDecoder, type HandInput, type TerminalInput } from './keys.ts';
import type { Borrower, Loan } from './loan.ts';

export type TerminalInputStream = Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
export type TerminalOutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** How the terminal ends us: it is gone, or a signal asks us to end. */
export type Farewell = { readonly kind: 'gone' } | { readonly kind: 'signal'; readonly signal: NodeJS.Signals };

interface TerminalHandlers {
  onInput(inputs: readonly HandInput[]): void;
  onResize(size: Size): void;
  /** The terminal's content has changed, as after Ctrl-Z and `fg`: draw all of it again. */
  onReturn(): void;
  onFarewell(farewell: Farewell): void;
  /** The terminal gained or lost the focus. */
  onFocus(isIn: boolean): void;
  /** The terminal has reported its background. */
  onGround(ground: Ground): void;
  /** Text that a library wanted to write over the screen. */
  onStray(text: string): void;
}

export interface Terminal {
  size(): Size;
  /** Takes the screen, the keys and the signals. Keeps early events until there is a listener. The second call does nothing. */
  enter(): void;
  /** From now on the listener gets every event; first the kept ones, in order. */
  listen(handlers: TerminalHandlers): void;
  write(text: string): boolean;
  onDrain(callback: () => void): void;
  /** Drops what we write meanwhile; `onReturn` says when to draw all of it again. */
  lend(borrower: Borrower): Loan;
  /** Lends the terminal to a program, set up as by the shell, until the promise settles. */
  stepAside(program: () => Promise<void>): Promise<void>;
  /** Gives the terminal back to the shell until the shell continues us. */
  suspend(): void;
  /** Settles once the terminal has answered every question, or does not answer. A program that leaves earlier leaves the answers to the shell. */
  readonly untilAnswered: Promise<void>;
  /** Restores every mode. May be called at any time and more than once. */
  leave(): void;
}

// Saves the title; alternate screen, no cursor, no wrapping at the right edge, bracketed paste; mouse buttons, wheel
// and drag in SGR form.
const ENTER = '\u001b[22;2t\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?2004h';
/** Some terminals answer over a network; later than this, no answer comes. */
const ANSWER_LIMIT_MS = 400;
const MOUSE_ON = '\u001b[?1002h\u001b[?1006h';
const LEAVE =
  '\u001b[23;2t\u001b[?2026l\u001b[0m\u001b[?2004l\u001b[?1006l\u001b[?1002l\u001b[?7h\u001b[?25h\u001b[?1049l';
/** Longer than the pause inside an escape sequence, shorter than a person notices. */
const LONE_ESCAPE_MS = 25;
/** A signal that stops us acts at once, if at all. */
const UNSTOPPED_AFTER_MS = 50;
const FAREWELL_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * @param streams.stray streams of this process on the same terminal; while entered, their text is caught
 * @param streams.isAsked asks the terminal for its background and keyboard on entry, and for its focus
 * @param streams.parting sent when the terminal is given back, beside the restored modes
 * @param streams.hasMouse false: the terminal keeps the mouse to itself
 * @param streams.hasScreen false: takes only the keys and signals, for a terminal that is lent from beginning to end
 */
export function createTerminal(streams: {
  readonly stdin: TerminalInputStream;
  readonly stdout: TerminalOutputStream;
  readonly stray: readonly Writable[];
  readonly hasScreen?: boolean;
  readonly hasMouse?: boolean;
  readonly isAsked?: boolean;
  readonly parting?: string;
}): Terminal {
  const { stdin, stdout, hasScreen = true, hasMouse = true, isAsked = false, parting = '' } = streams;
  const write = stdout.write.bind(stdout) as (bytes: Uint8Array | string) => boolean;
  const decoder = createKeyDecoder();
  const utf8 = new StringDecoder('utf8');
  let handlers: TerminalHandlers | undefined;
  const kept: ((handlers: TerminalHandlers) => void)[] = [];
  let isTaken = false;
  let isEntered = false;
  let borrower: Borrower | undefined;
  let isAside = false;
  let isSuspended = false;
  let isGone = false;
  let isBroken = false;
  let escapeTimer: NodeJS.Timeout | undefined;
  let hasKittyKeys = false;
  let answerTimer: NodeJS.Timeout | undefined;
  const { promise: untilAnswered, resolve: endAnswers } = Promise.withResolvers<void>();
  if (!isAsked) endAnswers();
  let releaseStray: (() => void) | undefined;

  function size(): Size {
    return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
  }

  function send(bytes: Uint8Array | string): boolean {
    if (isBroken || stdout.destroyed) return true;
    return write(bytes);
  }

  function tell(call: (handlers: TerminalHandlers) => void): void {
    if (handlers !== undefined) call(handlers);
    else if (isTaken) kept.push(call);
  }

  function takeScreen(): void {
    isEntered = true;
    setRaw(true);
    if (!hasScreen) return;
    const modes = [ENTER, hasMouse ? MOUSE_ON : '', isAsked ? FOCUS_ON : '', hasKittyKeys ? KITTY_ON : ''];
    send(modes.join(''));
  }

  function leaving(): string {
    return [hasKittyKeys ? KITTY_OFF : '', isAsked ? FOCUS_OFF : '', parting, LEAVE].join('');
  }

  function takeAnswer(reply: string): void {
    const answer = readAnswer(reply);
    if (answer?.kind === 'ground') tell((told) => told.onGround(answer.ground));
    if (answer?.kind === 'last') endAnswers();
    if (answer?.kind === 'kitty' && !hasKittyKeys) {
      hasKittyKeys = true;
      if (isEntered && borrower === undefined) send(KITTY_ON);
    }
  }

  /** The terminal's own reports are not input. */
  function takeInputs(inputs: readonly TerminalInput[]): void {
    const typed: HandInput[] = [];
    for (const input of inputs) {
      if (input.type === 'reply') takeAnswer(input.text);
      else if (input.type === 'focus') tell((told) => told.onFocus(input.isIn));
      else typed.push(input);
    }
    if (typed.length > 0) tell((told) => told.onInput(typed));
  }

  function setRaw(isRaw: boolean): void {
    try {
      stdin.setRawMode?.(isRaw);
    } catch {
      // The terminal is gone, and its modes with it.
    }
  }

  function giveBack(): void {
    if (!isEntered) return;
    isEntered = false;
    if (borrower !== undefined) send(borrower.undoing());
    else if (hasScreen) send(leaving());
    setRaw(false);
  }

  function lend(next: Borrower): Loan {
    // Left while `enter` still waited for answers.
    if (!isEntered) return { write: () => {}, giveBack: () => {} };
    if (hasScreen) send(leaving());
    borrower = next;
    borrower.takeLine();
    return {
      write: (bytes) => {
        if (borrower === next && isEntered) send(bytes);
      },
      giveBack: () => {
        if (borrower !== next) return;
        giveBack();
        borrower = undefined;
        takeScreen();
        handlers?.onResize(size());
        handlers?.onReturn();
      },
    };
  }

  async function stepAside(program: () => Promise<void>): Promise<void> {
    giveBack();
    isAside = true;
    stdin.off('data', onData);
    stdin.pause();
    // These keys are for the program, which stops itself on Ctrl-Z. Without our handler we stop too.
    process.off('SIGTSTP', suspend);
    try {
      await program();
    } finally {
      isAside = false;
      // We may have been ended meanwhile.
      if (handlers !== undefined) {
        process.on('SIGTSTP', suspend);
        stdin.on('data', onData);
        stdin.resume();
        takeScreen();
        handlers.onResize(size());
        handlers.onReturn();
      }
    }
  }

  function gone(): void {
    if (isGone) return;
    isGone = true;
    tell((told) => told.onFarewell({ kind: 'gone' }));
  }

  function broken(): void {
    isBroken = true;
    gone();
  }

  function onData(chunk: Buffer | string): void {
    clearTimeout(escapeTimer);
    if (borrower !== undefined) return borrower.onBytes(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    const inputs = decoder.push(typeof chunk === 'string' ? chunk : utf8.write(chunk));
    takeInputs(inputs);
    if (decoder.isPending) {
      escapeTimer = setTimeout(() => {
        const late = decoder.flush();
        takeInputs(late);
      }, LONE_ESCAPE_MS);
    }
  }

  function onResize(): void {
    tell((told) => told.onResize(size()));
    borrower?.onResize(size());
  }

  function onSignal(signal: NodeJS.Signals): void {
    // Ctrl-C in an editor reaches every process of the job.
    if (isAside && signal === 'SIGINT') return;
    tell((told) => told.onFarewell({ kind: 'signal', signal }));
  }

  function onContinue(): void {
    isSuspended = false;
    if (isAside) return;
    // After a stop from outside, the shell has set up the terminal for itself.
    if (borrower === undefined) {
      takeScreen();
    } else {
      isEntered = true;
      setRaw(true);
      borrower.takeLine();
      borrower.onReturn();
    }
    process.off('SIGTSTP', suspend);
    process.on('SIGTSTP', suspend);
    tell((told) => {
      told.onResize(size());
      told.onReturn();
    });
  }

  function suspend(): void {
    giveBack();
    isSuspended = true;
    process.off('SIGTSTP', suspend);
    // Stops the whole job, as the terminal does for a program in cooked mode. SIGCONT leads to `onContinue`.
    process.kill(0, 'SIGTSTP');
    // A job without a waiting shell, as in a tab that runs only us, is not stopped: then we are back at once.
    setTimeout(() => setImmediate(returnUnlessContinued), UNSTOPPED_AFTER_MS);
  }

  /** Runs after a pending SIGCONT has been handled. */
  function returnUnlessContinued(): void {
    if (isSuspended) onContinue();
  }

  return {
    size,
    enter() {
      if (isTaken) return;
      isTaken = true;
      releaseStray = catchWrites(streams.stray, (text) => tell((told) => told.onStray(text)));
      // The last resort, for an uncaught exception and for `process.exit`.
      process.on('exit', giveBack);
      process.on('uncaughtExceptionMonitor', giveBack);
      for (const signal of FAREWELL_SIGNALS) process.on(signal, onSignal);
      process.on('SIGCONT', onContinue);
      process.on('SIGTSTP', suspend);
      takeScreen();
      if (isAsked && hasScreen) {
        send(QUESTIONS);
        answerTimer = setTimeout(endAnswers, ANSWER_LIMIT_MS);
        answerTimer.unref();
      }
      stdin.on('data', onData);
      stdin.on('end', gone);
      stdin.on('close', gone);
      stdin.on('error', gone);
      stdout.on('resize', onResize);
      stdout.on('close', gone);
      stdout.on('error', broken);
    },
    listen(next) {
      handlers = next;
      for (const call of kept.splice(0)) if (isTaken) call(next);
    },
    write: (text) => (isEntered && borrower === undefined ? send(text) : true),
    lend,
    stepAside,
    onDrain(callback) {
      stdout.once('drain', callback);
    },
    suspend,
    untilAnswered,
    leave() {
      clearTimeout(escapeTimer);
      clearTimeout(answerTimer);
      endAnswers();
      stdin.off('data', onData);
      stdin.off('end', gone);
      stdin.off('close', gone);
      stdin.pause();
      stdout.off('resize', onResize);
      stdout.off('close', gone);
      for (const signal of FAREWELL_SIGNALS) process.off(signal, onSignal);
      process.off('SIGCONT', onContinue);
      process.off('SIGTSTP', suspend);
      giveBack();
      process.off('exit', giveBack);
      process.off('uncaughtExceptionMonitor', giveBack);
      releaseStray?.();
      releaseStray = undefined;
      handlers = undefined;
      kept.length = 0;
      isTaken = false;
      isSuspended = false;
    },
  };
}

/** Keeps library output from breaking the picture: the text goes to `onText`, until the returned function is called. */
function catchWrites(streams: readonly Writable[], onText: (text: string) => void): () => void {
  // Our own `write` hides the stream's; deleting ours brings it back.
  const write = ((chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    onText(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    const callback = rest.find((argument) => typeof argument === 'function') as (() => void) | undefined;
    if (callback) queueMicrotask(callback);
    return true;
  }) as Writable['write'];
  for (const stream of streams) stream.write = write;
  return () => {
    for (const stream of streams) Reflect.deleteProperty(stream, 'write');
  };
}
