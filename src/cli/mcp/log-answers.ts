// Log lines as an agent reads them: without colours, equal errors once, each answer with the cursor to go on from.

import { LogGroups } from '../../core/output/log-groups.ts';
import { withoutColour } from '../../core/output/plain-line.ts';
import { cut, fitting } from './pages.ts';

/** As `logs --json` prints it. */
export interface PrintedLine {
  readonly time: string;
  readonly service: string;
  readonly run: number;
  readonly cursor: string;
  readonly level: string | null;
  readonly text: string;
}

interface FoldedError {
  readonly service: string;
  /** The first line. */
  readonly text: string;
  /** What belongs to it, without its middle when it is long. */
  readonly trace: readonly string[];
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

const LONGEST_TRACE = 12;
const LONGEST_LINE = 400;
/** What differs between two errors that are the same: times, addresses, ids, numbers. */
const VARYING = /0x[\da-f]+|[\da-f]{8}-[\da-f-]{27}|\d+/gi;

export function parseLines(printed: readonly string[]): readonly PrintedLine[] {
  return printed.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as PrintedLine);
}

/** After a cursor the oldest come first and the rest waits for the next call; without one the newest are shown. */
export function linesAnswer(
  all: readonly PrintedLine[],
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
) {
  const short = all.map(({ time, service, level, text, cursor }) => ({
    time,
    service,
    level: level ?? undefined,
    text: cut(withoutColour(text), LONGEST_LINE),
    cursor,
  }));
  const shown = after === undefined ? fitting(short.toReversed(), limit).toReversed() : fitting(short, limit);
  return {
    lines: shown.map(({ time, service, level, text }) => ({
      time,
      service,
      ...(level === undefined ? {} : { level }),
      text,
    })),
    cursor: shown.at(-1)?.cursor ?? after ?? null,
    more: after === undefined ? 0 : short.length - shown.length,
    omitted: after === undefined ? short.length - shown.length : 0,
  };
}

/** Errors with their traces; those that differ in numbers alone are one. */
export function errorsAnswer(
  all: readonly PrintedLine[],
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
) {
  const folded = fold(all);
  const shown = fitting(after === undefined ? folded.toReversed() : folded, limit);
  return {
    errors: after === undefined ? shown.toReversed() : shown,
    cursor: all.at(-1)?.cursor ?? after ?? null,
    omitted: folded.length - shown.length,
  };
}

function fold(lines: readonly PrintedLine[]): readonly FoldedError[] {
  const groups = new Map<string, LogGroups>();
  const errors: { service: string; text: string; trace: string[]; at: string }[] = [];
  const open = new Map<string, (typeof errors)[number]>();
  for (const { service, text, time } of lines) {
    const reader = groups.get(service) ?? new LogGroups();
    groups.set(service, reader);
    const line = cut(withoutColour(text), LONGEST_LINE);
    const current = open.get(service);
    if (reader.next(line).continues && current !== undefined) {
      current.trace.push(line);
      continue;
    }
    const error = { service, text: line, trace: [], at: time };
    open.set(service, error);
    errors.push(error);
  }
  const folded = new Map<string, FoldedError>();
  for (const { service, text, trace, at } of errors) {
    const key = [service, text, ...trace].join('\n').replaceAll(VARYING, '#');
    const known = folded.get(key);
    folded.set(key, {
      service,
      text,
      trace: shortTrace(trace),
      count: (known?.count ?? 0) + 1,
      firstAt: known?.firstAt ?? at,
      lastAt: at,
    });
  }
  return [...folded.values()];
}

/** The beginning and the end say most. */
function shortTrace(trace: readonly string[]): readonly string[] {
  if (trace.length <= LONGEST_TRACE) return trace;
  const half = LONGEST_TRACE / 2;
  return [...trace.slice(0, half), `… ${trace.length - LONGEST_TRACE} lines …`, ...trace.slice(-half)];
}
