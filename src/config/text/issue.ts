// What is wrong with a config, and where. Light enough to load on every start; config/report prints it.

import { DevError, EXIT } from '../../errors.ts';

/** Of so many the first ones are told, and the others not looked for: a slip can make thousands. */
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
  /** In the order of the files. Empty when there is no config, or the trouble is not in it. */
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
