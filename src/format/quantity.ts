// Numbers as a person reads them: short, with a unit, of a width that hardly changes.
// An unknown value (null) is a dash, so that it cannot be confused with zero.

export const UNKNOWN = '–';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "4s", "2m 05s", "3h 12m", "5d 03h". Whole units, rounded down; a negative duration is "0s". */
export function formatDuration(durationMs: number | null): string {
  if (durationMs === null) return UNKNOWN;
  const ms = Math.max(0, durationMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)}s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)}m ${twoDigits((ms % MINUTE_MS) / SECOND_MS)}s`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)}h ${twoDigits((ms % HOUR_MS) / MINUTE_MS)}m`;
  return `${Math.floor(ms / DAY_MS)}d ${twoDigits((ms % DAY_MS) / HOUR_MS)}h`;
}

/** How long something took: "<1 ms", "12 ms", "1.2 s", "48 s", "2m 05s". */
export function formatLatency(latencyMs: number | null): string {
  if (latencyMs === null) return UNKNOWN;
  if (latencyMs < 1) return '<1 ms';
  const wholeMs = Math.round(latencyMs);
  if (wholeMs < SECOND_MS) return `${wholeMs} ms`;
  const tenths = Math.round(latencyMs / 100) / 10;
  if (tenths < 10) return `${tenths.toFixed(1)} s`;
  const seconds = Math.round(latencyMs / SECOND_MS);
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * SECOND_MS);
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** "512 B", "1.5 KiB", "87 MiB", "1.2 GiB": powers of 1024, one decimal below ten. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return UNKNOWN;
  let value = bytes;
  let unit = 0;
  // 999.5 and more would be shown with four digits.
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : threeDigits(value)} ${BYTE_UNITS[unit]}`;
}

/** "0.4%", "12%", "250%". Of one core, so it may pass 100. */
export function formatPercent(percent: number | null): string {
  return percent === null ? UNKNOWN : `${threeDigits(percent)}%`;
}

function threeDigits(value: number): string {
  const tenths = Math.round(value * 10) / 10;
  return tenths < 10 ? tenths.toFixed(1) : String(Math.round(value));
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
