// Inputs of any size that are made of few pieces, and what must hold for them: four times the input is four times the
// work. A loop within a loop over the input would be sixteen times.

import { array, constantFrom, property, assert, string, oneof, tuple, type Arbitrary } from 'fast-check';
import { expect } from 'vitest';
import { countWork } from './work.ts';

interface Shape {
  readonly before: string;
  readonly unit: string;
  readonly after: string;
}

/** A unit of a few pieces that is written again and again, with something before and after it. */
function shapes(pieces: readonly string[]): Arbitrary<Shape> {
  const piece = oneof(
    { weight: 8, arbitrary: constantFrom(...pieces) },
    { weight: 1, arbitrary: string({ minLength: 1, maxLength: 3, unit: 'binary' }) },
  );
  const some = array(piece, { maxLength: 3 }).map((parts) => parts.join(''));
  const unit = array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
  return tuple(some, unit, some).map(([before, repeated, after]) => ({ before, unit: repeated, after }));
}

function textOf({ before, unit, after }: Shape, length: number): string {
  return before + unit.repeat(Math.max(1, Math.floor(length / unit.length))) + after;
}

/** Work that any character may cost, and any input: a part of an input may be skipped, and another not. */
const WORK_EACH = 30;
const FIXED_WORK = 4_000;

/** @param lengths of two inputs, the second four times the first */
export function expectLinearWork(options: {
  readonly pieces: readonly string[];
  readonly work: (text: string) => unknown;
  readonly length?: number;
  readonly runs?: number;
}): void {
  const { pieces, work, length = 3_000, runs = 150 } = options;
  work('');
  assert(
    property(shapes(pieces), (shape) => {
      const [short, long] = [textOf(shape, length), textOf(shape, 4 * length)];
      const few = countWork(() => work(short));
      const many = countWork(() => work(long));
      expect(many, `work for ${long.length} characters, after ${few} for ${short.length}`).toBeLessThan(
        6 * few + WORK_EACH * long.length + FIXED_WORK,
      );
    }),
    { numRuns: runs },
  );
}
