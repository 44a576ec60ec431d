// Ink as a renderer of frames: a state goes in, the rows of the chrome come out. Ink writes to a stream that is ours,
// so it never touches the terminal, and reads nothing: keys, modes and signals are not its business.

import { EventEmitter } from 'node:events';
import chalk from 'chalk';
import { render } from 'ink';
import { Stage } from '../components/kit/stage.tsx';
import { Screen } from './screen.tsx';
import { createScreenStore } from '../state/store.ts';
import { selectBlankRows } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';
import type { Theme } from '../paint/theme.ts';

export interface Chrome {
  /** @throws what a component threw; the chrome is of no more use then */
  draw(state: ScreenState): readonly string[];
  /** The theme looks otherwise: everything is drawn again with the next state. */
  retheme(): void;
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
  // Which colours there are, the theme has decided.
  chalk.level = 3;
  const store = createScreenStore(options.state);
  const stdout = new FrameStream();
  let blank = { from: 0, count: 0 };
  const onStage = (look: Theme) => (
    <Stage store={store} theme={look}>
      <Screen />
    </Stage>
  );
  let screen = onStage(theme);
  function prepare(state: ScreenState): void {
    stdout.columns = state.size.columns;
    stdout.rows = state.size.rows;
    blank = selectBlankRows(state);
    store.set(state);
  }
  prepare(options.state);
  const instance = render(screen, {
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
        prepare(state);
        // The same element as before: this draws at once what the state has changed.
        instance.rerender(screen);
      }
      const rows = stdout.frame.split('\n');
      return rows.toSpliced(blank.from, 0, ...Array.from({ length: blank.count }, () => ''));
    },
    retheme() {
      // Another object of the same theme: who looked at it looks again.
      screen = onStage({ ...theme });
      instance.rerender(screen);
    },
    close() {
      instance.unmount();
      instance.cleanup();
    },
  };
}
