import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waterfallBar, waterfallLegend } from '../../../src/format/charts/waterfall.ts';
import type { ServiceStart } from '../../../src/core/session/startup.ts';

const backend: ServiceStart = {
  service: 'backend',
  dependsOn: ['db'],
  phases: [
    { phase: 'waiting', fromMs: 0, toMs: 2_000 },
    { phase: 'before', fromMs: 2_000, toMs: 4_000 },
    { phase: 'starting', fromMs: 4_000, toMs: 8_000 },
  ],
  outcome: 'ready',
  doneMs: 8_000,
};
const textOf = (start: ServiceStart, totalMs: number, width: number): string =>
  waterfallBar(start, { totalMs, width })
    .map(({ text }) => text)
    .join('');

describe('a bar of the waterfall', () => {
  it('has a glyph for each phase, with the length of the phase', () => {
    expect(textOf(backend, 10_000, 10)).toBe('··▒▒████  ');
  });

  it('grows while the service starts, and ends in a cross when it failed', () => {
    const coming: ServiceStart = {
      ...backend,
      phases: [{ phase: 'starting', fromMs: 5_000, toMs: null }],
      outcome: 'coming',
      doneMs: null,
    };
    expect(textOf(coming, 10_000, 10)).toBe('     █████');
    expect(textOf({ ...backend, outcome: 'failed' }, 10_000, 10)).toBe('··▒▒████✖ ');
  });

  it('has the given width, and shows also phases without length', () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.nat(50), fc.integer({ min: 1, max: 200 }), (fromMs, tookMs, width) => {
        const phases = [{ phase: 'starting' as const, fromMs, toMs: fromMs + tookMs }];
        const text = textOf({ ...backend, phases, doneMs: fromMs + tookMs }, 20_050, width);
        expect(text).toHaveLength(width);
        expect(text.trim()).not.toBe('');
      }),
    );
  });

  it('explains its phases', () => {
    expect(waterfallLegend([backend]).map(({ text }) => text)).toEqual(['· waits', '▒ before', '█ starts']);
  });
});
