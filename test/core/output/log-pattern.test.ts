import { describe, expect, it } from 'vitest';
import { logPattern, smartCasePattern } from '../../../src/core/output/log-pattern.ts';

describe('a typed search pattern', () => {
  it('matches case only when it has an upper-case letter', () => {
    expect(logPattern('error').test('ERROR')).toBe(true);
    expect(logPattern('Error').test('error')).toBe(false);
    expect(logPattern(String.raw`\Serror`).test('[ERROR')).toBe(true);
    expect(logPattern(String.raw`\p{Lu}rror`).test('an error')).toBe(true);
  });

  it('is literal text when it is not a regular expression', () => {
    expect(logPattern('foo(').test('call foo(1)')).toBe(true);
    expect(logPattern('[x').test('a [x b')).toBe(true);
  });

  it('is refused when it uses an unsupported construct', () => {
    expect(() => logPattern('foo(?=bar)')).toThrow('look-ahead, (?=, is not supported');
  });
});

describe('a pattern of the command line', () => {
  it('is refused when it is not a regular expression', () => {
    expect(() => smartCasePattern('foo(')).toThrow('missing closing )');
  });
});
