// Ink as a renderer of frames: a state goes in, the rows of the chrome come out. Ink writes to a stream that is ours,
// so it never touches the terminal, and reads nothing: keys, modes and signals are not its business.

import { EventEmitter } from 'node:events';
import chalk from 'chalk';
import { render } from 'ink';
import { Screen } from './components/screen.tsx';
import type { ScreenState } from './state.ts';
import type { Theme } from './theme.ts';

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
  // The theme decides about colour, for the terminal at hand; Ink must not drop what it paints.
  chalk.level = 1;
  const stdout = new FrameStream();
  const setSize = ({ size }: ScreenState): void => {
    stdout.columns = size.columns;
    stdout.rows = size.rows;
  };
  setSize(options.state);
  const instance = render(<Screen state={options.state} theme={theme} />, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stdout as unknown as NodeJS.WriteStream,
    stdin: new EventEmitter() as unknown as NodeJS.ReadStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    // With CI set, Ink would otherwise draw nothing until the end.
    interactive: true,
  });
  let failure: { readonly error: unknown } | undefined;
  // Ink reports a crash of a component by ending itself.
  instance.waitUntilExit().catch((error: unknown) => {
    failure = { error };
  });

  return {
    draw(state) {
      if (failure) throw failure.error;
      setSize(state);
      instance.rerender(<Screen state={state} theme={theme} />);
      return stdout.frame.split('\n');
    },
    close() {
      instance.unmount();
      instance.cleanup();
    },
  };
}
