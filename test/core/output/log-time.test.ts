import { describe, expect, it } from 'vitest';
import { formatLineTime, parseLineTime } from '../../../src/core/output/log-time.ts';

const TIMES = [0, 1, 999, 1000, 1001, 1_769_860_800_007, 1_769_860_800_070, 1_769_860_801_700, 1_769_860_800_007, -1];

describe('the time of a line', () => {
  it('is written as Date writes it, for times in any order', () => {
    expect(TIMES.map(formatLineTime)).toEqual(TIMES.map((timeMs) => new Date(timeMs).toISOString()));
  });

  it('is read back', () => {
    expect(TIMES.map((timeMs) => parseLineTime(new Date(timeMs).toISOString()))).toEqual(TIMES);
  });

  it.each([
    '2026-13-31T12:00:00.000Z',
    '2026-01-31T12:00:00.0x0Z',
    '2026-01-31T12:00:00.   Z',
    '2026-01-31 INFO not a time Z',
    '                       Z',
    '',
  ])('is none in "%s", also right after one', (text) => {
    parseLineTime('2026-01-31T12:00:00.000Z');
    expect(parseLineTime(text)).toBe(Date.parse(text));
  });
});
