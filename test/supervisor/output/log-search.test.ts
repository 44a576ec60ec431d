import { describe, expect, it } from 'vitest';
import type { LogSearch } from '../../../src/core/session/log-query.ts';
import { searchLog } from '../../../src/supervisor/output/log-search.ts';

const ALL = { matching: [], excluding: [], errorsOnly: false };

/** A log of these lines, the first `older` of them from before the session. */
function logOf(texts: readonly string[], options: { readonly older?: number; readonly isPartial?: boolean } = {}) {
  const { older = 0, isPartial = false } = options;
  const all = texts.map((text, index) => ({
    seq: index - older,
    timeMs: Date.UTC(2026, 0, 1) + index,
    text,
    partial: isPartial && index === texts.length - 1,
  }));
  return {
    next: texts.length - older,
    first: () => -older,
    read: (from: number, count: number) => all.filter(({ seq }) => seq >= from && seq < from + count),
  };
}

function search(log: ReturnType<typeof logOf>, wanted: Partial<LogSearch>, turns = Infinity) {
  let asked = 0;
  const clock = { nowMs: () => (asked++ < turns ? 0 : 1000) };
  const usual = { service: 'web', filter: ALL, from: 0, direction: 'newer', limit: 100 } as const;
  const { lines, reached } = searchLog(log, { ...usual, ...wanted }, clock, { stretchLines: 10 });
  return { texts: lines.map(({ text }) => text), reached };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);

describe('searching a log', () => {
  it('marks a line without an end, because it will come again', () => {
    const log = logOf(['one', 'two? '], { isPartial: true });
    const wanted = { service: 'web', from: 0, direction: 'newer', limit: 9 } as const;
    const findings = (matching: readonly string[]) =>
      searchLog(log, { ...wanted, filter: { ...ALL, matching } }, { nowMs: () => 0 });
    expect(findings(['two'])).toMatchObject({
      lines: [],
      reached: 1,
      next: 1,
      open: [{ text: 'two? ', partial: true }],
    });
    expect(findings(['one']).open).toBeUndefined();
    expect(findings([])).toMatchObject({ lines: [{ text: 'one' }], open: [{ seq: 1 }] });
  });

  it('finds matching lines in the order of the log, and says where it ended', () => {
    const filter = { ...ALL, matching: ['line .?7$'] };
    expect(search(logOf(numbered(40)), { filter })).toEqual({
      texts: ['line 7', 'line 17', 'line 27', 'line 37'],
      reached: 40,
    });
    expect(search(logOf(numbered(40)), { filter, from: 39, direction: 'older', limit: 2 })).toEqual({
      texts: ['line 27', 'line 37'],
      reached: 26,
    });
  });

  it('reaches the lines of earlier sessions', () => {
    const log = logOf(numbered(40), { older: 30 });
    expect(search(log, { from: 9, direction: 'older', filter: { ...ALL, matching: ['line 0'] } })).toEqual({
      texts: ['line 0'],
      reached: -31,
    });
  });

  it('leaves out excluded lines', () => {
    const filter = { ...ALL, matching: ['line 1'], excluding: ['1[0-8]'] };
    expect(search(logOf(numbered(20)), { filter }).texts).toEqual(['line 1', 'line 19']);
  });

  it('matches the text, not its colours', () => {
    const log = logOf(['\u001b[32mIN\u001b[0mFO: up', 'nothing']);
    expect(search(log, { filter: { ...ALL, matching: ['^INFO'] } }).texts).toHaveLength(1);
  });

  it('keeps a trace with its error, also when the search starts within it', () => {
    const texts = [
      'INFO up',
      'ERROR it broke',
      ...Array.from({ length: 20 }, () => '    at main (app.js:1:1)'),
      'INFO on',
    ];
    const filter = { ...ALL, errorsOnly: true };
    expect(search(logOf(texts), { filter }).texts).toHaveLength(21);
    expect(search(logOf(texts), { filter, from: 12 }).texts).toHaveLength(10);
  });

  it.each(['newer', 'older'] as const)('reads long lines in smaller parts, and finds the same: %s', (direction) => {
    const texts = Array.from({ length: 60 }, (_, index) => `line ${index} ${'x'.repeat(200_000)}`);
    const log = logOf(texts);
    const stretches: number[] = [];
    const counted = {
      ...log,
      read: (from: number, count: number) => {
        stretches.push(count);
        return log.read(from, count);
      },
    };
    const filter = { ...ALL, matching: ['line .?7 '] };
    const from = direction === 'newer' ? 0 : 59;
    const found = search(counted, { filter, direction, from });
    expect(found.texts.map((text) => text.slice(0, 7).trim())).toEqual(
      [7, 17, 27, 37, 47, 57].map((number) => `line ${number}`),
    );
    expect(stretches.slice(0, 3)).toEqual([11, 4, 4]);
  });

  it('stops when its time is up, and continues from there', () => {
    const filter = { ...ALL, matching: ['nowhere'] };
    const { reached } = search(logOf(numbered(1000)), { filter }, 3);
    expect(reached).toBeGreaterThan(0);
    expect(reached).toBeLessThan(100);
  });

  it('ignores a line that has no end yet', () => {
    expect(search(logOf(numbered(5), { isPartial: true }), {})).toEqual({ texts: numbered(4), reached: 4 });
  });

  it('passes a line that would block a backtracking search', () => {
    const log = logOf([`${'a'.repeat(60)}!`, 'aaa']);
    expect(search(log, { filter: { ...ALL, matching: ['(a+)+$'] } })).toEqual({ texts: ['aaa'], reached: 2 });
  });

  it.each(['newer', 'older'] as const)('reads at least one line in any time: %s', (direction) => {
    const log = logOf(numbered(5));
    const filter = { ...ALL, matching: ['nowhere'] };
    const { reached } = search(log, { filter, direction, from: 2 }, 1);
    expect(reached).toBe(direction === 'newer' ? 3 : 1);
  });
});
