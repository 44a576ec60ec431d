import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, fit, truncate, wrap } from '../../src/format/text.ts';

describe('fit', () => {
  it.each([
    ['web', 5, 'web  '],
    ['backend', 5, 'back…'],
    ['backend', 1, '…'],
    ['backend', 0, ''],
    ['日本語', 4, '日… '],
    ['日本語', 6, '日本語'],
    ['👩‍👩‍👧 app', 5, '👩‍👩‍👧 a…'],
  ])('makes %s exactly %i columns', (text, width, expected) => expect(fit(text, width)).toBe(expected));

  it('aligns at the right when asked', () => expect(fit('12%', 5, 'right')).toBe('  12%'));

  it('returns exactly the given width for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
        expect(displayWidth(fit(text, width))).toBe(width);
      }),
    );
  });
});

it('text that fits is not changed', () => expect(truncate('ready', 5)).toBe('ready'));

describe('wrap', () => {
  it('breaks at spaces', () =>
    expect(wrap('port 8000 is taken by node', 10)).toEqual(['port 8000', 'is taken', 'by node']));
  it('breaks a word that is longer than a line', () =>
    expect(wrap('a abcdefgh b', 4)).toEqual(['a', 'abcd', 'efgh', 'b']));
  it('returns no line for empty text', () => expect(wrap('  ', 4)).toEqual([]));
  it('ends even when a wide character does not fit', () => expect(wrap('日本', 1)).toEqual(['日', '本']));
});
