import { describe, expect, it } from 'vitest';
import { memoryGrowth, type MemoryTrend, slowGrowth, withMemory } from '../../../src/core/view/memory-trend.ts';

const MIB = 1024 ** 2;
const minutes = (count: number, mib: (minute: number) => number) =>
  Array.from({ length: count }, (_, minute) => mib(minute) * MIB);
/** Collections of garbage every few minutes. */
const garbage = (minute: number) => ((minute * 7) % 11) * 3;

function lookFor(seconds: number, mib: (second: number) => number): MemoryTrend | undefined {
  let trend: MemoryTrend | undefined;
  for (let second = 0; second < seconds; second += 5) trend = withMemory(trend, mib(second) * MIB, second * 1000);
  return trend;
}

describe('growing memory', () => {
  it('is found with its pace: slow growth in two hours, faster in one', () => {
    const slow = minutes(120, (minute) => 200 + (50 / 60) * minute + garbage(minute));
    expect((slowGrowth(slow) ?? 0) / MIB).toBeCloseTo(50, -1.5);
    const fast = minutes(60, (minute) => 200 + (200 / 60) * minute + garbage(minute));
    expect((slowGrowth(fast) ?? 0) / MIB).toBeCloseTo(200, -1.5);
  });

  it('is found within two minutes when it is fast', () => {
    const trend = lookFor(140, (second) => 50 + second);
    expect((trend === undefined ? 0 : (memoryGrowth(trend) ?? 0)) / MIB).toBeCloseTo(3600, -2);
  });

  it('is not a step, a warm-up, garbage or shrinking', () => {
    for (const count of [60, 120]) {
      expect(slowGrowth(minutes(count, (minute) => (minute < count / 2 ? 200 : 300) + garbage(minute)))).toBe(0);
      expect(slowGrowth(minutes(count, (minute) => 300 - 200 * Math.exp(-minute / 10)))).toBe(0);
      expect(slowGrowth(minutes(count, (minute) => 200 + garbage(minute) * 4))).toBe(0);
      expect(slowGrowth(minutes(count, (minute) => 200 - minute))).toBe(0);
    }
    const start = lookFor(140, (second) => 300 - 280 * Math.exp(-second / 20));
    expect(start === undefined ? 0 : memoryGrowth(start)).toBeUndefined();
  });

  it('is not reported before an hour when it is slow', () => {
    expect(slowGrowth(minutes(59, (minute) => minute))).toBeUndefined();
  });
});

describe('the minutes of a trend', () => {
  it('hold the minimum of each for two hours, and start again after a gap', () => {
    const trend = lookFor(8_000, (second) => 100 + Math.floor(second / 60) + (second % 60));
    expect(trend?.minutes.values).toHaveLength(120);
    expect(trend?.minutes.values.at(-1)).toBe((100 + 132) * MIB);
    expect(withMemory(trend, 7, 8_300_000).minutes).toEqual({ slot: 138, least: 7, values: [] });
    expect(withMemory(trend, 7, 0).minutes.values).toEqual([]);
  });
});
