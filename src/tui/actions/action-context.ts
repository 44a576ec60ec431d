// What actions work with. They answer in one line at the foot of the screen.

import type { Session } from '../../core/session/session.ts';
import type { LogFinder } from '../logs/log-finder.ts';
import type { LogPanes } from '../logs/log-panes.ts';
import type { LogSink } from '../logs/log-save.ts';
import { plainText } from '../paint/plain-text.ts';
import type { LendTo } from '../terminal/loan.ts';
import type { ScreenHost } from '../terminal/screen-host.ts';
import type { ScreenEvent } from '../state/reducer.ts';
import type { Notice, ScreenState } from '../state/state.ts';

const NOTICE_MS = 6000;

export interface ActionContext {
  readonly state: () => ScreenState;
  readonly dispatch: (event: ScreenEvent) => void;
  /** Undefined until it answers. */
  readonly session: () => Session | undefined;
  readonly logs: LogPanes;
  readonly finder: LogFinder;
  readonly now: () => number;
  readonly host: ScreenHost;
  /** Gives the terminal away for a while. */
  readonly lend: (to: LendTo) => void;
  /** Gives text to the terminal's clipboard. */
  readonly copy: (text: string) => void;
  /** A new file, by a path from the project's folder. Rejects when it exists already. */
  readonly createFile: (path: string) => Promise<LogSink>;
  readonly suspend: () => void;
  readonly leave: (how: 'quit' | 'force' | 'detach') => void;
}

export function notify(context: Pick<ActionContext, 'dispatch' | 'now'>, tone: Notice['tone'], text: string): void {
  context.dispatch({
    type: 'noticed',
    notice: { tone, text: plainText(text), untilMs: context.now() + NOTICE_MS },
  });
}
