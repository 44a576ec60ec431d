import { expect, it } from 'vitest';
import { requiredText } from '../../../src/core/output/required-text.ts';

it.each([
  ['error.*timeout', 'timeout'],
  ['\\d+ms to', 'ms to'],
  ['took (\\d+)ms$', 'took '],
  ['colou?r of', 'colo'],
  ['a+bc', 'bc'],
  ['ab{2}c', 'a'],
  ['(?<!un)likely', 'likely'],
  ['10\\.0\\.0\\.\\d', '10.0.0.'],
  ['[)(]call', 'call'],
  ['(?:(a)|b)tail', 'tail'],
])('every match of %s contains %s', (source, text) => {
  expect(requiredText(source)).toBe(text);
});

it.each(['a|b', '(error|warning)', '.*', '(?i)error', 'caf\\u00e9', '\\p{Lu}oo', '[[:alpha:]]x', 'a{,2}b', '\\QA\\E'])(
  'nothing is certain of %s',
  (source) => {
    expect(requiredText(source)).toBeUndefined();
  },
);
