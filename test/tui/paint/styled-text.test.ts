// oxlint-disable no-control-regex -- what goes to a terminal is made of control characters

import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import {
  cutRuns,
  markRuns,
  parseStyled,
  plainOf,
  renderRuns,
  runsWidth,
  wrapRuns,
} from '../../../src/tui/paint/styled-text.ts';

const COLOR = { color: true };

describe('a line of output', () => {
  it('keeps its colours and ends in the default look', () => {
    expect(renderRuns(parseStyled('\u001b[31mred\u001b[0m plain', COLOR))).toBe('\u001b[31mred\u001b[0m plain');
  });

  it('loses its colours and nothing else when colour is not wanted', () => {
    const line = '\u001b[1;31mbold red\u001b[39m bold\u001b[38;5;200m pink';
    expect(renderRuns(parseStyled(line, { color: false }))).toBe(
      '\u001b[1mbold red\u001b[0m\u001b[1m bold\u001b[0m\u001b[1m pink\u001b[0m',
    );
  });

  it.each([
    ['an OSC 52 that writes the clipboard', 'a\u001b]52;c;aGk=\u0007b'],
    ['a title', 'a\u001b]0;owned\u001b\\b'],
    ['a device control string', 'a\u001bPq#0\u001b\\b'],
    ['a cursor movement', 'a\u001b[2J\u001b[1;1Hb'],
    ['the alternate screen', 'a\u001b[?1049hb'],
    ['C1 controls', 'a\u009b2J\u0090x\u009cb'],
    ['an unterminated OSC', 'ab\u001b]0;never ends'],
    ['text that turns the direction of writing', 'a\u202eb'],
    ['a bell and a null', 'a\u0007\u0000b'],
  ])('lets nothing through of %s', (_what, line) => {
    const rendered = renderRuns(parseStyled(line, COLOR));
    expect(rendered.replaceAll(/\u001b\[[\d;]*m/g, '')).toMatch(/^[^\p{Cc}\u202a-\u202e\u2066-\u2069]*$/u);
  });

  it('never lets a control character other than a colour through, whatever the input', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\u001b[31m',
        '\u001b[0m',
        '\u001b[',
        '\u001b]',
        '\u001b',
        '\u009b',
        '\r',
        '\b',
        '\t',
        '🚀',
        '語',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        fc.integer({ min: 1, max: 40 }),
        (line, width) => {
          const row = renderRuns(cutRuns(parseStyled(line, COLOR), width));
          expect(row.replaceAll(/\u001b\[[\d;:]*m/g, '')).toMatch(/^[^\p{Cc}\u2028-\u202e\u2066-\u2069]*$/u);
        },
      ),
    );
  });
});

describe('cutting and wrapping', () => {
  it('cuts at the column and says so', () => {
    expect(plainOf(cutRuns(parseStyled('0123456789', COLOR), 5))).toBe('0123›');
    expect(plainOf(cutRuns(parseStyled('01234', COLOR), 5))).toBe('01234');
  });

  it('never splits a wide character', () => {
    expect(plainOf(cutRuns(parseStyled('日本語', COLOR), 4))).toBe('日›');
    expect(wrapRuns(parseStyled('日本語', COLOR), 3).map(plainOf)).toEqual(['日', '本', '語']);
    expect(wrapRuns(parseStyled('👩‍👩‍👧x', COLOR), 2).map(plainOf)).toEqual(['👩‍👩‍👧', 'x']);
  });

  it('keeps the colour in every row of a wrapped line', () => {
    const rows = wrapRuns(parseStyled('\u001b[32mabcdef', COLOR), 3);
    expect(rows.map(renderRuns)).toEqual(['\u001b[32mabc\u001b[0m', '\u001b[32mdef\u001b[0m']);
  });

  it('loses no text and makes no row too wide, whatever the text', () => {
    const text = fc.array(fc.constantFrom('a', 'bc', '語', '🚀', 'e\u0301', ' ', 'ｱ')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (line, width) => {
        const rows = wrapRuns(parseStyled(line, COLOR), width);
        expect(rows.map(plainOf).join('')).toBe(line);
        for (const row of rows) expect(runsWidth(row)).toBeLessThanOrEqual(width);
        expect(stringWidth(plainOf(cutRuns(parseStyled(line, COLOR), width)))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('marking', () => {
  it('shows every hit in reverse, across changes of colour', () => {
    const hits = [
      { from: 3, to: 8 },
      { from: 13, to: 18 },
    ];
    const marked = markRuns(parseStyled('an e\u001b[31mrr\u001b[0mor, an error', COLOR), hits);
    expect(renderRuns(marked)).toBe(
      'an \u001b[7me\u001b[0m\u001b[31m\u001b[7mrr\u001b[0m\u001b[7mor\u001b[0m, an \u001b[7merror\u001b[0m',
    );
  });
});
