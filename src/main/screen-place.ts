// Where the screen is shown and what it knows at first: the terminal, the compositor on it, the colours, the names of
// the config. Needs neither a session nor Ink, so that the first frame can be drawn before either is there.

import { stderr } from 'node:process';
import { createCompositor, type Compositor } from '../tui/compositor.ts';
import { plainText } from '../tui/plain-text.ts';
import { initialState, type ScreenState } from '../tui/state.ts';
import { createTerminal, type Terminal, type TerminalInputStream, type TerminalOutputStream } from '../tui/terminal.ts';
import { createTheme, type Theme } from '../tui/theme.ts';

export interface ScreenPlace {
  readonly terminal: Terminal;
  readonly compositor: Compositor;
  readonly theme: Theme;
  readonly initial: ScreenState;
}

/** The standard streams and the environment of the screen. */
export interface ScreenEnds {
  readonly stdin: TerminalInputStream;
  readonly stdout: TerminalOutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Leaves the terminal as it is. `serviceNames` is empty when they are not known. */
export function createScreenPlace(
  { stdin, stdout, env }: ScreenEnds,
  project: { readonly projectName: string; readonly serviceNames: readonly string[]; readonly nowMs?: number },
): ScreenPlace {
  const terminal = createTerminal({ stdin, stdout, stray: stdout === process.stdout ? [stdout, stderr] : [] });
  return {
    terminal,
    compositor: createCompositor(terminal),
    theme: createTheme(env),
    initial: initialState({
      size: terminal.size(),
      nowMs: project.nowMs ?? Date.now(),
      projectName: plainText(project.projectName),
      expectedNames: project.serviceNames.map(plainText),
    }),
  };
}
