// Finds the lines that were asked for: the last N, since, until, or behind a cursor.

import type { ServiceName } from '../../core/model/project.ts';
import { firstAt, WINDOW_LINES, type LogReader } from '../../core/logs/log-seek.ts';
import type { LogLine } from '../../core/session/log-query.ts';
import type { LogCursor } from '../arguments/log-cursor.ts';
import type { LineFilter } from './log-filter.ts';

export interface LogRequest {
  /** Infinity for all. */
  readonly lastLines: number;
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly after: LogCursor | undefined;
  /** Counted are only the lines that it lets through. */
  readonly createFilter: (() => LineFilter) | undefined;
}

/** The lines `from` … `to - 1`. */
export interface LogRange {
  readonly from: number;
  readonly to: number;
}

/** Looked through at once for lines that pass. */
const SEARCH_LINES = 4000;
/** How far before a window its first error may have begun. */
const LEAD_LINES = 200;
const ANYTHING_OLDER = Number.MIN_SAFE_INTEGER;

/** @param order all services, as lines of the same time are printed */
export async function findRange(
  source: LogReader,
  service: ServiceName,
  { request, order }: { readonly request: LogRequest; readonly order: readonly ServiceName[] },
): Promise<LogRange> {
  const { lastLines, sinceMs, untilMs, after, createFilter } = request;
  const { next } = await source.readLogs({ service, from: 0, count: 0 });
  const to = untilMs === undefined ? next : await firstAt(source, service, untilMs + 1);
  const lower = Math.max(
    sinceMs === undefined ? ANYTHING_OLDER : await firstAt(source, service, sinceMs),
    after === undefined ? ANYTHING_OLDER : await firstAfter(source, service, { cursor: after, order }),
  );
  if (createFilter !== undefined && lastLines !== Infinity) {
    return { from: await firstOfLast(source, service, { lower, to, count: lastLines, createFilter }), to };
  }
  const wanted = Math.max(lower, lastLines === Infinity ? ANYTHING_OLDER : to - lastLines);
  const { first } = await source.readLogs({ service, from: wanted, count: 1 });
  return { from: Math.min(Math.max(wanted, first), to), to };
}

/** How many lines right before `from` have the same time as it. */
export async function ordinalOf(source: LogReader, service: ServiceName, from: number): Promise<number> {
  const { lines } = await source.readLogs({ service, from, count: 1 });
  const time = lines.find(({ seq }) => seq === from)?.time;
  if (time === undefined) return 0;
  return countBefore(await firstAt(source, service, Date.parse(time)), from, source, service);
}

async function countBefore(from: number, to: number, source: LogReader, service: ServiceName): Promise<number> {
  let count = 0;
  for (let at = from; at < to;) {
    const lines = await windowOf(source, service, { from: at, to: Math.min(to, at + WINDOW_LINES) });
    const last = lines.at(-1);
    if (last === undefined) return count;
    count += lines.length;
    at = last.seq + 1;
  }
  return count;
}

/** Lines of the same time are in the order of the services: earlier services have been printed already. */
async function firstAfter(
  source: LogReader,
  service: ServiceName,
  { cursor, order }: { readonly cursor: LogCursor; readonly order: readonly ServiceName[] },
): Promise<number> {
  const { timeMs, ordinal } = cursor;
  if (service !== cursor.service) {
    return firstAt(source, service, order.indexOf(service) > order.indexOf(cursor.service) ? timeMs : timeMs + 1);
  }
  const end = await firstAt(source, service, timeMs + 1);
  let at = await firstAt(source, service, timeMs);
  for (let left = ordinal + 1; left > 0 && at < end;) {
    const lines = await windowOf(source, service, { from: at, to: Math.min(end, at + WINDOW_LINES) });
    const told = lines.slice(0, left);
    left -= told.length;
    at = (told.at(-1)?.seq ?? end - 1) + 1;
  }
  return at;
}

interface Search {
  readonly lower: number;
  readonly to: number;
  readonly count: number;
  readonly createFilter: () => LineFilter;
}

/** Where the last `count` lines that pass begin, with the whole of the error that the first of them belongs to. */
async function firstOfLast(
  source: LogReader,
  service: ServiceName,
  { lower, to: end, count, createFilter }: Search,
): Promise<number> {
  if (count === 0) return end;
  let missing = count;
  let oldest = end;
  for (let to = end; to > lower;) {
    const from = Math.max(lower, to - SEARCH_LINES);
    const lead = Math.max(lower, from - LEAD_LINES);
    const { lines, first } = await allOf(source, service, { from: lead, to });
    const passing = headsOfPassing(lines, createFilter()).filter(({ seq }) => seq >= from);
    const head = passing.at(-missing)?.head;
    if (head !== undefined) return head;
    missing -= passing.length;
    oldest = passing[0]?.head ?? oldest;
    if (first > from) return oldest;
    to = from;
  }
  return oldest;
}

/** The lines that pass, each with the first line of its group. */
function headsOfPassing(
  lines: readonly LogLine[],
  filter: LineFilter,
): { readonly seq: number; readonly head: number }[] {
  let head = 0;
  return lines.flatMap((line, index) => {
    const { passes, continues } = filter.judge(line.text);
    if (!continues || index === 0) head = line.seq;
    return passes ? [{ seq: line.seq, head }] : [];
  });
}

/** Also of lines so long that one answer does not hold them. */
async function allOf(
  source: LogReader,
  service: ServiceName,
  { from, to }: LogRange,
): Promise<{ readonly lines: readonly LogLine[]; readonly first: number }> {
  const lines: LogLine[] = [];
  for (let at = from; ;) {
    const answer = await source.readLogs({ service, from: at, count: to - at });
    for (const line of answer.lines) if (line.seq < to) lines.push(line);
    const last = answer.lines.at(-1)?.seq ?? to;
    if (last >= to - 1) return { lines, first: answer.first };
    at = last + 1;
  }
}

async function windowOf(source: LogReader, service: ServiceName, { from, to }: LogRange): Promise<readonly LogLine[]> {
  const { lines } = await source.readLogs({ service, from, count: to - from });
  return lines.filter(({ seq }) => seq >= from && seq < to);
}
