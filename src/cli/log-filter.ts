// Which lines of a service `logs` shows: those that match a pattern, those of errors with their traces, or all.

import { LogGroups } from '../core/log-groups.ts';
import { isErrorLevel, type LogLevel, withoutColour } from '../core/log-level.ts';

export interface JudgedLine {
  readonly passes: boolean;
  readonly level: LogLevel | undefined;
  /** Belongs to the line before it. */
  readonly continues: boolean;
}

export interface LineFilter {
  /** Takes the lines of one service in their order. */
  judge(text: string): JudgedLine;
}

export interface FilterOptions {
  readonly pattern: RegExp | undefined;
  readonly errorsOnly: boolean;
}

export function createFilter({ pattern, errorsOnly }: FilterOptions): LineFilter {
  const groups = new LogGroups();
  return {
    judge: (text) => {
      const { level, continues } = groups.next(text);
      const passes =
        (!errorsOnly || isErrorLevel(level)) && (pattern === undefined || pattern.test(withoutColour(text)));
      return { passes, level, continues };
    },
  };
}
