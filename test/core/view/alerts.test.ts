import { describe, expect, it } from 'vitest';
import { judgeAlerts, type Alert, type Measured } from '../../../src/core/view/alerts.ts';

const calm: Measured = { cpuPercent: 5, rssBytes: 1_000, errorsPerMinute: 0, restarts: 0 };
const spec = { cpuPercent: 90, rssBytes: 1024 ** 3, errorsPerMinute: 20, restarts: 3 };

/** Looks every two seconds; the kinds that are raised after each look. */
function raisedAfter(...measured: Partial<Measured>[]): string[] {
  let alerts: readonly Alert[] = [];
  return measured.map((values, index) => {
    alerts = judgeAlerts(spec, { ...calm, ...values }, alerts, index * 2_000);
    return alerts.flatMap(({ kind, isRaised }) => (isRaised ? [kind] : [])).join(' ');
  });
}

describe('alerts', () => {
  it('begin when CPU or memory are too high over two looks, not for one peak', () => {
    expect(raisedAfter({ cpuPercent: 200 }, {}, { cpuPercent: 200 }, { cpuPercent: 100 })).toEqual(['', '', '', 'cpu']);
    expect(raisedAfter({ rssBytes: 2e9 }, { rssBytes: 2e9 })).toEqual(['', 'memory']);
  });

  it('end when the value is well below, so that they do not flicker', () => {
    const cpu = [95, 95, 89, 73, 71, 89].map((cpuPercent) => ({ cpuPercent }));
    expect(raisedAfter(...cpu)).toEqual(['', 'cpu', 'cpu', 'cpu', '', '']);
  });

  it('begin at once for errors and restarts', () => {
    expect(raisedAfter({ errorsPerMinute: 20 }, { errorsPerMinute: 21 }, { errorsPerMinute: 17 }, {})).toEqual([
      '',
      'errors',
      'errors',
      '',
    ]);
    expect(raisedAfter({ restarts: 2 }, { restarts: 3 }, { restarts: 0 })).toEqual(['', 'restarts', '']);
  });

  it('are the same list as long as nothing changes, and none without a limit', () => {
    const before = judgeAlerts(spec, { ...calm, restarts: 5 }, [], 0);
    expect(before).toMatchObject([{ message: 'restarted 3 times in a row', sinceMs: 0 }]);
    expect(judgeAlerts(spec, { ...calm, restarts: 6 }, before, 9_000)).toBe(before);
    expect(judgeAlerts({}, { cpuPercent: 900, rssBytes: 9e12, errorsPerMinute: 900, restarts: 90 }, [], 0)).toEqual([]);
  });

  it('name the limit in the unit that fits', () => {
    const messages = [1_000, 1_048_576, 1.5 * 1024 ** 3].map(
      (rssBytes) => judgeAlerts({ rssBytes }, { ...calm, rssBytes: 9e12 }, [], 0)[0]?.message,
    );
    expect(messages).toEqual(['memory above 1000 B', 'memory above 1 MiB', 'memory above 1.5 GiB']);
  });

  it('end for a service that runs no more', () => {
    expect(raisedAfter({ cpuPercent: 95 }, { cpuPercent: 95 }, { cpuPercent: null, rssBytes: null })).toEqual([
      '',
      'cpu',
      '',
    ]);
  });
});
