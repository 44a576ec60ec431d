import { array, assert, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HiddenLines } from '../../../src/core/logs/hidden-lines.ts';

const LINES = 60;

describe('hidden lines', () => {
  it('leave consecutive numbers to the other lines', () => {
    const stretch = tuple(nat(LINES), nat(8)).map(([from, length]) => [from, from + length] as const);
    assert(
      property(array(stretch, { maxLength: 30 }), (stretches) => {
        const hidden = new HiddenLines();
        const isHidden = Array.from({ length: 2 * LINES }, () => false);
        for (const [from, to] of stretches) {
          hidden.add(from, to);
          isHidden.fill(true, from, to);
        }
        let shown = 0;
        for (const [seq, isOut] of isHidden.entries()) {
          expect(hidden.has(seq)).toBe(isOut);
          expect(hidden.shownOf(seq)).toBe(shown);
          if (isOut) continue;
          expect(hidden.seqOf(shown)).toBe(seq);
          shown += 1;
        }
      }),
    );
  });

  it('do not change numbers before them, also of earlier sessions', () => {
    const hidden = new HiddenLines();
    hidden.add(10, 20);
    expect([-5, 0, 9].map((seq) => hidden.shownOf(seq))).toEqual([-5, 0, 9]);
    expect([-5, 0, 9].map((shown) => hidden.seqOf(shown))).toEqual([-5, 0, 9]);
  });
});
