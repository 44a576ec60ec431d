// Lines of the logs, and requests for them.

import type { ServiceName } from '../model/project.ts';

/** One line of output. `seq` counts from 0 at the start of the session; older lines on disk are negative. */
export interface LogLine {
  readonly seq: number;
  /** RFC 3339 UTC, when the line arrived. */
  readonly time: string;
  /** Cleaned: printable text and colour (SGR) only, unless `raw` was asked for. */
  readonly text: string;
  /** Which run of this session wrote it; absent for lines from before the session. */
  readonly run?: number;
  /** A line of devdeck's own among those of the service; not told of lines from before the session. */
  readonly own?: true;
  /** The newest line, whose end has not been written yet: it comes again, longer, under the same number or the next. */
  readonly partial?: true;
}

/**
 * What is left out: `all` lines of our own probes and the frames of what was redrawn in place; only what was `redrawn`.
 * The lines in sight have numbers of their own then, for each of the two.
 */
export type LogFolds = 'all' | 'redrawn';

export interface LogQuery {
  readonly service: ServiceName;
  /** First line wanted. May be negative, or before the oldest line kept; see `LogWindow.from`. */
  readonly from: number;
  /** At most 5 000. */
  readonly count: number;
  readonly raw?: boolean;
  /** Absent: every line, by its number on disk. */
  readonly folds?: LogFolds;
  /** Without secrets: for a message of our own that quotes the log. */
  readonly masked?: boolean;
}

export interface LogWindow {
  readonly service: ServiceName;
  readonly lines: readonly LogLine[];
  /** The oldest line on disk. */
  readonly first: number;
  /** One past the newest line. */
  readonly next: number;
  /** The lines are long, and their rest is to be asked for: from the line after the last one. */
  readonly isCut?: true;
}

/** Which lines are wanted: those that match all of these and none of those. Patterns are read as `logPattern` reads them. */
export interface LogFilter {
  readonly matching: readonly string[];
  readonly excluding: readonly string[];
  /** Errors only, with the traces that belong to them. */
  readonly errorsOnly: boolean;
}

export interface LogSearch {
  readonly service: ServiceName;
  readonly filter: LogFilter;
  readonly folds?: LogFolds;
  /** The first line looked at. */
  readonly from: number;
  readonly direction: 'older' | 'newer';
  /** How many lines to find, at most 1 000. */
  readonly limit: number;
}

/**
 * What a search found before its time was over: it looks for some milliseconds at a time, whatever the log's size.
 * `reached` is where to continue; nothing is left that way once it is before `first`, or `next`.
 */
export interface LogFindings {
  readonly service: ServiceName;
  /** In the order of the log. */
  readonly lines: readonly LogLine[];
  readonly reached: number;
  /** The time of the last line that was looked at; empty when there was none. */
  readonly reachedAt: string;
  readonly first: number;
  /** One past the newest line that has an end. */
  readonly next: number;
  /** The lines behind that which pass, when `newer` has come so far: they have no end yet, and will come again. */
  readonly open?: readonly LogLine[];
}
