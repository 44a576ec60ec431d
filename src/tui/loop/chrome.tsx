// Ink as a renderer of frames: a state goes in, the rows of the chrome come out. Ink writes to a stream that is ours,
// so it never touches the terminal, and reads nothing: keys, modes and signals are not its business.

import { EventEmitter } from 'node:events';
import { render } from 'ink';
import { Screen } from './screen.tsx';
import { selectLayout } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';
import type { Theme } from '../paint/theme.ts';

export interface Chrome {
  /** @throws what a component threw; the chrome is of no more use then */
  draw(state: ScreenState): readonly string[];
  close(): void;
}

/** What Ink needs of a stream. In debug mode it writes one whole frame at a time, at once. */
class FrameStream extends EventEmitter {
  columns = 80;
  rows = 24;
  readonly isTTY = false;
  readonly writable = true;
  frame = '';

  write(text: string): boolean {
    this.frame = text;
    return true;
  }
}

/** Only one may be open at a time. */
export function createChrome(options: { readonly theme: Theme; readonly state: ScreenState }): Chrome {
  const { theme } = options;
  const stdout = new FrameStream();
  /** Rows that only the logs have anything in need not be laid out, filled with blanks and compared. */
  let blank = { from: 0, count: 0 };
  function prepare(state: ScreenState) {
    stdout.columns = state.size.columns;
    stdout.rows = state.size.rows;
    const logs = selectLayout(state)?.logs;
    blank = logs?.columns === state.size.columns ? { from: logs.row, count: logs.rows } : { from: 0, count: 0 };
    return <Screen state={state} theme={theme} skippedRows={blank.count} />;
  }
  const instance = render(prepare(options.state), {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stdout as unknown as NodeJS.WriteStream,
    stdin: new EventEmitter() as unknown as NodeJS.ReadStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    // With CI set, Ink would otherwise draw nothing until the end.
    interactive: true,
  });
  let drawn = options.state;
  let failure: { readonly error: unknown } | undefined;
  // Ink reports a crash of a component by ending itself.
  instance.waitUntilExit().catch((error: unknown) => {
    failure = { error };
  });

  return {
    draw(state) {
      if (failure) throw failure.error;
      if (state !== drawn) {
        drawn = state;
        instance.rerender(prepare(state));
      }
      const rows = stdout.frame.split('\n');
      return rows.toSpliced(blank.from, 0, ...Array.from({ length: blank.count }, () => ''));
    },
    close() {
      instance.unmount();
      instance.cleanup();
    },
  };
}
