import { describe, expect, it } from 'vitest';
import { EarlierFolds } from '../../../src/core/logs/earlier-folds.ts';

/** Lines -count … -1, of which some are folded; tells how far back it was looked. */
function earlier(count: number, isFolded: (seq: number) => boolean, oldestMs = -Infinity) {
  let lookedAt = 0;
  const read = (from: number, most: number) => {
    const start = Math.max(from, -count);
    lookedAt = Math.min(lookedAt, start);
    // An answer may end early.
    return Array.from({ length: Math.max(0, Math.min(most, 700, -start)) }, (_, index) => {
      const seq = start + index;
      return { seq, timeMs: seq, text: `line ${seq}` };
    });
  };
  const folds = new EarlierFolds({ oldestMs, take: ({ timeMs }) => isFolded(timeMs) }, read);
  return { folds, lookedAt: () => lookedAt };
}

describe('the lines of earlier sessions', () => {
  it('are counted backward without folded ones', () => {
    const { folds } = earlier(10, (seq) => [-1, -4, -5, -10].includes(seq));
    const inSight = [-2, -3, -6, -7, -8, -9];
    expect(inSight.map((seq) => folds.shownOf(seq))).toEqual([-1, -2, -3, -4, -5, -6]);
    expect([-1, -2, -3, -4, -5, -6].map((shown) => folds.seqOf(shown))).toEqual(inSight);
    expect([-1, -4, -5, -10].map((seq) => folds.shownOf(seq))).toEqual([0, -2, -2, -6]);
    expect([-1, -2, -5].map((seq) => folds.has(seq))).toEqual([true, false, true]);
  });

  it('keep their numbers however far back is looked', () => {
    const { folds, lookedAt } = earlier(10_000, (seq) => seq % 2 === 0);
    expect(folds.seqOf(-100)).toBe(-199);
    expect(lookedAt()).toBe(-2_000);
    expect(folds.seqOf(-4_000)).toBe(-7_999);
    expect(folds.shownOf(-199)).toBe(-100);
    expect(folds.shownOf(-7_999)).toBe(-4_000);
  });

  it('are read only as far back as folds exist', () => {
    const { folds, lookedAt } = earlier(50_000, (seq) => seq === -100, -150);
    expect(folds.shownOf(-50_000)).toBe(-49_999);
    expect(lookedAt()).toBe(-2_000);
  });

  it('are the existing ones', () => {
    const { folds } = earlier(0, () => true);
    expect(folds.shownOf(0)).toBe(0);
    expect(folds.seqOf(0)).toBe(0);
    expect(folds.seqOf(Number.MIN_SAFE_INTEGER)).toBeLessThan(0);
  });
});
