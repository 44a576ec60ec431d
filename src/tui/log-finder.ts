// Moves the log pane from match to match. A new search, or another service, makes the one under way void.

import type { LogQuery, LogWindow } from '../core/session.ts';
import type { LogPane } from './log-pane.ts';
import { findLine, searchPattern } from './log-search.ts';

export interface LogFinder {
  /** Goes to the next match from the last one, or from the edge of what is in sight; `isFresh` starts at its end. */
  find(direction: 'older' | 'newer', options?: { readonly isFresh: boolean }): void;
}

export function createLogFinder(options: {
  readonly read: (query: LogQuery) => Promise<LogWindow>;
  readonly logs: LogPane;
  /** What is looked for, and where; undefined when there is nothing to do. */
  readonly target: () => { readonly service: string; readonly query: string } | undefined;
  readonly onStatus: (status: string) => void;
  readonly onProblem: (error: unknown) => void;
}): LogFinder {
  let ticket = 0;
  let last: { readonly service: string; readonly query: string; readonly seq: number } | undefined;

  function startOf(direction: 'older' | 'newer', service: string, query: string, isFresh: boolean): number {
    const sight = options.logs.inSight();
    if (isFresh) return sight.last;
    const isKnown =
      last?.service === service && last.query === query && last.seq >= sight.first && last.seq <= sight.last;
    if (direction === 'older') return (isKnown && last ? last.seq : sight.last + 1) - 1;
    return (isKnown && last ? last.seq : sight.first - 1) + 1;
  }

  async function run(direction: 'older' | 'newer', isFresh: boolean): Promise<void> {
    const target = options.target();
    if (target === undefined) return;
    const { service, query } = target;
    ticket += 1;
    const mine = ticket;
    const isCancelled = (): boolean => {
      const now = options.target();
      return mine !== ticket || now?.service !== service || now.query !== query;
    };
    const from = startOf(direction, service, query, isFresh);
    options.onStatus('searching …');
    const seq = await findLine({
      read: options.read,
      service,
      pattern: searchPattern(query),
      from,
      direction,
      isCancelled,
    });
    if (isCancelled()) return;
    if (seq === undefined) {
      options.onStatus(direction === 'older' ? 'no older match' : 'no newer match');
      return;
    }
    last = { service, query, seq };
    options.logs.reveal(seq);
    options.onStatus(`match in line ${(seq + 1).toLocaleString('en')}`);
  }

  return {
    find(direction, { isFresh } = { isFresh: false }) {
      run(direction, isFresh).catch((error: unknown) => {
        options.onStatus('');
        options.onProblem(error);
      });
    },
  };
}
