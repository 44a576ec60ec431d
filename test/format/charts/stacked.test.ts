import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiGlyphs } from '../../../src/format/ascii.ts';
import { stackedChart, stretched } from '../../../src/format/charts/stacked.ts';
import { displayWidth } from '../../../src/format/text.ts';

describe('measures on top of each other', () => {
  it('have the first at the bottom, and each cell is of the one that fills most of it', () => {
    const chart = stackedChart(
      [
        [4, 1],
        [4, 1],
      ],
      { columns: 2, rows: 2, max: 8, isShaded: false },
    );
    expect(chart).toEqual([
      [
        { series: 1, text: '█' },
        { series: undefined, text: ' ' },
      ],
      [{ series: 0, text: '█▄' }],
    ]);
  });

  it('are distinguished by shades without colours', () => {
    const [top, bottom] = stackedChart([[1], [1]], { columns: 1, rows: 2, max: 2, isShaded: true });
    expect([bottom?.[0]?.text, top?.[0]?.text]).toEqual(['█', '▒']);
  });

  it('fill exactly their rows and columns, in ASCII too', () => {
    const value = fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }), { nil: null });
    const size = fc.record({
      columns: fc.integer({ min: 0, max: 30 }),
      rows: fc.integer({ min: 1, max: 6 }),
      max: fc.integer({ min: 0, max: 400 }),
      isShaded: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.array(value, { maxLength: 40 }), { minLength: 1, maxLength: 5 }), size, (some, area) => {
        const chart = stackedChart(some, area);
        expect(chart).toHaveLength(area.rows);
        for (const runs of chart) {
          const row = runs.map(({ text }) => text).join('');
          expect(displayWidth(row)).toBe(area.columns);
          expect(asciiGlyphs(row)).toMatch(/^[\x20-\x7e]*$/);
        }
      }),
    );
  });
});

it('values are stretched or averaged to the width, and unknown ones stay unknown', () => {
  expect(stretched([1, 3], 4)).toEqual([1, 1, 3, 3]);
  expect(stretched([1, 3, 5, null], 2)).toEqual([2, 5]);
  expect(stretched([null, null, 2], 3)).toEqual([null, null, 2]);
  expect(stretched([], 2)).toEqual([null, null]);
});
