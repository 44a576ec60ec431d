// Thresholds of the config against what was measured. An alert begins once a value is too high (CPU and memory: over two
// looks, since a start or a build takes what it can get) and ends when the value is well below, so that it does not flicker.
// Left to others: measuring, and telling.

import type { AlertSpec } from '../model/project.ts';
import type { AlertKind } from '../model/snapshot.ts';

export interface Measured {
  /** Of one core; null when it is not known. */
  readonly cpuPercent: number | null;
  readonly rssBytes: number | null;
  /** Lines of level error or worse within the last minute. */
  readonly errorsPerMinute: number;
  /** Restarts in a row that nobody asked for, without a stable run between. */
  readonly restarts: number;
}

/** A value that is too high; `isRaised` once it counts as an alert. */
export interface Alert {
  readonly kind: AlertKind;
  readonly isRaised: boolean;
  readonly sinceMs: number;
  readonly message: string;
}

/** Below this part of its limit a value is fine again. */
const FINE_BELOW = 0.8;
/** How long CPU and memory must stay too high. */
const HOLD_MS = 1_500;

const UNITS = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;

/** The same list again when nothing changed. */
export function judgeAlerts(
  spec: AlertSpec,
  measured: Measured,
  before: readonly Alert[],
  nowMs: number,
): readonly Alert[] {
  const rules = [
    { kind: 'cpu', value: measured.cpuPercent ?? 0, limit: spec.cpuPercent, holdMs: HOLD_MS, inWords: cpuInWords },
    { kind: 'memory', value: measured.rssBytes ?? 0, limit: spec.rssBytes, holdMs: HOLD_MS, inWords: memoryInWords },
    { kind: 'errors', value: measured.errorsPerMinute, limit: spec.errorsPerMinute, holdMs: 0, inWords: errorsInWords },
    { kind: 'restarts', value: measured.restarts, limit: spec.restarts, holdMs: 0, inWords: restartsInWords },
  ] as const;
  const now = rules.flatMap(({ kind, value, limit, holdMs, inWords }): Alert[] => {
    if (limit === undefined) return [];
    const known = before.find((alert) => alert.kind === kind);
    // Restarts are counted one by one: the limit itself is already too many.
    const isOver = kind === 'restarts' ? value >= limit : value > limit;
    const isFine = kind === 'restarts' ? value < limit : value < limit * FINE_BELOW;
    if (known === undefined)
      return isOver ? [{ kind, isRaised: holdMs === 0, sinceMs: nowMs, message: inWords(limit) }] : [];
    if (known.isRaised) return isFine ? [] : [known];
    if (!isOver) return [];
    return [nowMs - known.sinceMs >= holdMs ? { ...known, isRaised: true } : known];
  });
  return now.length === before.length && now.every((alert, index) => alert === before[index]) ? before : now;
}

function cpuInWords(limit: number): string {
  return `CPU above ${limit} %`;
}

function memoryInWords(limit: number): string {
  const [unit, bytes] = UNITS.find(([, size]) => limit >= size) ?? ['B', 1];
  return `memory above ${Math.round((limit / bytes) * 10) / 10} ${unit}`;
}

function errorsInWords(limit: number): string {
  return `more than ${limit} errors a minute`;
}

function restartsInWords(limit: number): string {
  return `restarted ${limit} times in a row`;
}
