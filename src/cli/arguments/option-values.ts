// From the written value of an option to the one that commands use; undefined when it cannot be read.
// The expected values are beside the option in commands-table.ts.

import { parseDurationMs, parsePort } from '../../config/text/quantity.ts';

const LONGEST_WAIT_MS = 24 * 3_600_000;

/** As in the config ("90s", "1m30s", "500ms"), or a bare number of seconds; more than nothing, at most a day. */
export function parseWaitMs(written: string): number | undefined {
  const durationMs = /^\d+$/.test(written) ? Number(written) * 1000 : parseDurationMs(written);
  return durationMs !== undefined && durationMs > 0 && durationMs <= LONGEST_WAIT_MS ? durationMs : undefined;
}

export type Since = { readonly agoMs: number } | { readonly atMs: number };

/** "5m" ago, or a point in time as RFC 3339 writes it. */
export function parseSince(written: string): Since | undefined {
  const agoMs = parseDurationMs(written);
  if (agoMs !== undefined) return { agoMs };
  const atMs = /^\d{4}-\d\d-\d\d/.test(written) ? Date.parse(written) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : { atMs };
}

/** As `parseSince`, also in days and weeks: "7d". */
export function parsePast(written: string): Since | undefined {
  const [, count, unit] = /^(\d{1,4})([dw])$/.exec(written) ?? [];
  if (count === undefined) return parseSince(written);
  return { agoMs: Number(count) * (unit === 'w' ? 7 : 1) * 24 * 3_600_000 };
}

/** Infinity for "all". */
export function parseCount(written: string): number | undefined {
  if (written === 'all') return Infinity;
  return /^\d{1,9}$/.test(written) ? Number(written) : undefined;
}

/** One `NAME=PORT`, added to those before it. */
export function parsePortChoice(
  written: string,
  previous: Readonly<Record<string, number>> | undefined,
): Readonly<Record<string, number>> | undefined {
  const [, name, digits = ''] = /^([^=]+)=(.*)$/.exec(written) ?? [];
  const port = parsePort(digits);
  if (name === undefined || port === undefined) return undefined;
  return Object.fromEntries([...Object.entries(previous ?? {}), [name, port]]);
}
