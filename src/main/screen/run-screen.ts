// Puts the screen together: the place where it is shown, the loop, and Ink, which is loaded while the first frame is
// already there. The session stays open; its caller closes it.

import type { Replay } from '../../core/session/replay.ts';
import type { Session, ScreenEnd } from '../../core/session/session.ts';
import { runScreenLoop } from '../../tui/loop/screen-loop.ts';
import { createLogFile } from './log-file.ts';
import type { ScreenHost } from '../../tui/terminal/screen-host.ts';
import type { ScreenPlace } from './screen-place.ts';
import { keepPreferences, readPreferences } from './screen-preferences.ts';

export interface RunScreenOptions {
  /** The first frame does not wait for it. */
  readonly session: Promise<Session> | Session;
  /** Whether the session was there before this screen. */
  readonly isJoined?: Promise<boolean> | boolean;
  readonly place: ScreenPlace;
  /** The project's folder: where logs are saved to, and in its `.devdeck` how one likes to see them. */
  readonly root: string;
  readonly host: ScreenHost;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  /** The session is a recording. It begins with its timeline, rings for nothing, and leaves the preferences alone. */
  readonly replay?: Replay | undefined;
}

/**
 * Shows the session until the person leaves, the session ends or the terminal goes. The terminal is restored on every way out.
 * @throws what the session was rejected with, or a crash of our own
 */
export function runScreen({
  session,
  isJoined = false,
  place,
  root,
  host,
  now,
  replay,
}: RunScreenOptions): Promise<ScreenEnd> {
  const { initial } = place;
  return runScreenLoop({
    session,
    isJoined,
    ...place,
    ...(replay === undefined
      ? { initial: { ...initial, preferences: { ...initial.preferences, ...readPreferences(root) } } }
      : {
          initial: { ...initial, recording: { fromMs: replay.fromMs, toMs: replay.toMs }, panel: 'timeline' as const },
          notify: [],
        }),
    replay,
    loadChrome: async () => (await import('../../tui/loop/chrome.tsx')).createChrome,
    host,
    createFile: (path) => createLogFile(root, path),
    keepPreferences: (preferences) => {
      if (replay === undefined) keepPreferences(root, preferences);
    },
    now,
  });
}
