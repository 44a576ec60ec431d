// Mistakes in a config and their positions. Light enough to load on every start; config/report prints them.

import { DevError, EXIT } from '../../errors.ts';

/** Only so many are reported, and no more are searched for: one slip can make thousands. */
export const MOST_ISSUES = 100;

export interface ConfigIssue {
  /** As the person knows it: relative to the project root. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units as editors do. */
  readonly column: number;
  /** Names keys and values of the config; not yet safe for a terminal. ConfigError.message is. */
  readonly message: string;
  /** The whole line, as written. */
  readonly sourceLine: string;
  /** What to do about it: `did you mean "command"?` */
  readonly hint?: string;
}

/** The config cannot be used. Nothing was started or stopped. */
export class ConfigError extends DevError {
  /** In the order of the files. Empty when there is no config, or the problem is elsewhere. */
  readonly issues: readonly ConfigIssue[];

  constructor(options: {
    readonly code: 'config_missing' | 'config_invalid';
    readonly message: string;
    readonly hint?: string;
    readonly issues?: readonly ConfigIssue[];
  }) {
    super({ ...options, exitCode: EXIT.config });
    this.issues = options.issues ?? [];
  }
}
