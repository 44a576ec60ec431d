import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatLatency, formatPercent, UNKNOWN } from '../../src/format/quantity.ts';

describe('durations', () => {
  it.each([
    [-5, '0s'],
    [0, '0s'],
    [999, '0s'],
    [4_000, '4s'],
    [59_999, '59s'],
    [60_000, '1m 00s'],
    [125_000, '2m 05s'],
    [3_599_999, '59m 59s'],
    [11_520_000, '3h 12m'],
    [86_400_000, '1d 00h'],
    [443_000_000, '5d 03h'],
  ])('tells %i ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('latencies', () => {
  it.each([
    [0.4, '<1 ms'],
    [1, '1 ms'],
    [12.4, '12 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1_240, '1.2 s'],
    [9_960, '10 s'],
    [48_000, '48 s'],
    [59_700, '1m 00s'],
    [125_000, '2m 05s'],
  ])('tells %f ms as %s', (ms, text) => expect(formatLatency(ms)).toBe(text));
});

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1023, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [87 * 1024 ** 2, '87 MiB'],
    [999.6 * 1024 ** 2, '1.0 GiB'],
    [1.25 * 1024 ** 3, '1.3 GiB'],
  ])('tells %f bytes as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('percentages', () => {
  it.each([
    [0, '0.0%'],
    [0.44, '0.4%'],
    [9.96, '10%'],
    [250.4, '250%'],
  ])('tells %f as %s', (percent, text) => expect(formatPercent(percent)).toBe(text));
});

it('an unknown value is a dash, never zero', () => {
  for (const format of [formatBytes, formatDuration, formatLatency, formatPercent]) expect(format(null)).toBe(UNKNOWN);
});
