// Finds lines in a service's log, for a few milliseconds at a time, because the supervisor also has services to watch.
// The caller asks again where the last answer ended, and may stop at any time.

import { cleanLine } from '../../core/output/log-line.ts';
import { LogGroups } from '../../core/output/log-groups.ts';
import { isErrorLevel } from '../../core/output/log-level.ts';
import { createLineMatcher, logPattern } from '../../core/output/log-pattern.ts';
import { formatLineTime } from '../../core/output/log-time.ts';
import type { LogFindings, LogLine, LogSearch } from '../../core/session/log-query.ts';
import type { Clock, LogFile } from '../../system/system.ts';

const TURN_MS = 8;
/** Lines to read at once, if they are not longer than this. */
const STRETCH_LINES = 400;
const STRETCH_LENGTH = 1024 * 1024;
/** An answer that ends here is longer than a stretch, whatever its characters. */
const ENOUGH_BYTES = 4 * STRETCH_LENGTH;
/** The size of an answer. Escaped for the wire it is a few times as long, and a frame holds 4 MiB. */
const MAX_ANSWER_LENGTH = 400_000;
/** How far before a stretch to search for the error that its first lines may belong to. */
const LEAD_LINES = 60;

/**
 * Searches at least one line, and stops after the line at which the time is over.
 * @throws PatternError if a pattern is unusable
 */
export function searchLog(
  file: SearchedLog,
  search: LogSearch,
  clock: Pick<Clock, 'nowMs'>,
  { stretchLines } = { stretchLines: STRETCH_LINES },
): LogFindings {
  const { service, direction, limit, filter } = search;
  const isOlder = direction === 'older';
  const matches = createLineMatcher({
    matching: filter.matching.map(logPattern),
    excluding: filter.excluding.map(logPattern),
  });
  const endMs = clock.nowMs() + TURN_MS;
  const found: LogLine[] = [];
  let length = 0;
  let reached = isOlder ? search.from : Math.min(search.from, file.settled ?? Infinity);
  let reachedAt = '';
  let next = Math.min(file.next, file.settled ?? Infinity);
  let stretch = stretchLines;
  for (;;) {
    const lead = filter.errorsOnly ? Math.min(LEAD_LINES, stretch) : 0;
    const from = isOlder ? Math.min(reached, next - 1) - stretch + 1 : Math.max(reached, file.first());
    // One line more than needed: only reading shows whether there is anything older.
    const raw = file.read(from - lead - 1, stretch + lead + 1, ENOUGH_BYTES);
    if (stretch > 1 && lengthOf(raw) > STRETCH_LENGTH) {
      stretch = Math.ceil(stretch / 4);
      continue;
    }
    const lines = cleaned(raw);
    const partial = lines.find((line) => line.partial === true);
    if (partial !== undefined) next = partial.seq;
    const candidates = (filter.errorsOnly ? errorsIn(lines) : lines).filter(
      ({ seq }) => seq >= from && seq < next && (isOlder ? seq <= reached : seq >= reached),
    );
    const edge = isOlder ? from - 1 : Math.max(from, Math.min(from + stretch, next));
    let isOver = false;
    for (const line of isOlder ? candidates.toReversed() : candidates) {
      if (matches(line.text)) {
        found.push(line);
        length += line.text.length;
      }
      reached = line.seq + (isOlder ? -1 : 1);
      reachedAt = line.time;
      isOver = found.length >= limit || length > MAX_ANSWER_LENGTH || clock.nowMs() >= endMs;
      if (isOver) break;
    }
    if (!isOver) {
      reached = edge;
      const looked = lines.filter(({ seq }) => seq >= from && seq < next);
      reachedAt = (isOlder ? looked[0] : looked.at(-1))?.time ?? reachedAt;
    }
    const first = file.first();
    const isDone = isOlder ? reached < first : reached >= next;
    if (isOver || isDone || clock.nowMs() >= endMs) {
      const passing = filter.errorsOnly ? errorsIn(lines) : lines;
      const open = isOlder || !isDone ? [] : passing.filter(({ seq, text }) => seq >= next && matches(text));
      const told = open.length === 0 ? {} : { open };
      return { service, lines: isOlder ? found.toReversed() : found, reached, reachedAt, first, next, ...told };
    }
  }
}

type SearchedLog = Pick<LogFile, 'read' | 'first' | 'next'> & {
  /** One past the newest line with an end, if that is known before reading. */
  readonly settled?: number | undefined;
};

type RawLines = ReturnType<LogFile['read']>;

function lengthOf(lines: RawLines): number {
  return lines.reduce((sum, { text }) => sum + text.length, 0);
}

function cleaned(lines: RawLines): readonly LogLine[] {
  return lines.map(({ seq, timeMs, text, partial }) => ({
    seq,
    time: formatLineTime(timeMs),
    text: cleanLine(text),
    ...(partial === true ? { partial } : {}),
  }));
}

/** Errors, with their traces. */
function errorsIn(lines: readonly LogLine[]): readonly LogLine[] {
  const groups = new LogGroups();
  return lines.filter(({ text }) => isErrorLevel(groups.next(text).level));
}
