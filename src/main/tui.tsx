// Puts the screen together: the terminal at hand, the compositor on it, the loop, and Ink, which is loaded while the
// first frame is already there. The session stays open; its caller closes it.

import { stderr } from 'node:process';
import type { Session } from '../core/session.ts';
import { createCompositor } from '../tui/compositor.ts';
import { runScreenLoop, type ScreenEnd } from '../tui/screen-loop.ts';
import { initialState } from '../tui/state.ts';
import { createTerminal, type TerminalInputStream, type TerminalOutputStream } from '../tui/terminal.ts';
import { createTheme } from '../tui/theme.ts';
import { plainText } from '../tui/plain-text.ts';

export type { ScreenEnd } from '../tui/screen-loop.ts';

export interface RunScreenOptions {
  /** The first frame does not wait for it. */
  readonly session: Promise<Session> | Session;
  readonly projectName: string;
  /** Names of the config, for the first frame; empty when they are not known. */
  readonly serviceNames: readonly string[];
  readonly stdin: TerminalInputStream;
  readonly stdout: TerminalOutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Opens the browser. */
  openUrl(url: string): void;
  /** Wall clock in milliseconds. */
  now(): number;
}

/**
 * Shows the session until the person leaves, the session ends or the terminal goes. The terminal is restored on every way out.
 * @throws what the session was rejected with, or a crash of our own
 */
export function runScreen(options: RunScreenOptions): Promise<ScreenEnd> {
  const { stdin, stdout } = options;
  const terminal = createTerminal({ stdin, stdout, stray: stdout === process.stdout ? [stdout, stderr] : [] });
  return runScreenLoop({
    session: options.session,
    initial: initialState({
      size: terminal.size(),
      nowMs: options.now(),
      projectName: plainText(options.projectName),
      expectedNames: options.serviceNames.map(plainText),
    }),
    theme: createTheme(options.env),
    terminal,
    compositor: createCompositor(terminal),
    loadChrome: async () => (await import('../tui/chrome.tsx')).createChrome,
    openUrl: (url) => options.openUrl(url),
    now: () => options.now(),
  });
}
