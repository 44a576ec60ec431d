// Durations, sizes and ports as people write them in a config.

/** `5s`, `250ms`, `1m30s`. A number alone has no unit and is refused. */
export const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;
/** `10MiB`, `500kB`, `1GB`. */
export const SIZE = /^\d+(?:\.\d+)?(?:B|[kKMG]i?B)$/;

/** `40MiB/h`; growth is always per hour, so `/h` may be left out. */
export const GROWTH = /^\d+(?:\.\d+)?(?:B|[kKMG]i?B)(?:\/h)?$/;

const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const BYTES = { '': 1, k: 1000, K: 1000, M: 1000 ** 2, G: 1000 ** 3, Ki: 1024, ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

/** Milliseconds, or undefined when `text` is not a duration. */
export function parseDurationMs(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(count) * MS[unit as keyof typeof MS];
  }
  return Math.round(total);
}

/** Bytes, or undefined when `text` is not a size. `MiB` counts by 1024, `MB` by 1000. */
export function parseSizeBytes(text: string): number | undefined {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(\w*)B$/.exec(SIZE.test(text) ? text : '') ?? [];
  return unit === undefined ? undefined : Math.round(Number(count) * BYTES[unit as keyof typeof BYTES]);
}

/** `90%` of one core, also above 100. */
export const PERCENT = /^\d{1,5}(?:\.\d+)?%$/;

/** A port, or undefined when `text` is anything but a whole number from 1 to 65535. */
export function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
