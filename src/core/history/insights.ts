// Insights about a service from its history: a start that takes longer than before, and since which commit; a repeated
// crash; growing memory. Each is one clause that follows the service's name. Pure.

import type { HistoryItem, MinuteRow } from '../session/history.ts';
import type { ServiceName } from '../model/project.ts';
import type { InsightView } from '../session/snapshot.ts';
import { slowGrowth } from '../view/memory-trend.ts';

const MIB = 1024 ** 2;
const DAY_MS = 24 * 3_600_000;
/** Starts before the slow ones, to know what is usual. */
const FEWEST_STARTS = 5;
const MOST_STARTS = 20;
const SLOWER_BY_MS = 1_000;
const SLOWER_TIMES = 1.4;
/** How far from what is usual it must be, in units of the usual distance. */
const SLOWER_SPREADS = 4;
const SAME_CRASHES = 3;
const GROWTH_PER_HOUR = 10 * MIB;

export interface Insight extends InsightView {
  readonly service: ServiceName;
}

/**
 * @param items of all types that it needs (`start`, `crash`, `commit`), sorted by time
 * @param minutes of the last hours, sorted by time
 */
export function insights(
  items: readonly HistoryItem[],
  minutes: readonly MinuteRow[],
  nowMs: number,
): readonly Insight[] {
  const byService = new Map<ServiceName, Past>();
  const pastOf = (service: ServiceName): Past => {
    const past = byService.get(service) ?? { starts: [], crashes: [], minutes: [] };
    byService.set(service, past);
    return past;
  };
  for (const [index, item] of items.entries()) {
    if (item.type === 'start') pastOf(item.service).starts.push({ index, ms: item.beforeMs + item.startingMs });
    if (item.type === 'crash') pastOf(item.service).crashes.push(item);
  }
  for (const row of minutes) pastOf(row.service).minutes.push(row);
  return [...byService].flatMap(([service, past]) => [
    ...slowStart(service, past.starts, items),
    ...sameCrash(service, past.crashes, nowMs),
    ...memoryGrowth(service, past.minutes),
  ]);
}

interface Past {
  readonly starts: Start[];
  readonly crashes: Extract<HistoryItem, { type: 'crash' }>[];
  readonly minutes: MinuteRow[];
}

interface Start {
  /** Among all items. */
  readonly index: number;
  /** Its own time: what it waited for is told of those that it waited for. */
  readonly ms: number;
}

function slowStart(service: ServiceName, starts: readonly Start[], items: readonly HistoryItem[]): readonly Insight[] {
  const last = starts.at(-1);
  if (last === undefined) return [];
  // From the newest one back: as long as they are slow against all that came before them.
  let first: Start | undefined;
  let usualMs = 0;
  for (let place = starts.length - 1; place >= FEWEST_STARTS; place -= 1) {
    const before = starts.slice(Math.max(0, place - MOST_STARTS), place).map(({ ms }) => ms);
    const start = starts[place];
    if (start === undefined || !isSlow(start.ms, before)) break;
    first = start;
    usualMs = median(before);
  }
  // Once half of those before are slow too, slow is usual: the slow ones before the newest are looked for at the first.
  if (first === undefined) return [];
  const since = commitBefore(items, first.index, starts);
  const text = `${seconds(last.ms)} to ready, usually ${seconds(usualMs)}${since}`;
  return [{ service, kind: 'slow start', text }];
}

function isSlow(ms: number, before: readonly number[]): boolean {
  const usual = median(before);
  const spread = median(before.map((each) => Math.abs(each - usual)));
  return ms > usual * SLOWER_TIMES && ms > usual + SLOWER_BY_MS && ms > usual + SLOWER_SPREADS * spread;
}

/** The commit that came between the last start that was not slow and the first one that was. Each session tells its first. */
function commitBefore(items: readonly HistoryItem[], index: number, starts: readonly Start[]): string {
  const before = starts.findLast((start) => start.index < index)?.index ?? 0;
  const commitAt = (place: number): string | undefined => {
    const item = items.slice(0, place).findLast((each) => each.type === 'commit');
    return item?.type === 'commit' ? item.commit : undefined;
  };
  const [commit, earlier] = [commitAt(index), commitAt(before)];
  const isOther = commit !== undefined && earlier !== undefined && commit !== earlier;
  return isOther ? `, since commit ${commit.slice(0, 7)}` : '';
}

function sameCrash(service: ServiceName, crashes: Past['crashes'], nowMs: number): readonly Insight[] {
  const errors = crashes.flatMap(({ at, error }) => (nowMs - Date.parse(at) < DAY_MS ? [error] : []));
  const last = errors.at(-1);
  if (last === undefined) return [];
  const count = errors.filter((error) => alike(error) === alike(last)).length;
  if (count < SAME_CRASHES) return [];
  return [{ service, kind: 'same crash', text: `${ordinal(count)} crash today with the same error: ${last}` }];
}

/** Ports, pids and times are other ones each time. */
function alike(error: string): string {
  return error.replaceAll(/\d+/g, '#');
}

function memoryGrowth(service: ServiceName, own: readonly MinuteRow[]): readonly Insight[] {
  const last = own.at(-1)?.minute ?? 0;
  // Without gaps: a restarted service begins again.
  const steady = own.filter(({ minute }, index) => last - minute === own.length - 1 - index);
  const growth = slowGrowth(steady.map(({ leastRssBytes }) => leastRssBytes)) ?? 0;
  if (growth < GROWTH_PER_HOUR) return [];
  return [{ service, kind: 'memory growth', text: `memory grows ${Math.round(growth / MIB)} MiB an hour` }];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

function ordinal(count: number): string {
  return ORDINALS[count] ?? `${count}th`;
}
