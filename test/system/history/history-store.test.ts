import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { HistoryItem, MinuteRow } from '../../../src/core/session/history.ts';
import { openDatabase } from '../../../src/system/state/sqlite.ts';
import { openHistoryReader } from '../../../src/system/history/history-reader.ts';
import { openHistoryStore, putHistoryAside, troubleOf } from '../../../src/system/history/history-store.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = Date.parse('2026-06-01T12:00:00.000Z');

function createPath(): string {
  const dir = mkdtempSync(join(tmpdir(), 'devdeck-history-'));
  onTestFinished(() => {
    chmodSync(dir, 0o700);
    rmSync(dir, { recursive: true, force: true });
  });
  return join(dir, 'history.db');
}

function open(path: string, options = {}) {
  const store = openHistoryStore(path, options);
  onTestFinished(() => {
    try {
      store.close();
    } catch {
      // The test has closed it.
    }
  });
  return store;
}

const crash = (agoMs: number, error = 'gone'): HistoryItem => ({
  at: new Date(NOW - agoMs).toISOString(),
  actor: 'devdeck',
  type: 'crash',
  service: 'api',
  run: 1,
  code: 1,
  signal: null,
  uptimeMs: 5,
  error,
});

const minute = (agoMinutes: number, more: Partial<MinuteRow> = {}): MinuteRow => ({
  service: 'api',
  minute: Math.floor(NOW / 60_000) - agoMinutes,
  cpuPercent: 10,
  leastRssBytes: 100,
  mostRssBytes: 200,
  errors: 1,
  lines: 10,
  latencyMs: 5,
  ...more,
});

function read(path: string, sinceMs = 0) {
  const reader = openHistoryReader(path);
  const items = reader?.items({ sinceMs }) ?? [];
  const minutes = reader?.minutes({ sinceMs, services: ['api', 'web'] }) ?? [];
  reader?.close();
  return { items, minutes };
}

describe('the history on disk', () => {
  it('returns the written facts by time to a reader beside the writer', () => {
    const path = createPath();
    const store = open(path);
    const commit: HistoryItem = {
      at: new Date(NOW - 20).toISOString(),
      actor: null,
      type: 'commit',
      commit: 'a'.repeat(40),
      branch: 'main',
    };
    store.write({ items: [crash(10), commit], minutes: [minute(1)] });
    expect(read(path)).toEqual({ items: [commit, crash(10)], minutes: [minute(1)] });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600);
  });

  it('finds items by their filter', () => {
    const path = createPath();
    open(path).write({ items: [crash(5 * DAY_MS, 'old'), crash(10, 'new')], minutes: [] });
    const reader = openHistoryReader(path);
    onTestFinished(() => reader?.close());
    expect(reader?.items({ sinceMs: NOW - DAY_MS, types: ['crash', 'start'] })).toMatchObject([{ error: 'new' }]);
    expect(reader?.items({ sinceMs: 0, types: ['start'] })).toEqual([]);
    expect(reader?.items({ sinceMs: 0, services: ['web'] })).toEqual([]);
  });

  it('keeps 30 days, and older minutes as ten and sixty, with the same sums', () => {
    const path = createPath();
    const store = open(path);
    const days = (count: number) => count * 24 * 60;
    const minutes = [
      ...Array.from({ length: 40 }, (_, index) => index),
      ...Array.from({ length: 40 }, (_, index) => days(2) + index),
    ];
    const rows = [...minutes, ...Array.from({ length: 120 }, (_, index) => days(10) + index), days(31)].map((ago) =>
      minute(ago, { leastRssBytes: 100 + ago }),
    );
    store.write({ items: [crash(31 * DAY_MS), crash(DAY_MS)], minutes: rows });
    let pieces = 0;
    while (store.thin(NOW)) pieces += 1;
    expect(pieces).toBeLessThan(100);
    const kept = read(path);
    expect(kept.items).toEqual([crash(DAY_MS)]);
    const within = (from: number, to: number) =>
      kept.minutes.filter((row) => row.minute >= minute(to).minute && row.minute <= minute(from).minute);
    expect(within(0, 40)).toHaveLength(40);
    expect(within(days(2) - 10, days(2) + 60).length).toBeLessThanOrEqual(5);
    expect(within(days(10) - 60, days(10) + 180).length).toBeLessThanOrEqual(3);
    const errors = kept.minutes.reduce((sum, row) => sum + row.errors, 0);
    expect(errors).toBe(rows.length - 1);
    expect(Math.min(...within(days(10) - 60, days(10) + 180).map((row) => row.leastRssBytes))).toBe(100 + days(10));
  });

  it('stays within its size by deleting the oldest', () => {
    const path = createPath();
    const store = open(path, { mostBytes: 1_000_000 });
    const long = 'x'.repeat(400);
    const items = Array.from({ length: 3_000 }, (_, index) => crash((3_000 - index) * 1_000, `${index} ${long}`));
    store.write({ items, minutes: [] });
    while (store.thin(NOW));
    const kept = read(path).items;
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.length).toBeLessThan(2_500);
    expect(kept.at(-1)).toEqual(items.at(-1));
  });

  it('delays nothing while another process keeps it locked', () => {
    const path = createPath();
    const store = open(path);
    store.write({ items: [crash(1)], minutes: [] });
    const other = openDatabase(path, { timeoutMs: 0 });
    onTestFinished(() => other.close());
    other.exec('BEGIN IMMEDIATE');
    const beganMs = performance.now();
    let trouble: unknown;
    try {
      store.write({ items: [crash(2)], minutes: [] });
    } catch (error) {
      trouble = troubleOf(error);
    }
    expect(trouble).toBe('locked');
    expect(performance.now() - beganMs).toBeLessThan(200);
    other.exec('ROLLBACK');
    store.write({ items: [crash(2)], minutes: [] });
    expect(read(path).items).toHaveLength(2);
  });

  it('is set aside when it is broken, and a new one begins', () => {
    const path = createPath();
    writeFileSync(path, 'no database at all, but long enough to be looked at as one'.repeat(50));
    let trouble: unknown;
    try {
      open(path);
    } catch (error) {
      trouble = troubleOf(error);
    }
    expect(trouble).toBe('broken');
    const aside = putHistoryAside(path);
    open(path).write({ items: [crash(1)], minutes: [] });
    expect(read(path).items).toEqual([crash(1)]);
    expect(readFileSync(aside, 'utf8')).toContain('no database at all');
  });

  it('is not written through a link, nor when a newer version made it', () => {
    const path = createPath();
    const target = `${path}.target`;
    writeFileSync(target, '');
    symlinkSync(target, path);
    expect(() => open(path)).toThrow(/ELOOP|symbolic/);
    expect(readFileSync(target, 'utf8')).toBe('');
    const newer = `${path}.newer`;
    const database = openDatabase(newer, { timeoutMs: 0 });
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => open(newer)).toThrow('newer version');
  });

  it('can be read in a folder that cannot be written', () => {
    const path = createPath();
    const store = open(path);
    store.write({ items: [crash(1)], minutes: [] });
    store.close();
    chmodSync(join(path, '..'), 0o500);
    expect(read(path).items).toEqual([crash(1)]);
  });

  it('leaves out what somebody else wrote there: moments that no date can hold, and what is no fact', () => {
    const path = createPath();
    open(path).write({ items: [crash(1)], minutes: [] });
    const database = openDatabase(path, { timeoutMs: 0 });
    const add = database.prepare(
      "INSERT INTO events (at, type, service, actor, fact) VALUES (?, 'crash', 'api', NULL, ?)",
    );
    add.run(9_000_000_000_000_000_000n, '{"type":"crash"}');
    for (const fact of ['null', '7', '[]', '"text"', '{', '['.repeat(9_000)]) add.run(NOW, fact);
    database.close();
    expect(read(path).items).toEqual([crash(1)]);
  });

  it('waits for nobody where a named pipe or a link lies in its place', () => {
    const path = createPath();
    execFileSync('mkfifo', [path]);
    expect(openHistoryReader(path)).toBeUndefined();
    symlinkSync(path, `${path}.link`);
    expect(openHistoryReader(`${path}.link`)).toBeUndefined();
  });
});

