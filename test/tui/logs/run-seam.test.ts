import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../src/core/session/log-query.ts';
import { runSeam, TOLD_IN_RULE } from '../../../src/tui/logs/run-seam.ts';

const line = (seq: number, run: number, text: string, own?: true): LogLine => ({
  seq,
  run,
  text,
  time: '2026-01-02T09:16:09.000Z',
  ...(own === undefined ? {} : { own }),
});

const LINES = [
  line(0, 1, 'GET / 200'),
  line(1, 1, 'exited with code 1', true),
  line(2, 1, 'restarts: main.py changed', true),
  line(3, 2, 'listening'),
  line(4, 2, 'alert: memory above 512 MiB', true),
];
const feedOf = (lines: readonly LogLine[]) => ({
  at: (place: number) => {
    const found = lines[place];
    return found === undefined ? undefined : { service: 'api', line: found };
  },
});

describe('between two runs of a service', () => {
  it('stands one rule with the time, how the last one ended and why the next began', () => {
    expect(runSeam(feedOf(LINES), 3)).toMatch(/^run 2 · \d\d:16:09 · exited with code 1 · restarts: main\.py changed$/);
  });

  it('are no other lines of our own: the rule tells them', () => {
    expect([1, 2].map((place) => runSeam(feedOf(LINES), place))).toEqual([TOLD_IN_RULE, TOLD_IN_RULE]);
  });

  it('is none while the next run has not written, nor elsewhere', () => {
    expect(runSeam(feedOf(LINES.slice(0, 3)), 2)).toBeUndefined();
    expect(runSeam(feedOf(LINES), 0)).toBeUndefined();
    expect(runSeam(feedOf(LINES), 4)).toBeUndefined();
  });

  it('is none between lines that a filter has brought together', () => {
    expect(runSeam(feedOf([line(0, 1, 'GET / 200'), line(7, 2, 'GET / 500')]), 1)).toBeUndefined();
  });

  it('lets no control sequence through', () => {
    const odd = [line(0, 1, 'a'), line(1, 1, '\u001b[31mexited\u001b[0m', true), line(2, 2, 'b')];
    expect(runSeam(feedOf(odd), 2)).toContain('· exited');
    expect(runSeam(feedOf(odd), 2)).not.toContain('\u001b');
  });
});
