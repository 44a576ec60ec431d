import { expect, it } from 'vitest';
import { HiddenLines } from '../../../src/core/logs/hidden-lines.ts';
import { numbersOfAll } from '../../../src/supervisor/output/line-numbers.ts';

it('lines of this session count forward, earlier ones backward, and their folds are read once when needed', () => {
  let reads = 0;
  const file = {
    foldedBefore: () => {
      reads += 1;
      return { oldestMs: -100, take: ({ timeMs }: { readonly timeMs: number }) => timeMs === -2 };
    },
    read: (from: number) =>
      Array.from({ length: Math.min(3, -from) }, (_, index) => index - Math.min(3, -from)).map((seq) => ({
        seq,
        timeMs: seq,
        text: '',
      })),
  };
  const hidden = new HiddenLines();
  hidden.add(1, 2);
  const numbers = numbersOfAll(hidden, file as never);
  expect([0, 2, 3].map((seq) => numbers.shownOf(seq))).toEqual([0, 1, 2]);
  expect(reads).toBe(0);
  expect([-1, -3].map((seq) => numbers.shownOf(seq))).toEqual([-1, -2]);
  expect([-2, -1, 0, 1].map((shown) => numbers.seqOf(shown))).toEqual([-3, -1, 0, 2]);
  expect([-2, 1, 2].map((seq) => numbers.has(seq))).toEqual([true, true, false]);
  expect(reads).toBe(1);
});
