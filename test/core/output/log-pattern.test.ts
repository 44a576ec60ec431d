import { expect, it } from 'vitest';
import { isSuspect, logPattern } from '../../../src/core/output/log-pattern.ts';

it('minds the case only when an upper-case letter is typed', () => {
  expect(logPattern('error').test('ERROR')).toBe(true);
  expect(logPattern('Error').test('error')).toBe(false);
  expect(logPattern(String.raw`\Serror`).test('[ERROR')).toBe(true);
});

it('takes for text what is no expression', () => {
  expect(logPattern('foo(').test('call foo(1)')).toBe(true);
  expect(logPattern('[x').test('a [x b')).toBe(true);
});

it('suspects only what repeats without a bound, twice', () => {
  expect(isSuspect(logPattern('GET /a.*b'))).toBe(false);
  expect(isSuspect(logPattern('(a+)+$'))).toBe(true);
});
