import { array, assert, constantFrom, integer, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertSpec } from '../../../src/core/model/project.ts';
import { ALERT_RULES } from '../../../src/core/model/vocabulary.ts';
import { type Alert, isRaised, judgeAlerts, type Measured } from '../../../src/core/view/alerts.ts';

const rule = (above: number, forMs = 30_000) => ({ above, forMs, severity: 'warning' as const });
const spec: AlertSpec = {
  cpu: rule(90),
  memory: rule(1024 ** 3),
  errors_per_minute: rule(20, 0),
  restarts: rule(3, 0),
};
const calm: Measured = { cpu: 5, memory: 1_000, errors_per_minute: 0, restarts: 0 };

/** Looks every ten seconds; the rules that are raised after each look. */
function raisedAfter(...measured: Measured[]): string[] {
  let alerts: readonly Alert[] = [];
  return measured.map((values, index) => {
    alerts = judgeAlerts(spec, { ...calm, ...values }, alerts, index * 10_000);
    return alerts.flatMap((alert) => (isRaised(alert) ? [alert.kind] : [])).join(' ');
  });
}

describe('alerts', () => {
  it('are raised when a value was too high for the time of the rule, not for a peak', () => {
    const cpu = [95, 200, 80, 95, 95, 95, 95].map((value) => ({ cpu: value }));
    expect(raisedAfter(...cpu)).toEqual(['', '', '', '', '', '', 'cpu']);
  });

  it('are cleared when the value was a tenth below for as long, not for a dip', () => {
    const cpu = [95, 95, 95, 95, 82, 80, 80, 80, 95, 80, 80, 80, 80, 80].map((value) => ({ cpu: value }));
    expect(raisedAfter(...cpu).map((raised) => Number(raised === 'cpu'))).toEqual([
      0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0,
    ]);
  });

  it('are raised at once without a time, and for restarts at their limit', () => {
    expect(raisedAfter({ errors_per_minute: 20 }, { errors_per_minute: 21 }, { errors_per_minute: 19 }, {})).toEqual([
      '',
      'errors_per_minute',
      'errors_per_minute',
      '',
    ]);
    expect(raisedAfter({ restarts: 2 }, { restarts: 3 }, { restarts: 2 })).toEqual(['', 'restarts', '']);
  });

  it('do not change while a value is unknown, and end when the service is no longer wanted', () => {
    const unknown = { cpu: undefined };
    const cpu = [...[95, 95, 95, 95].map((value) => ({ cpu: value })), unknown, unknown, unknown, unknown];
    expect(raisedAfter(...cpu).at(-1)).toBe('cpu');
    const raised = judgeAlerts(spec, { ...calm, restarts: 5 }, [], 0);
    expect(judgeAlerts(spec, { ...calm, restarts: 5 }, raised, 1, true)).toEqual([]);
  });

  it('are the same list until something changes, and an empty one without rules', () => {
    const before = judgeAlerts(spec, { ...calm, restarts: 5 }, [], 0);
    expect(before).toMatchObject([{ message: 'restarted 3 times in a row', sinceMs: 0, value: 5, limit: 3 }]);
    expect(judgeAlerts(spec, { ...calm, restarts: 6 }, before, 9_000)).toBe(before);
    expect(judgeAlerts({}, { cpu: 900, memory: 9e12, restarts: 90 }, [], 0)).toEqual([]);
  });

  it('follow a rule that was edited', () => {
    const before = judgeAlerts(spec, { ...calm, restarts: 5 }, [], 0);
    expect(judgeAlerts({ restarts: rule(9, 0) }, { restarts: 5 }, before, 1_000)).toEqual([]);
    expect(judgeAlerts({ restarts: rule(4, 0) }, { restarts: 5 }, before, 1_000)).toMatchObject([{ limit: 4 }]);
  });

  it.each([
    ['memory', 1_000, 'memory above 1000 B'],
    ['memory', 1.5 * 1024 ** 3, 'memory above 1.5 GiB'],
    ['memory_growth', 50 * 1024 ** 2, 'memory grows by more than 50 MiB an hour'],
    ['latency', 200, 'health checks take longer than 200 ms'],
    ['ready_within', 10_000, 'not ready within 10 s'],
    ['unhealthy_for', 90_000, 'unhealthy for more than 1.5 min'],
    ['error_rate', 5, 'more than 5 % of its lines are errors'],
  ] as const)('name the limit of %s in a unit that fits: %d', (kind, above, message) => {
    expect(judgeAlerts({ [kind]: rule(above, 0) }, { [kind]: above + 1 }, [], 0)).toMatchObject([{ kind, message }]);
  });

  it('are raised and cleared in turns, only after their time, for any values', () => {
    const samples = array(
      record({
        value: option(integer({ min: 0, max: 200 }), { nil: undefined }),
        ms: integer({ min: 1, max: 20_000 }),
      }),
    );
    assert(
      property(constantFrom(...ALERT_RULES), samples, integer({ min: 0, max: 60_000 }), (kind, steps, forMs) => {
        let alerts: readonly Alert[] = [];
        let nowMs = 0;
        let wasRaised = false;
        /** Since when every known value was above, or a tenth below. */
        const since = { above: Infinity, below: Infinity };
        for (const { value, ms } of steps) {
          nowMs += ms;
          if (value !== undefined) {
            const isAbove = kind === 'restarts' ? value >= 100 : value > 100;
            const isBelow = kind === 'restarts' ? value < 100 : value <= 90;
            since.above = isAbove ? Math.min(since.above, nowMs) : Infinity;
            since.below = isBelow ? Math.min(since.below, nowMs) : Infinity;
          }
          alerts = judgeAlerts({ [kind]: rule(100, forMs) }, { [kind]: value }, alerts, nowMs);
          const isNow = alerts.some(isRaised);
          if (isNow && !wasRaised) expect(nowMs - since.above).toBeGreaterThanOrEqual(forMs);
          if (!isNow && wasRaised) expect(nowMs - since.below).toBeGreaterThanOrEqual(forMs);
          if (value !== undefined && !isNow) expect(nowMs - since.above).toBeLessThan(forMs || 1);
          wasRaised = isNow;
        }
      }),
    );
  });
});
