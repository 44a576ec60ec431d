import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, refusalOf } from '../../../src/core/output/pattern.ts';

/** A line on which a backtracking engine would try every way to divide the letters. */
const UNLUCKY_LINE = `${'a'.repeat(64 * 1024)}!`;

/** Patterns of a few letters with everything that repeats, branches and anchors, also inside each other. */
const { pattern: anyPattern } = fc.letrec<{ readonly pattern: string; readonly atom: string; readonly part: string }>(
  (tie) => ({
    atom: fc.oneof(
      { maxDepth: 2, depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(
        'a',
        'b',
        'é',
        '.',
        '\\.',
        '\\d',
        '\\w',
        '\\s',
        '[ab]',
        '[^a]',
        '\\b',
        '^',
        '$',
        '\\u00e9',
        '\\x61',
      ),
      tie('pattern').map((inner) => `(${inner})`),
      tie('pattern').map((inner) => `(?:${inner})`),
      tie('pattern').map((inner) => `(?<=(?:${inner.replaceAll(/\((?!\?)/g, '(?:')}))`),
    ),
    part: fc
      .tuple(tie('atom'), fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '{2}', '{1,3}'))
      .map(([atom, repetition]) => (/^(?:[$^]|\\b|\(\?<)/.test(atom) ? atom : atom + repetition)),
    pattern: fc
      .array(fc.array(tie('part'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
      .map((branches) => branches.map((parts) => parts.join('')).join('|')),
  }),
);
const anyText = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '1', '.', ' ', 'é'), maxLength: 7 });

describe('a pattern of a person', () => {
  it.each([
    '(a+)+$',
    '(a|a)*c',
    '(a|aa)+$',
    '(?:a?){40}b',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '.*.*.*=.*',
    '\\w+\\d',
    '(?<=(?:a+)+)b',
    '(a|b|ab)*c',
  ])('takes no longer for an unlucky line: %s', (source) => {
    const pattern = compilePattern(source);
    expect(pattern.test(`${UNLUCKY_LINE}\n`)).toBe(false);
    expect([...pattern.matches(`${'a'.repeat(500)}!\n`)]).toEqual([]);
  });

  it('has the meaning that it has in JavaScript', () => {
    fc.assert(
      fc.property(anyPattern, fc.boolean(), anyText, (source, ignoresCase, text) => {
        fc.pre(!(refusalOf(source)?.reason.includes('too large') ?? false));
        const ours = compilePattern(source, { ignoresCase });
        const theirs = new RegExp(source, ignoresCase ? 'giu' : 'gu');
        const hits = Array.from(text.matchAll(theirs), ({ 0: hit, index }) => ({
          from: index,
          to: index + hit.length,
        }));
        expect(ours.test(text)).toBe(hits.length > 0);
        // How far a repeated group that may be empty reaches is the one thing that RE2 decides otherwise.
        if (!/\)[*+?{]/.test(source)) expect([...ours.matches(text)]).toEqual(hits.filter(({ from, to }) => to > from));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['10.0.0.1|refused', 'connection refused'],
    ['^GET \\/$', 'GET /'],
    ['ÄRGER', 'Ärger'],
    ['[[:digit:]]+ms', 'took 12ms'],
    ['(?i:warn)ing', 'WARNing'],
    ['(?<!un)likely', 'most likely'],
    ['\\p{Lu}\\w+', 'an Error'],
    ['\\u{1F600}', 'a 😀'],
  ])('%s finds %s', (source, text) => {
    expect(compilePattern(source, { ignoresCase: source === 'ÄRGER' }).test(text)).toBe(true);
  });

  it.each([
    ['foo(?=bar)', 'look-ahead, (?=, is not supported', 'foobar, not foo(?=bar)'],
    ['^(?!DEBUG)', 'negative look-ahead, (?!, is not supported', '!PATTERN'],
    ['(a|b)\\1', 'a back-reference, \\1, is not supported', '(?:aa|bb)'],
    ['(?<q>["\'])x\\k<q>', 'a back-reference, \\k, is not supported', '(?:aa|bb)'],
    ['(?<=(a))b', 'a group inside look-behind', '(?:…)'],
    ['(?>a+)b', 'an atomic group, (?>, is not supported', '(?:…)'],
    ['a++', 'a repetition of a repetition, ++, is not supported', 'keep one'],
    ['a{2000}', 'a count above 1000, {2000}, is not supported', '1000 times'],
    ['\\p{Script=Greek}', 'the Unicode class, \\p{Script=Greek}, is not supported', '\\p{Greek}'],
    ['foo(', 'it is not a regular expression: missing closing )', 'foo\\('],
    ['[x', 'it is not a regular expression: missing closing ]', '\\'],
    ['(?:a{1,30}){1,30}', 'it is too large: its repetitions multiply', 'shorter'],
    ['a'.repeat(1_001), 'it is too large: more than 1000 characters', 'shorter'],
  ])('is refused in words: %s', (source, reason, hint) => {
    const refusal = refusalOf(source);
    expect(refusal?.reason).toContain(reason);
    expect(refusal?.hint).toContain(hint);
  });

  it('matches ^ and $ at line ends only on request', () => {
    expect(compilePattern('^v2\\d').test('node\nv22')).toBe(false);
    expect(compilePattern('^v2\\d', { isMultiline: true }).test('node\nv22')).toBe(true);
    expect(compilePattern('^node$', { isMultiline: true }).test('node\nv22')).toBe(true);
  });
});
