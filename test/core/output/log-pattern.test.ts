import { describe, expect, it } from 'vitest';
import { logPattern, smartCasePattern } from '../../../src/core/output/log-pattern.ts';

describe('what is typed to find lines', () => {
  it('minds the case only when an upper-case letter is typed', () => {
    expect(logPattern('error').test('ERROR')).toBe(true);
    expect(logPattern('Error').test('error')).toBe(false);
    expect(logPattern(String.raw`\Serror`).test('[ERROR')).toBe(true);
    expect(logPattern(String.raw`\p{Lu}rror`).test('an error')).toBe(true);
  });

  it('stands for itself where it is not a regular expression', () => {
    expect(logPattern('foo(').test('call foo(1)')).toBe(true);
    expect(logPattern('[x').test('a [x b')).toBe(true);
  });

  it('is refused where it is one that is not supported', () => {
    expect(() => logPattern('foo(?=bar)')).toThrow('look-ahead, (?=, is not supported');
  });
});

describe('a pattern of the command line', () => {
  it('is refused where it is not a regular expression', () => {
    expect(() => smartCasePattern('foo(')).toThrow('missing closing )');
  });
});
