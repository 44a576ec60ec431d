// What the bundle uses in place of the real thing must give the same answers.

import * as fc from 'fast-check';
import { RE2JS as RealRE2JS } from 're2js';
import realStringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { LazySegmenter } from '../../scripts/lean/lazy-segmenter.ts';
import { RE2JS } from '../../scripts/lean/re2js.ts';
import stringWidth from '../../scripts/lean/string-width.ts';

const anyCharacter = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom('\u001b[31m', '🚀', 'e\u0301', '👩‍👩‍👧', '\r\n', '▁', '●', '…', '語'),
);
const anyText = fc.array(anyCharacter, { maxLength: 12 }).map((parts) => parts.join(''));

describe('the lazy segmenter', () => {
  const real = new Intl.Segmenter();

  it('segments every text as the real one does', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const segments = Array.from(new LazySegmenter().segment(text), ({ segment, index }) => [segment, index]);
        expect(segments).toEqual(Array.from(real.segment(text), ({ segment, index }) => [segment, index]));
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the grapheme at a place, as whoever cuts by columns asks for it', () => {
    fc.assert(
      fc.property(anyText, fc.nat(14), (text, index) => {
        const found = new LazySegmenter().segment(text).containing(index);
        expect(found?.segment).toBe(real.segment(text).containing(index)?.segment);
      }),
    );
  });

  it('segments every single character beside any other as the real one does', () => {
    const lazy = new LazySegmenter();
    const joined = (segments: Iterable<{ readonly segment: string }>): string =>
      Array.from(segments, ({ segment }) => segment).join('|');
    const different = Array.from({ length: 0x10000 }, (_, code) => `a${String.fromCharCode(code)}b`).filter(
      (text) => joined(lazy.segment(text)) !== joined(real.segment(text)),
    );
    expect(different).toEqual([]);
  });
});

describe('the lean width of text', () => {
  it.each(['plain', '● ready', '▁▂▃█ 12%', '\u001b[1;32m✓ ok\u001b[0m', '8000→8001', '── logs ──', 'ä é ñ'])(
    'is that of the real one for %j',
    (text) => {
      expect(stringWidth(text)).toBe(realStringWidth(text));
    },
  );

  it('is that of the real one for every character that it knows', () => {
    // Beyond this it knows none.
    for (let code = 0x20; code <= 0x3000; code += 1) {
      const text = String.fromCharCode(code);
      const width = knownWidth(text);
      if (width !== undefined) expect(width, code.toString(16)).toBe(realStringWidth(text));
    }
  });
});

/** Undefined when it would ask the real one, which it cannot find outside the bundle. */
function knownWidth(text: string): number | undefined {
  try {
    return stringWidth(text);
  } catch {
    return undefined;
  }
}

describe('the lean engine for patterns', () => {
  it('has the flags of the real one, which it does not load for them', () => {
    const { CASE_INSENSITIVE, MULTILINE, LOOKBEHINDS } = RE2JS;
    expect({ CASE_INSENSITIVE, MULTILINE, LOOKBEHINDS }).toEqual({
      CASE_INSENSITIVE: RealRE2JS.CASE_INSENSITIVE,
      MULTILINE: RealRE2JS.MULTILINE,
      LOOKBEHINDS: RealRE2JS.LOOKBEHINDS,
    });
  });
});
