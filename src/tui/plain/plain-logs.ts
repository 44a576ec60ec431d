// What the plain screen reads out of logs: the last lines, the last errors, and the log of one service as it grows.

import type { ServiceName } from '../../core/model/project.ts';
import type { LogLine } from '../../core/session/log-query.ts';
import type { Session } from '../../core/session/session.ts';
import { messageOf } from '../../errors.ts';
import { parseStyled, plainOf } from '../paint/styled-text.ts';

const LINES = 10;
/** More than this at once nobody can listen to. */
const MOST_AT_ONCE = 20;

export interface PlainLogs {
  readonly followed: ServiceName | undefined;
  tellLast(service: ServiceName): void;
  tellErrors(service: ServiceName): void;
  /** From the next line on; undefined ends it. */
  follow(service: ServiceName | undefined): void;
  /** The session has new lines. */
  advance(): void;
}

export function createPlainLogs(session: () => Session | undefined, say: (line: string) => void): PlainLogs {
  let followed: { readonly service: ServiceName; next: number | undefined } | undefined;
  let isReading = false;
  let hasMore = false;

  const tell = (heading: string, lines: readonly LogLine[]): void => {
    say(heading);
    for (const line of lines) say(textOf(line));
  };

  const quietly = (work: (open: Session) => Promise<void>): void => {
    const open = session();
    if (open === undefined) say('the session is still starting');
    else work(open).catch((error: unknown) => say(messageOf(error)));
  };

  async function readOn(open: Session, mine: NonNullable<typeof followed>): Promise<void> {
    const from = mine.next ?? (await endOf(open, mine.service));
    const end = mine.next === undefined ? from : await endOf(open, mine.service);
    const start = Math.max(from, end - MOST_AT_ONCE);
    mine.next = end;
    if (end <= from) return;
    const { lines } = await open.readLogs({ service: mine.service, from: start, count: end - start, folds: 'all' });
    if (followed !== mine) return;
    if (start > from) say(`${start - from} lines left out`);
    for (const line of lines) say(`log: ${textOf(line)}`);
  }

  async function pump(open: Session): Promise<void> {
    hasMore = true;
    if (isReading) return;
    isReading = true;
    try {
      while (hasMore) {
        hasMore = false;
        if (followed !== undefined) await readOn(open, followed);
      }
    } finally {
      isReading = false;
    }
  }

  return {
    get followed() {
      return followed?.service;
    },
    tellLast: (service) =>
      quietly(async (open) => {
        const end = await endOf(open, service);
        const from = Math.max(0, end - LINES);
        const { lines } = await open.readLogs({ service, from, count: end - from, folds: 'all' });
        tell(lines.length === 0 ? `${service} wrote nothing` : `last ${lines.length} lines of ${service}`, lines);
      }),
    tellErrors: (service) =>
      quietly(async (open) => {
        const lines = await lastErrors(open, service);
        tell(lines.length === 0 ? `no errors in the log of ${service}` : `last errors of ${service}`, lines);
      }),
    follow(service) {
      followed = service === undefined ? undefined : { service, next: undefined };
      if (service !== undefined) quietly(pump);
    },
    advance() {
      if (followed !== undefined) quietly(pump);
    },
  };
}

function textOf(line: LogLine): string {
  return plainOf(parseStyled(line.text, { color: false }));
}

/** One past the newest line. */
async function endOf(session: Session, service: ServiceName): Promise<number> {
  return (await session.readLogs({ service, from: 0, count: 0, folds: 'all' })).next;
}

/** Stretch by stretch back to the beginning of the log. */
async function lastErrors(session: Session, service: ServiceName): Promise<readonly LogLine[]> {
  const filter = { matching: [], excluding: [], errorsOnly: true };
  let found: readonly LogLine[] = [];
  let from = (await endOf(session, service)) - 1;
  while (found.length < LINES) {
    const limit = LINES - found.length;
    const part = await session.searchLogs({ service, filter, folds: 'all', from, direction: 'older', limit });
    found = [...part.lines, ...found];
    if (part.reached < part.first || part.reached >= from) break;
    from = part.reached;
  }
  return found;
}