describe('a month of twenty services', () => {
  const CHANGES = ['starting', 'ready', 'stopped'];

  function writeMonth(path: string): void {
    const store = open(path);
    const at = (hours: number, ms: number) => new Date(NOW - hours * 3_600_000 + ms).toISOString();
    for (let hour = 720; hour > 0; hour -= 12) {
      const items = Array.from({ length: 20 }, (_, index) => `service-${index}`).flatMap((service): HistoryItem[] => [
        ...CHANGES.map((state, step): HistoryItem => {
          const fact = { type: 'state', service, state, previous: 'stopped', run: 1, why: '' } as HistoryItem;
          return { ...fact, at: at(hour, step), actor: null };
        }),
        { ...crash(0), service, at: at(hour, 5) } as HistoryItem,
      ]);
      store.write({ items, minutes: [] });
    }
    store.close();
  }

  it('is asked for crashes and states without reading the text of a single state', () => {
    const path = createPath();
    writeMonth(path);
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => parse.mockRestore());
    const reader = openHistoryReader(path);
    const crashes = reader?.items({ sinceMs: 0, types: ['crash'] }) ?? [];
    const states = reader?.states(0) ?? [];
    reader?.close();
    expect([crashes.length, states.length]).toEqual([1_200, 3_600]);
    expect(parse).toHaveBeenCalledTimes(crashes.length);
    expect(states.slice(0, 3).map(({ service, state }) => `${service} ${state}`)).toEqual([
      'service-0 starting',
      'service-0 ready',
      'service-0 stopped',
    ]);
  });

  it('is asked for the newest facts of one service by an index', () => {
    const path = createPath();
    writeMonth(path);
    const reader = openHistoryReader(path);
    const newest = reader?.items({ sinceMs: 0, types: ['crash'], services: ['service-3'], newest: 2 }) ?? [];
    reader?.close();
    expect(newest.map(({ at }) => at)).toEqual(
      [24, 12].map((hours) => new Date(NOW - hours * 3_600_000 + 5).toISOString()),
    );
    const database = openDatabase(path, { timeoutMs: 0, isReadOnly: true });
    const plan = database
      .prepare("EXPLAIN QUERY PLAN SELECT fact FROM events WHERE at >= ? AND type IN ('crash') AND service IN (?)")
      .all(0, 'service-3')
      .map(({ detail }) => String(detail));
    database.close();
    expect(plan).toEqual([expect.stringContaining('USING INDEX events_by_service (service=? AND type=? AND at>?)')]);
  });
});
