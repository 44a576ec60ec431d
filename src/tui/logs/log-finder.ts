// Moves the active log from match to match, through all its lines. The session searches one stretch after the other. A
// new search, another service or the end of the search cancels the running one.

import type { ServiceName } from '../../core/model/project.ts';
import type { LogFilter } from '../../core/session/log-query.ts';
import { boundaryIn, type LogSource } from './log-boundary.ts';
import type { FeedLine } from './log-feed.ts';
import { createLineCounter, passingWords, type LineCounter } from './line-counter.ts';
import type { LogPane } from './log-pane.ts';

export interface LogFinder {
  /** Goes to the next match from the current line; `isFresh`: that line may be the match itself. */
  find(direction: Direction, options?: { readonly isFresh: boolean }): void;
}

type Direction = 'older' | 'newer';

export interface FindTarget {
  readonly pane: LogPane;
  readonly query: string;
  /** Only matches in shown lines count. */
  readonly filter: LogFilter;
}

const PROGRESS_MS = 150;

export function createLogFinder(options: {
  readonly source: LogSource;
  /** The pattern and the lines to search; undefined if there is nothing to do. */
  readonly target: () => FindTarget | undefined;
  readonly floorOf: (service: ServiceName) => number;
  readonly onStatus: (status: string) => void;
  readonly onProblem: (error: unknown) => void;
  readonly nowMs: () => number;
}): LogFinder {
  const { source } = options;
  let ticket = 0;
  let counted: { readonly key: string; readonly counter: LineCounter } | undefined;

  async function run(direction: Direction, isFresh: boolean): Promise<void> {
    const target = options.target();
    if (target === undefined) return;
    ticket += 1;
    const mine = ticket;
    const isCancelled = (): boolean => {
      const now = options.target();
      return mine !== ticket || now?.pane !== target.pane || now.query !== target.query;
    };
    options.onStatus('searching …');
    // A fast typist is ahead of the lines that the pane has requested.
    const from = target.pane.current() ?? (await newestOf(target.pane.services));
    if (isCancelled()) return;
    if (from === undefined) return options.onStatus('there is nothing to search yet');
    const hit = await nearest({ target, direction, isFresh, from, isCancelled });
    if (isCancelled()) return;
    if (hit === undefined) return options.onStatus(direction === 'older' ? 'no older match' : 'no newer match');
    target.pane.goTo(hit);
    const line = `line ${(hit.line.seq + 1).toLocaleString('en')}`;
    options.onStatus(`match in ${line}`);
    const tally = await counterOf(target).count(isCancelled);
    const place = tally?.placeOf(hit);
    if (tally === undefined || place === undefined || isCancelled()) return;
    options.onStatus(`${place.toLocaleString('en')} of ${passingWords(tally)}, in ${line}`);
  }

  /** The same counter for the same search: then it only searches new lines. */
  function counterOf({ pane, query, filter }: FindTarget): LineCounter {
    const key = JSON.stringify([query, filter, pane.services, pane.services.map(options.floorOf)]);
    if (counted?.key !== key) {
      const all = { ...filter, matching: [...filter.matching, query] };
      const { floorOf } = options;
      counted = { key, counter: createLineCounter({ source, services: pane.services, filter: all, floorOf }) };
    }
    return counted.counter;
  }

  async function newestOf(services: readonly ServiceName[]): Promise<FeedLine | undefined> {
    const lasts = await Promise.all(
      services.map(async (service): Promise<readonly FeedLine[]> => {
        const { next } = await source.readLogs({ service, from: 0, count: 0 });
        const { lines } = await source.readLogs({ service, from: next - 1, count: 1 });
        return lines.filter(({ seq }) => seq >= options.floorOf(service)).map((line) => ({ service, line }));
      }),
    );
    return lasts
      .flat()
      .toSorted((a, b) => (a.line.time < b.line.time ? -1 : 1))
      .at(-1);
  }

  /** Searches all services of the pane. The search in one ends where another has a nearer match. */
  async function nearest(search: {
    readonly target: FindTarget;
    readonly direction: Direction;
    readonly isFresh: boolean;
    readonly from: FeedLine;
    readonly isCancelled: () => boolean;
  }): Promise<FeedLine | undefined> {
    const { target, direction, from, isCancelled } = search;
    const filter = { ...target.filter, matching: [...target.filter.matching, target.query] };
    let best: FeedLine | undefined;
    let toldMs = options.nowMs();
    const isBeyondBest = (time: string): boolean =>
      best !== undefined && (direction === 'older' ? time < best.line.time : time > best.line.time);

    async function look(service: ServiceName): Promise<void> {
      const bounds = await source.readLogs({ service, from: 0, count: 0 });
      const boundary = await boundaryIn(service, target.pane.services, source, from, bounds);
      const isOwn = service === from.service;
      const start =
        direction === 'older'
          ? boundary - (isOwn && search.isFresh ? 0 : 1)
          : boundary + (isOwn && !search.isFresh ? 1 : 0);
      for (let seq = start; !isCancelled();) {
        const found = await source.searchLogs({ service, filter, from: seq, direction, limit: 1 });
        const first = Math.max(found.first, options.floorOf(service));
        const line = found.lines.find((candidate) => candidate.seq >= first);
        if (line !== undefined) {
          if (!isBeyondBest(line.time)) best = { service, line };
          return;
        }
        seq = found.reached;
        const isDone = direction === 'older' ? seq < first : seq >= found.next;
        if (isDone || isBeyondBest(found.reachedAt)) return;
        tell(start, seq, direction === 'older' ? first : found.next);
      }
    }

    function tell(start: number, reached: number, edge: number): void {
      if (options.nowMs() - toldMs < PROGRESS_MS || isCancelled()) return;
      toldMs = options.nowMs();
      const share = Math.abs(reached - start) / Math.max(1, Math.abs(edge - start));
      options.onStatus(`searching … ${Math.floor(share * 100)} %`);
    }

    await Promise.all(target.pane.services.map(look));
    return best;
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
