// Each trial tree is right, or what no config can say is said.

import { expect, it } from 'vitest';
import { judge } from '../helpers/trial.ts';
import { treeNames } from '../helpers/project-tree.ts';

it.each(treeNames)('init is right for %s, or says what is missing', (name) => {
  const { verdict, faults, text } = judge(name);
  expect({ verdict, faults }, text).toEqual({ verdict: expect.stringMatching(/^(?:right|said)$/), faults: [] });
});

it('nine of ten trees lose nothing', () => {
  const verdicts = treeNames.map((name) => judge(name).verdict);
  expect(verdicts.filter((verdict) => verdict === 'right').length / verdicts.length).toBeGreaterThanOrEqual(0.9);
});
