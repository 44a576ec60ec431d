// Finds lines in the log of a service, a stretch at a time and for a few milliseconds: the supervisor has services to
// listen to. Who searches asks again where the last answer ended, and may stop asking at any time.
// Trap: the pattern is a person's, and may take for ever on some line; the time of a stretch is limited too.

import { cleanLine } from '../../core/output/log-line.ts';
import { LogGroups } from '../../core/output/log-groups.ts';
import { isErrorLevel } from '../../core/output/log-level.ts';
import { logPattern } from '../../core/output/log-pattern.ts';
import { formatLineTime } from '../../core/output/log-time.ts';
import type { LogFindings, LogLine, LogSearch, LogSieve } from '../../core/model/session.ts';
import { DevError, EXIT } from '../../errors.ts';
import type { Clock, LogFile } from '../../system/system.ts';
import { withinTime } from '../../time-limit.ts';

const TURN_MS = 8;
const STRETCH_LINES = 400;
const STRETCH_LIMIT_MS = 100;
/** What an answer may hold; escaped for the wire it is a few times as long, and a frame holds 4 MiB. */
const MAX_ANSWER_LENGTH = 400_000;
/** So far before a stretch, the error is looked for that its first lines may belong to. */
const LEAD_LINES = 60;

// oxlint-disable-next-line no-control-regex
const SGR = /\u001B\[[0-9;:]*m/g;

/** @throws DevError `usage` when the pattern takes too long */
export function searchLog(
  file: Pick<LogFile, 'read' | 'first' | 'next'>,
  search: LogSearch,
  clock: Pick<Clock, 'nowMs'>,
  { stretchLines } = { stretchLines: STRETCH_LINES },
): LogFindings {
  const { service, direction, limit } = search;
  const accepts = createSieve(search.sieve);
  const endMs = clock.nowMs() + TURN_MS;
  const found: LogLine[] = [];
  let length = 0;
  let reached = search.from;
  let reachedAt = '';
  let next = file.next;
  for (;;) {
    const isOlder = direction === 'older';
    const lead = search.sieve.errorsOnly ? LEAD_LINES : 0;
    const from = isOlder ? Math.min(reached, next - 1) - stretchLines + 1 : Math.max(reached, file.first());
    // One more than is looked at: whether there is anything older is known only once it has been read.
    const lines = read(file, from - lead - 1, stretchLines + lead + 1);
    const partial = lines.find((line) => line.partial === true);
    if (partial !== undefined) next = partial.seq;
    const hits = withinTime(STRETCH_LIMIT_MS, () => accepts(lines)) ?? tooSlow(search.sieve);
    const wanted = hits.filter(({ seq }) => seq >= from && seq < next && (isOlder ? seq <= reached : seq >= reached));
    const edge = isOlder ? from - 1 : Math.max(from, Math.min(from + stretchLines, next));
    let isFull = false;
    for (const line of isOlder ? wanted.toReversed() : wanted) {
      found.push(line);
      length += line.text.length;
      reached = line.seq + (isOlder ? -1 : 1);
      reachedAt = line.time;
      isFull = found.length >= limit || length > MAX_ANSWER_LENGTH;
      if (isFull) break;
    }
    if (!isFull) {
      reached = edge;
      const looked = lines.filter(({ seq }) => seq >= from && seq < next);
      reachedAt = (isOlder ? looked[0] : looked.at(-1))?.time ?? reachedAt;
    }
    const first = file.first();
    const isDone = isOlder ? reached < first : reached >= next;
    if (isFull || isDone || clock.nowMs() >= endMs) {
      return { service, lines: isOlder ? found.toReversed() : found, reached, reachedAt, first, next };
    }
  }
}

function read(file: Pick<LogFile, 'read'>, from: number, count: number): readonly LogLine[] {
  return file.read(from, count).map(({ seq, timeMs, text, partial }) => ({
    seq,
    time: formatLineTime(timeMs),
    text: cleanLine(text),
    ...(partial === true ? { partial } : {}),
  }));
}

type Sieve = (lines: readonly LogLine[]) => readonly LogLine[];

function createSieve({ matching, excluding, errorsOnly }: LogSieve): Sieve {
  const wanted = matching.map(logPattern);
  const unwanted = excluding.map(logPattern);
  return (lines) => {
    const groups = errorsOnly ? new LogGroups() : undefined;
    return lines.filter(({ text }) => {
      if (groups !== undefined && !isErrorLevel(groups.next(text).level)) return false;
      const plain = text.includes('\u001B') ? text.replaceAll(SGR, '') : text;
      return wanted.every((pattern) => pattern.test(plain)) && !unwanted.some((pattern) => pattern.test(plain));
    });
  };
}

function tooSlow({ matching, excluding }: LogSieve): never {
  const pattern = [...matching, ...excluding].join(' ');
  throw new DevError({
    code: 'usage',
    exitCode: EXIT.usage,
    message: `The pattern ${pattern} takes too long on one of the lines.`,
    hint: 'Repetitions inside repetitions, as in (a+)+, are what makes a pattern slow.',
  });
}
