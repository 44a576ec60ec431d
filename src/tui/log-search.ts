// Looks for text through the whole log of a service, window by window, from a line upward or downward.

import type { LogLine, LogQuery, LogWindow } from '../core/session.ts';
import { parseStyled, plainOf } from './styled-text.ts';

const WINDOW_LINES = 2000;

/** Case matters only when the query has an upper-case letter, as in less -i and ripgrep -S. Global, for marking. */
export function searchPattern(query: string): RegExp {
  const escaped = query.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(escaped, query === query.toLowerCase() ? 'giu' : 'gu');
}

/**
 * The nearest line that matches, `from` itself included; undefined when there is none that way.
 * @param isCancelled asked after each window; true ends the search without an answer
 */
export async function findLine(options: {
  readonly read: (query: LogQuery) => Promise<LogWindow>;
  readonly service: string;
  readonly pattern: RegExp;
  readonly from: number;
  readonly direction: 'older' | 'newer';
  readonly isCancelled: () => boolean;
}): Promise<number | undefined> {
  const { direction, service } = options;
  let edge = options.from;
  while (!options.isCancelled()) {
    const from = direction === 'newer' ? edge : edge - WINDOW_LINES + 1;
    const window = await options.read({ service, from, count: WINDOW_LINES });
    const lines = direction === 'newer' ? window.lines : window.lines.toReversed();
    const hit = lines.find(
      (line) => (direction === 'newer' ? line.seq >= edge : line.seq <= edge) && matches(line, options.pattern),
    );
    if (hit) return hit.seq;
    edge = direction === 'newer' ? from + WINDOW_LINES : from - 1;
    if (direction === 'newer' ? edge >= window.next : edge < window.first) return undefined;
  }
  return undefined;
}

function matches(line: LogLine, pattern: RegExp): boolean {
  pattern.lastIndex = 0;
  return pattern.test(plainOf(parseStyled(line.text, { color: false })));
}
