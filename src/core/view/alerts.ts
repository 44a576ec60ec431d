// Rules of the config against what was measured: a machine of its own for each rule. An alert is raised once, when the value
// has been above its limit for the time of the rule, and cleared once, when it has been a tenth below for as long. A value
// that is not known for now changes nothing. Left to others: measuring, and telling.

import { assertNever } from '../../errors.ts';
import type { AlertRule, AlertSpec } from '../model/project.ts';
import { ALERT_RULES, type AlertRuleName } from '../model/vocabulary.ts';
import type { AlertView } from '../session/snapshot.ts';

/** In the units of AlertRule; undefined for what is not known for now. */
export type Measured = { readonly [Rule in AlertRuleName]?: number | undefined };

/** A value that is too high, or was. */
export interface Alert extends Pick<AlertView, 'kind' | 'severity' | 'message' | 'value' | 'limit'> {
  /** Not raised yet; raised; raised, and well below its limit since `phaseSinceMs`. */
  readonly phase: 'pending' | 'raised' | 'clearing';
  readonly phaseSinceMs: number;
  /** When it was raised, or began to be too high. Monotonic. */
  readonly sinceMs: number;
}

/** At most this part of its limit, a value is fine again. */
const FINE_BELOW = 0.9;

/**
 * The same list again when nothing changed.
 * @param isOver the service is no longer wanted: its alerts end
 */
export function judgeAlerts(
  spec: AlertSpec,
  measured: Measured,
  before: readonly Alert[],
  nowMs: number,
  isOver = false,
): readonly Alert[] {
  const now = ALERT_RULES.flatMap((kind): readonly Alert[] => {
    const rule = isOver ? undefined : spec[kind];
    if (rule === undefined) return [];
    const known = before.find((alert) => alert.kind === kind);
    const next =
      known === undefined ? begun(kind, rule, measured[kind], nowMs) : judged(known, rule, measured[kind], nowMs);
    return next === undefined ? [] : [next];
  });
  return now.length === before.length && now.every((alert, index) => alert === before[index]) ? before : now;
}

export function isRaised({ phase }: Alert): boolean {
  return phase !== 'pending';
}

function begun(kind: AlertRuleName, rule: AlertRule, value: number | undefined, nowMs: number): Alert | undefined {
  if (value === undefined || !isAbove(kind, value, rule.above)) return undefined;
  return {
    kind,
    severity: rule.severity,
    message: inWords(kind, rule.above),
    phase: rule.forMs > 0 ? 'pending' : 'raised',
    phaseSinceMs: nowMs,
    sinceMs: nowMs,
    value,
    limit: rule.above,
  };
}

function judged(known: Alert, rule: AlertRule, value: number | undefined, nowMs: number): Alert | undefined {
  const { phase, phaseSinceMs } = known;
  const kind = known.kind as AlertRuleName;
  if (value === undefined) return known;
  // Another rule under the same name.
  if (known.limit !== rule.above || known.severity !== rule.severity) return begun(kind, rule, value, nowMs);
  const hasLasted = nowMs - phaseSinceMs >= rule.forMs;
  switch (phase) {
    case 'pending':
      if (!isAbove(kind, value, rule.above)) return undefined;
      return hasLasted ? { ...known, phase: 'raised', phaseSinceMs: nowMs, sinceMs: nowMs, value } : known;
    case 'raised':
      if (!isFine(kind, value, rule.above)) return known;
      return rule.forMs > 0 ? { ...known, phase: 'clearing', phaseSinceMs: nowMs } : undefined;
    case 'clearing':
      if (!isFine(kind, value, rule.above)) return { ...known, phase: 'raised', phaseSinceMs: nowMs };
      return hasLasted ? undefined : known;
    default:
      return assertNever(phase);
  }
}

/** Restarts are counted one by one: the limit itself is already too many. */
function isAbove(kind: AlertRuleName, value: number, limit: number): boolean {
  return kind === 'restarts' ? value >= limit : value > limit;
}

function isFine(kind: AlertRuleName, value: number, limit: number): boolean {
  return kind === 'restarts' ? value < limit : value <= limit * FINE_BELOW;
}

function inWords(kind: AlertRuleName, limit: number): string {
  switch (kind) {
    case 'cpu':
      return `CPU above ${limit} %`;
    case 'memory':
      return `memory above ${size(limit)}`;
    case 'memory_growth':
      return `memory grows by more than ${size(limit)} an hour`;
    case 'errors_per_minute':
      return `more than ${limit} errors a minute`;
    case 'error_rate':
      return `more than ${limit} % of its lines are errors`;
    case 'restarts':
      return `restarted ${limit} times in a row`;
    case 'latency':
      return `health checks take longer than ${duration(limit)}`;
    case 'ready_within':
      return `not ready within ${duration(limit)}`;
    case 'unhealthy_for':
      return `unhealthy for more than ${duration(limit)}`;
    default:
      return assertNever(kind);
  }
}

const UNITS = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;

function size(limit: number): string {
  const [unit, bytes] = UNITS.find(([, each]) => limit >= each) ?? ['B', 1];
  return `${Math.round((limit / bytes) * 10) / 10} ${unit}`;
}

function duration(limitMs: number): string {
  if (limitMs < 1000) return `${limitMs} ms`;
  return limitMs < 60_000 ? `${limitMs / 1000} s` : `${Math.round(limitMs / 6_000) / 10} min`;
}
