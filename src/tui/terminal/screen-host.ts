// What the screen asks of the machine it runs on, beside its terminal: other programs, and settings of the line.

import type { ServiceName } from '../../core/model/project.ts';
import type { ListedSession, Session } from '../../core/session/session.ts';
import type { LogLine } from '../../core/session/log-query.ts';

/** The output of all services as plain lines, one after the other; none is lost or told twice over a pause. */
export interface PlainStream {
  resume(): void;
  pause(): void;
}

export interface ScreenHost {
  /** In the person's browser. */
  openUrl(url: string): void;
  /** The terminal's line turns no LF into CR LF any more, until raw mode is set again. */
  passBytes(): void;
  /**
   * In the person's editor or pager, at the line if it is there still. Resolves when that program has ended;
   * `signal` hangs up on it.
   * @throws Error when it cannot be started
   */
  openLog(place: {
    readonly file: string;
    readonly line: LogLine | undefined;
    readonly signal: AbortSignal;
  }): Promise<void>;
  /** The first of these files that is there. */
  findFile(paths: readonly string[]): string | undefined;
  /**
   * In the person's editor or pager, at this line. Resolves when that program has ended; `signal` hangs up on it.
   * @throws Error when it cannot be started
   */
  openSource(place: { readonly file: string; readonly line: number; readonly signal: AbortSignal }): Promise<void>;
  /** One of our own commands on this terminal. Resolves when it has ended; `signal` hangs up on it. */
  runCommand(command: {
    readonly words: readonly string[];
    /** The folder of its project; that of the screen unless given. */
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
