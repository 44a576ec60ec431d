// What the screen needs of its machine beside the terminal: other programs, and settings of the line.

import type { ServiceName } from '../../core/model/project.ts';
import type { ListedSession, Session } from '../../core/session/session.ts';
import type { LogLine } from '../../core/session/log-query.ts';

/** The output of all services as plain lines; a pause loses and repeats none. */
export interface PlainStream {
  resume(): void;
  pause(): void;
}

export interface ScreenHost {
  /** In the person's browser. */
  openUrl(url: string): void;
  /** The terminal's line stops turning LF into CR LF, until raw mode is set again. */
  passBytes(): void;
  /**
   * Opens a file in the person's editor or pager, at the line if it still exists. Resolves when that program has
   * ended; `signal` hangs up on it.
   * @throws Error if it cannot be started
   */
  openLog(place: {
    readonly file: string;
    readonly line: LogLine | undefined;
    readonly signal: AbortSignal;
  }): Promise<void>;
  /** The first of these files that exists. */
  findFile(paths: readonly string[]): string | undefined;
  /**
   * Opens a file in the person's editor or pager, at this line. Resolves when that program has ended; `signal` hangs
   * up on it.
   * @throws Error if it cannot be started
   */
  openSource(place: { readonly file: string; readonly line: number; readonly signal: AbortSignal }): Promise<void>;
  /** Runs one of our own commands on this terminal. Resolves when it has ended; `signal` hangs up on it. */
  runCommand(command: {
    readonly words: readonly string[];
    /** The folder of its project; by default the screen's. */
    readonly root?: string;
    readonly signal: AbortSignal;
  }): Promise<void>;
  /** Every session of this user on this machine. */
  listSessions(): Promise<readonly ListedSession[]>;
  openStream(options: {
    readonly session: Session;
    readonly names: readonly ServiceName[];
    readonly hasColor: boolean;
    readonly write: (text: string) => void;
    readonly onProblem: (error: unknown) => void;
  }): Promise<PlainStream>;
}
