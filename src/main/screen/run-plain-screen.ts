// Puts the plain screen together: the keys of the terminal and no screen on it, and the words instead of a picture.

import type { Session, ScreenEnd } from '../../core/session/session.ts';
import { plainText } from '../../tui/paint/plain-text.ts';
import { createTheme } from '../../tui/paint/theme.ts';
import { runPlainScreen as run } from '../../tui/plain/plain-screen.ts';
import { initialState } from '../../tui/state/state.ts';
import type { ScreenHost } from '../../tui/terminal/screen-host.ts';
import { createTerminal } from '../../tui/terminal/terminal.ts';
import { createLogFile } from './log-file.ts';
import type { ScreenEnds } from './screen-place.ts';
import type { LoadedUserConfig } from './user-config.ts';

/** Nothing is drawn, so that no terminal is too small. */
const SIZE = { columns: 120, rows: 40 };

/**
 * Tells the session line by line until the person leaves, the session ends or the terminal goes. The terminal is
 * restored on every way out.
 * @throws what the session was rejected with
 */
export function runPlainScreen(options: {
  readonly session: Promise<Session>;
  readonly isJoined: Promise<boolean>;
  readonly projectName: string;
  readonly serviceNames: readonly string[];
  /** The project's folder. */
  readonly root: string;
  readonly ends: ScreenEnds;
  readonly userConfig: LoadedUserConfig;
  readonly host: ScreenHost;
}): Promise<ScreenEnd> {
  const { session, isJoined, root, host, userConfig } = options;
  const { stdin, stdout, env } = options.ends;
  return run({
    session,
    isJoined,
    initial: initialState({
      size: SIZE,
      nowMs: Date.now(),
      projectName: plainText(options.projectName),
      expectedNames: options.serviceNames.map(plainText),
      remaps: userConfig.config.keys,
    }),
    theme: createTheme(env, { ...userConfig.config, theme: 'none' }),
    terminal: createTerminal({ stdin, stdout, stray: [], hasScreen: false }),
    host,
    createFile: (path) => createLogFile(root, path),
    now: () => Date.now(),
  });
}
