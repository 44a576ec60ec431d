import { describe, expect, it } from 'vitest';
import { insights } from '../../../src/core/history/insights.ts';
import type { HistoryItem, MinuteRow } from '../../../src/core/session/history.ts';

const NOW = Date.parse('2026-06-11T12:00:00.000Z');
const HOUR_MS = 3_600_000;
const MIB = 1024 ** 2;

function createNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const start = (agoMs: number, startingMs: number): HistoryItem => ({
  at: new Date(NOW - agoMs).toISOString(),
  actor: 'screen',
  type: 'start',
  service: 'web',
  run: 1,
  waitingMs: 9_000,
  beforeMs: 0,
  startingMs,
  readyMs: 9_000 + startingMs,
});
const commit = (agoMs: number, name: string): HistoryItem => ({
  at: new Date(NOW - agoMs).toISOString(),
  actor: null,
  type: 'commit',
  commit: name.repeat(10),
  branch: 'main',
});
const crash = (agoMs: number, error: string): HistoryItem => ({
  at: new Date(NOW - agoMs).toISOString(),
  actor: null,
  type: 'crash',
  service: 'web',
  run: 1,
  code: 1,
  signal: null,
  uptimeMs: 5,
  error,
});
const texts = (items: readonly HistoryItem[], minutes: readonly MinuteRow[] = []) =>
  insights(items, minutes, NOW).map(({ service, text }) => `${service}: ${text}`);

/** Ten days, a start every hour: two seconds or so, now and then with a cold cache; a commit every five hours. */
function quietDays(seed: number, more: (agoHours: number) => number = () => 0): readonly HistoryItem[] {
  const noise = createNoise(seed);
  return Array.from({ length: 240 }, (_, index) => 240 - index).flatMap((agoHours) => [
    ...(agoHours % 5 === 0 ? [commit(agoHours * HOUR_MS, agoHours.toString(16).padStart(4, '0'))] : []),
    start(agoHours * HOUR_MS - 1_000, 1_700 + noise() * 400 + more(agoHours)),
  ]);
}

describe('the news for a person', () => {
  it('contain a start that takes longer than usual, with the commit since which it does', () => {
    const slower = quietDays(7, (agoHours) => (agoHours <= 5 ? 2_200 : 0));
    expect(texts(slower)).toEqual([
      expect.stringMatching(/^web: 4\.\d s to ready, usually 1\.9 s, since commit 0005000$/),
    ]);
    const once = [...quietDays(7), start(10, 4_500)];
    expect(texts(once)).toEqual([expect.stringMatching(/^web: 4\.5 s to ready, usually (?:1\.9|2\.0) s$/)]);
  });

  it('blame no commit that was there before, though a new session tells it again', () => {
    const quick = Array.from({ length: 8 }, (_, index) => start((20 - index) * HOUR_MS, 700));
    const after = (name: string) => [
      commit(30 * HOUR_MS, 'd07d'),
      ...quick,
      commit(HOUR_MS, name),
      start(1_000, 3_000),
    ];
    expect(texts(after('d07d'))).toEqual(['web: 3.0 s to ready, usually 0.7 s']);
    expect(texts(after('aaaa'))).toEqual(['web: 3.0 s to ready, usually 0.7 s, since commit aaaaaaa']);
    // Nobody knows what was checked out before.
    expect(texts(after('aaaa').slice(1))).toEqual(['web: 3.0 s to ready, usually 0.7 s']);
  });

  it('contain the third crash of a day with the same error, ignoring numbers in it', () => {
    const two = [crash(3 * HOUR_MS, 'no route to 10.0.0.1:5432'), crash(2 * HOUR_MS, 'no route to 10.0.0.7:5433')];
    expect(texts(two)).toEqual([]);
    expect(texts([...two, crash(HOUR_MS, 'out of memory')])).toEqual([]);
    expect(texts([...two, crash(HOUR_MS, 'no route to 10.0.0.9:5432')])).toEqual([
      'web: third crash today with the same error: no route to 10.0.0.9:5432',
    ]);
    expect(texts([crash(30 * HOUR_MS, 'x'), crash(26 * HOUR_MS, 'x'), crash(1, 'x')])).toEqual([]);
  });

  it('contain growing memory', () => {
    const minutes = (perHour: number): readonly MinuteRow[] =>
      Array.from({ length: 130 }, (_, index) => ({
        service: 'web',
        minute: index,
        cpuPercent: 1,
        leastRssBytes: (200 + (perHour * index) / 60 + ((index * 7) % 5)) * MIB,
        mostRssBytes: 400 * MIB,
        errors: 0,
        lines: 0,
        latencyMs: null,
      }));
    expect(texts([], minutes(40))).toEqual([expect.stringMatching(/^web: memory grows [34]\d MiB an hour$/)]);
    expect(texts([], minutes(0))).toEqual([]);
    // A restart in between.
    expect(
      texts(
        [],
        minutes(40).filter(({ minute }) => minute !== 100),
      ),
    ).toEqual([]);
  });
});

describe('ten quiet days', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('give no news after any start (noise %d)', (seed) => {
    const items = quietDays(seed);
    const told = items.flatMap((_, index) => texts(items.slice(0, index + 1)));
    expect(told).toEqual([]);
  });
});
