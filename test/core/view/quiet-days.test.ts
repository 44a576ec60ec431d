// What an ordinary service does in ten days, and what each rule says of it; and what each says of a planted regression.
// Time is counted, not waited for; the noise is made from a seed, and the same each time.

import { describe, expect, it } from 'vitest';
import type { AlertSpec } from '../../../src/core/model/project.ts';
import { type Alert, isRaised, judgeAlerts, type Measured } from '../../../src/core/view/alerts.ts';
import { memoryGrowth, type MemoryTrend, withMemory } from '../../../src/core/view/memory-trend.ts';

const MIB = 1024 ** 2;
const HOUR_MS = 3_600_000;
const LOOK_MS = 10_000;

const rule = (above: number) => ({ above, forMs: 30_000, severity: 'warning' as const });
const spec: AlertSpec = {
  cpu: rule(90),
  memory: rule(512 * MIB),
  memory_growth: rule(20 * MIB),
  errors_per_minute: rule(20),
  error_rate: rule(4),
  latency: rule(100),
};

function createNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

interface Trouble {
  readonly fromHours: number;
  /** MiB an hour. */
  readonly leak?: number;
  readonly errorRate?: number;
  readonly latencyTimes?: number;
}

/** Restarts each morning with a warm-up, builds that take a core, collections of garbage, slow answers now and then. */
function live(
  days: number,
  seed: number,
  trouble: Trouble = { fromHours: Infinity },
): readonly { rule: string; hours: number }[] {
  const noise = createNoise(seed);
  let alerts: readonly Alert[] = [];
  let trend: MemoryTrend | undefined;
  let garbage = 0;
  let cache = 0;
  let latencies: number[] = [];
  const told: { rule: string; hours: number }[] = [];
  for (let nowMs = 0; nowMs < days * 24 * HOUR_MS; nowMs += LOOK_MS) {
    const hours = nowMs / HOUR_MS;
    const isIll = hours >= trouble.fromHours;
    if (nowMs % (24 * HOUR_MS) === 0) trend = undefined;
    const uptimeHours = hours % 24;
    // A cache is filled at some moment of the day, all at once.
    if (noise() < 0.0002) cache = noise() * 60 * MIB;
    // It is collected when there is enough of it, as runtimes do.
    garbage = garbage > (40 + noise() * 60) * MIB ? 0 : garbage + noise() * 2 * MIB;
    const leaked = isIll ? (trouble.leak ?? 0) * (hours - trouble.fromHours) * MIB : 0;
    const warm = 80 * MIB * (1 - Math.exp(-uptimeHours * 6));
    const rss = 120 * MIB + warm + cache + garbage + leaked + noise() * 4 * MIB;
    trend = withMemory(trend, rss, nowMs);
    const isBuilding = Math.floor(nowMs / 20_000) % 40 === 0;
    const slow = noise() < 1 / 5_000 ? 6 : 1;
    latencies = [...latencies.slice(-19), (20 + noise() * 20) * slow * (isIll ? (trouble.latencyTimes ?? 1) : 1)];
    const measured: Measured = {
      cpu: isBuilding ? 100 + noise() * 80 : noise() * 20,
      memory: rss,
      memory_growth: memoryGrowth(trend),
      errors_per_minute: Math.floor(noise() * 6),
      error_rate: isIll && trouble.errorRate !== undefined ? trouble.errorRate + noise() : noise() * 1.5,
      latency: latencies.toSorted((a, b) => a - b)[Math.ceil(latencies.length * 0.95) - 1],
    };
    const before = alerts.filter(isRaised).map(({ kind }) => kind);
    alerts = judgeAlerts(spec, measured, alerts, nowMs);
    for (const { kind } of alerts.filter(isRaised)) if (!before.includes(kind)) told.push({ rule: kind, hours });
  }
  return told;
}

describe('ten quiet days', () => {
  // In 4, 9 and 1414 a cache is filled twice right after a warm-up.
  it.each([1, 2, 3, 4, 5, 9, 1414])('raise nothing (noise %d)', (seed) => {
    expect(live(10, seed)).toEqual([]);
  });
});

describe('a planted regression is named, and nothing else', () => {
  const seeds = [11, 12, 13, 14, 15];
  it.each<[string, Trouble, string, number]>([
    ['a leak of 50 MiB an hour', { fromHours: 30, leak: 50 }, 'memory_growth', 3],
    ['errors on 5 % of the lines', { fromHours: 30, errorRate: 5 }, 'error_rate', 0.05],
    ['answers three times as slow', { fromHours: 30, latencyTimes: 3 }, 'latency', 0.1],
  ])('%s', (_what, trouble, wanted, withinHours) => {
    for (const seed of seeds) {
      const told = live(1.5, seed, trouble);
      expect(told[0]).toMatchObject({ rule: wanted });
      expect((told[0]?.hours ?? 0) - trouble.fromHours).toBeLessThan(withinHours);
      expect(told[0]?.hours).toBeGreaterThanOrEqual(trouble.fromHours);
    }
  });
});
