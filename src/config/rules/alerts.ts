// `alerts:` of a service as merged → its rules, each with its limit in the unit of the core.

import { BugError } from '../../errors.ts';
import type { AlertRule, AlertSpec } from '../../core/model/project.ts';
import { ALERT_RULES, type AlertRuleName } from '../../core/model/vocabulary.ts';
import type { MergedService } from './layers.ts';
import { quoted } from '../text/position.ts';
import { parseDurationMs, parseSizeBytes } from '../text/quantity.ts';

const DEFAULT_FOR_MS = 30_000;
/** They say how long, or count what does not come and go. */
const AT_ONCE: ReadonlySet<AlertRuleName> = new Set(['restarts', 'ready_within', 'unhealthy_for']);

export function alertsOf(alerts: NonNullable<MergedService['alerts']>): AlertSpec {
  const rules = ALERT_RULES.flatMap((rule): readonly (readonly [AlertRuleName, AlertRule])[] => {
    const { above, for: lasting, severity = 'warning' } = alerts[rule] ?? {};
    if (above === undefined) return [];
    const otherwise = AT_ONCE.has(rule) ? 0 : DEFAULT_FOR_MS;
    const forMs = lasting === undefined ? otherwise : known(parseDurationMs(lasting), lasting);
    return [[rule, { above: limitOf(rule, above), forMs, severity }]];
  });
  return Object.fromEntries(rules);
}

function limitOf(rule: AlertRuleName, written: string | number): number {
  if (typeof written === 'number') return written;
  switch (rule) {
    case 'memory':
    case 'memory_growth':
      return known(parseSizeBytes(written.replace(/\/h$/, '')), written);
    case 'latency':
    case 'ready_within':
    case 'unhealthy_for':
      return known(parseDurationMs(written), written);
    default:
      return Number.parseFloat(written);
  }
}

function known(value: number | undefined, written: string): number {
  if (value === undefined) throw new BugError(`the schema let through ${quoted(written)}`);
  return value;
}
