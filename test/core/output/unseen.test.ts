import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanLine, printable } from '../../../src/core/output/log-line.ts';
import { terminalSafe } from '../../../src/core/output/unseen.ts';

/** What nobody sees and what changes the rest, by its number. */
const UNSEEN = [
  0x061c, 0x180e, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0x206f, 0xfff9,
  0xfffb, 0xe0000, 0xe0041, 0xe007f,
];

// oxlint-disable-next-line no-control-regex -- the one sequence that is left
const COLOUR = /\u001B\[[\d;:]*m/g;

describe('an unseen character', () => {
  it.each(UNSEEN.map((code) => [`U+${code.toString(16).toUpperCase()}`, code] as const))('%s is shown', (_, code) => {
    const text = `a${String.fromCodePoint(code)}b`;
    const shown = `a\\u{${code.toString(16).toUpperCase()}}b`;
    expect(cleanLine(text)).toBe(shown);
    expect(printable(text, 40)).toBe(shown);
    expect(JSON.parse(`"${terminalSafe(text)}"`)).toBe(text);
    expect(terminalSafe(text)).toMatch(/^[ -~]+$/);
  });

  it('is left out when it is a byte order mark', () => {
    expect(cleanLine('\uFEFFready')).toBe('ready');
  });

  it.each(['👨‍👩‍👧', 'क्‍ष', '❤️', 'می‌خواهم'])('stays when it joins others: %s', (text) => {
    expect(cleanLine(text)).toBe(text);
    expect(terminalSafe(text)).toBe(text);
  });
});

it('our own text keeps lines, tabs and colours, and loses other control characters', () => {
  expect(terminalSafe('\u001B[31mred\u001B[0m\n\tmore')).toBe('\u001B[31mred\u001B[0m\n\tmore');
  expect(terminalSafe('a\u001B]0;x\u0007\u009b2J\u001B[2J')).toBe('a\\u001B]0;x\\u0007\\u009B2J\\u001B[2J');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const rest = terminalSafe(text)
        .replaceAll(COLOUR, '')
        .replaceAll(/[\n\t]/g, '');
      expect(rest).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
    }),
  );
});

it('printable JSON keeps the same data', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, key) => {
      const data = { [key]: value };
      const text = JSON.stringify(data);
      expect(JSON.parse(terminalSafe(text))).toEqual(JSON.parse(text));
    }),
  );
});
