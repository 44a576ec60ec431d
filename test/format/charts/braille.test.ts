import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiGlyphs } from '../../../src/format/ascii.ts';
import { brailleChart } from '../../../src/format/charts/braille.ts';
import { displayWidth } from '../../../src/format/text.ts';

describe('a chart in braille', () => {
  it('draws two values a column, four steps a row, from the bottom up', () => {
    expect(brailleChart([1, 2, 3, 4, 5, 6, 7, 8], { columns: 4, rows: 2, max: 8 })).toEqual(['  ⣠⣾', '⣠⣾⣿⣿']);
  });

  it('puts the newest value at the right end, and leaves out the oldest that have no room', () => {
    expect(brailleChart([4], { columns: 3, rows: 1, max: 4 })).toEqual(['  ⢸']);
    expect(brailleChart([4, 4, 4, 0, 0], { columns: 2, rows: 1, max: 4 })).toEqual(['⣿ ']);
  });

  it('shows the smallest value, nothing for zero, and a gap for unknown values', () => {
    expect(brailleChart([0.01, 0, null, 4, 99, 4], { columns: 3, rows: 1, max: 4 })).toEqual(['⡀⢸⣿']);
  });

  it('fills exactly its rows and columns for any values, also in ASCII', () => {
    const values = fc.array(fc.option(fc.double({ min: -5, max: 1e12, noNaN: true }), { nil: null }), {
      maxLength: 90,
    });
    const size = fc.record({
      columns: fc.integer({ min: 0, max: 40 }),
      rows: fc.integer({ min: 0, max: 8 }),
      max: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(values, size, (some, { columns, rows, max }) => {
        const chart = brailleChart(some, { columns, rows, max });
        expect(chart.length).toBe(rows);
        for (const row of chart) {
          expect(displayWidth(row)).toBe(columns);
          expect(asciiGlyphs(row)).toMatch(new RegExp(`^[\\x20-\\x7e]{${columns}}$`));
        }
      }),
    );
  });
});
