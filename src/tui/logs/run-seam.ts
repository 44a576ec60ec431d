// The seam between two runs in a service's log: a rule with the time, how the last run ended, and why the next began.
// It replaces devdeck's own lines that say so.

import type { LogLine } from '../../core/session/log-query.ts';
import { parseStyled, plainOf } from '../paint/styled-text.ts';
import type { LogFeed } from './log-feed.ts';
import { timeOfDay } from './log-rows.ts';

/** The most lines of devdeck's own between two runs. */
const MOST_OWN = 6;

/** Marks a line that the rule below it already covers. */
export const TOLD_IN_RULE = '';

/** The text of the rule above the line at this place; `TOLD_IN_RULE` for a line that the rule covers; else undefined. */
export function runSeam(feed: Pick<LogFeed, 'at'>, place: number): string | undefined {
  const line = feed.at(place)?.line;
  if (line?.run === undefined) return undefined;
  if (line.own === true && isBeforeSeam(feed, place, line)) return TOLD_IN_RULE;
  const above = neighbour(feed, place - 1, line.seq - 1);
  if (above?.run === undefined || above.run >= line.run) return undefined;
  const told = ownLinesAbove(feed, place, line);
  const time = timeOfDay(line.time).slice(0, 8);
  return [`run ${line.run}`, time, ...told].join(' · ');
}

/** Only devdeck's own lines of the same run stand between this line and the next run. */
function isBeforeSeam(feed: Pick<LogFeed, 'at'>, place: number, line: LogLine): boolean {
  for (let step = 1; step <= MOST_OWN; step += 1) {
    const below = neighbour(feed, place + step, line.seq + step);
    if (below === undefined) return false;
    if (below.run !== line.run) return true;
    if (below.own !== true) return false;
  }
  return false;
}

/** The oldest first: how the run ended, then what devdeck did. */
function ownLinesAbove(feed: Pick<LogFeed, 'at'>, place: number, line: LogLine): readonly string[] {
  const told: string[] = [];
  for (let step = 1; step <= MOST_OWN; step += 1) {
    const above = neighbour(feed, place - step, line.seq - step);
    if (above?.own !== true) break;
    told.unshift(plainOf(parseStyled(above.text, { color: false })));
  }
  return told;
}

/** A filter can bring lines together that are not neighbours. */
function neighbour(feed: Pick<LogFeed, 'at'>, place: number, seq: number): LogLine | undefined {
  const line = feed.at(place)?.line;
  return line?.seq === seq ? line : undefined;
}
