import { expect, it } from 'vitest';
import { fitsRange } from '../../../src/cli/check/version-range.ts';

it.each([
  ['22.13.0', '>=22.13', true],
  ['22.12.9', '>=22.13', false],
  ['24.1.0', '^22.13 || >=24', true],
  ['23.0.0', '^22.13.0 || >=24', false],
  ['20.5.1', '20.x', true],
  ['21.0.0', '20', false],
  ['18.0.0', '>=18 <20', true],
  ['20.0.0', '>=18, <20', false],
  ['3.11.2', '>=3.11,<4', true],
  ['3.10.14', '>=3.11', false],
  ['3.12.1', '~=3.11', true],
  ['3.12.1', '~=3.11.0', false],
  ['3.12.7', '==3.12.*', true],
  ['3.13.0', '==3.12.*', false],
  ['3.12.0', '!=3.12.*', false],
  ['0.2.3', '^0.2.1', true],
  ['0.3.0', '^0.2.1', false],
  ['1.2.9', '~1.2', true],
  ['16.4.0', '14 - 16', true],
  ['17.0.0', '14 - 16', false],
  ['22.1.0', 'v22', true],
  ['22.1.0', '*', true],
  ['23.0.0', '>22', true],
  ['22.9.0', '>22', false],
])('%s in %s: %s', (version, range, fits) => {
  expect(fitsRange(version, range)).toBe(fits);
});

it.each(['lts/*', 'lts/iron', 'system', '>=18 and what not', 'pypy3.10'])('does not judge %j', (range) => {
  expect(fitsRange('20.0.0', range)).toBeUndefined();
});
