// Where the screen is shown and what it knows at first: the terminal, the compositor on it, the colours, the names of
// the config. Needs neither a session nor Ink, so that the first frame can be drawn before either is there.

import type { Environment } from '../../core/env/environment.ts';
import { stderr } from 'node:process';
import { createCompositor, type Compositor } from '../../tui/paint/compositor.ts';
import { plainText } from '../../tui/paint/plain-text.ts';
import type { LoadedUserConfig } from './user-config.ts';
import { initialState, type Notice, type ScreenState } from '../../tui/state/state.ts';
import {
  createTerminal,
  type Terminal,
  type TerminalInputStream,
  type TerminalOutputStream,
} from '../../tui/terminal/terminal.ts';
import { mayBeAsked, progressSequence } from '../../tui/terminal/abilities.ts';
import { createTheme, type Theme } from '../../tui/paint/theme.ts';
import { DEFAULT_USER_CONFIG, type UserConfig } from '../../core/model/user-config.ts';

/** Long enough to be read to its end. */
const PROBLEM_MS = 20_000;

export interface ScreenPlace {
  readonly terminal: Terminal;
  readonly compositor: Compositor;
  readonly theme: Theme;
  readonly initial: ScreenState;
  /** How the person wants to be told of trouble. */
  readonly notify: UserConfig['notify'];
  readonly env: ScreenEnds['env'];
}

/** The standard streams and the environment of the screen. */
export interface ScreenEnds {
  readonly stdin: TerminalInputStream;
  readonly stdout: TerminalOutputStream;
  readonly env: Environment;
}

/** Leaves the terminal as it is. What is wrong with the person's config is said at the foot. `serviceNames` is empty when they are not known. */
export function createScreenPlace(
  { stdin, stdout, env }: ScreenEnds,
  project: { readonly projectName: string; readonly serviceNames: readonly string[]; readonly nowMs?: number },
  { config: userConfig, problem }: LoadedUserConfig = { config: DEFAULT_USER_CONFIG, problem: undefined },
): ScreenPlace {
  const { hasMouse } = userConfig;
  const nowMs = project.nowMs ?? Date.now();
  const notice: Notice | undefined =
    problem === undefined ? undefined : { tone: 'warn', text: plainText(problem), untilMs: nowMs + PROBLEM_MS };
  const terminal = createTerminal({
    stdin,
    stdout,
    stray: stdout === process.stdout ? [stdout, stderr] : [],
    hasMouse,
    isAsked: mayBeAsked(env),
    parting: progressSequence(undefined, env),
  });
  const theme = createTheme(env, userConfig);
  return {
    terminal,
    compositor: createCompositor({
      write: (text) => terminal.write(theme.glyphs(text)),
      onDrain: (callback) => terminal.onDrain(callback),
    }),
    theme,
    notify: userConfig.notify,
    env,
    initial: {
      ...initialState({
        size: terminal.size(),
        nowMs,
        projectName: plainText(project.projectName),
        expectedNames: project.serviceNames.map(plainText),
        remaps: userConfig.keys,
      }),
      notice,
    },
  };
}
