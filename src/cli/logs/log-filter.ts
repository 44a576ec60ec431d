// Which lines of a service `logs` shows: those that match a pattern, those of errors with their traces, or all.

import type { Pattern } from '../../core/output/pattern.ts';
import { createLineMatcher } from '../../core/output/log-pattern.ts';
import { LogGroups } from '../../core/output/log-groups.ts';
import { isErrorLevel, type LogLevel } from '../../core/output/log-level.ts';

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
  readonly pattern: Pattern | undefined;
  readonly errorsOnly: boolean;
  /** Whether each line gets its level, which is most of the work; `errorsOnly` needs it in any case. */
  readonly tellsLevel: boolean;
}

const UNTOLD = { level: undefined, continues: false };

export function createFilter({ pattern, errorsOnly, tellsLevel }: FilterOptions): LineFilter {
  const groups = errorsOnly || tellsLevel ? new LogGroups() : undefined;
  const matches = createLineMatcher({ matching: pattern === undefined ? [] : [pattern], excluding: [] });
  return {
    judge: (text) => {
      const { level, continues } = groups?.next(text) ?? UNTOLD;
      return { passes: (!errorsOnly || isErrorLevel(level)) && matches(text), level, continues };
    },
  };
}
