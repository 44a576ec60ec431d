import { describe, expect, it } from 'vitest';
import type { ActionParam } from '../../../src/core/model/project.ts';
import { actionValues, actionVariables } from '../../../src/core/rules/action-values.ts';

const params: readonly ActionParam[] = [
  { name: 'rows', type: 'number', min: 1, max: 1_000, default: 100 },
  { name: 'kind', type: 'choice', choices: ['small', 'full'] },
  { name: 'note', type: 'text', default: '' },
  { name: 'dry-run', type: 'flag' },
];
const seed = { name: 'seed', params };

const problem = (message: string) => expect.objectContaining({ code: 'usage', exitCode: 2, message });

describe('the parameters of an action', () => {
  it('are filled in with their defaults', () => {
    const values = actionValues(seed, { kind: 'full' });
    expect(values).toEqual({ rows: '100', kind: 'full', note: '', 'dry-run': 'false' });
  });

  it.each([
    [{}, 'seed needs --kind: it must be "small" or "full".'],
    [{ kind: 'huge' }, '--kind of seed must be "small" or "full", not "huge".'],
    [{ kind: 'full', rows: '0' }, '--rows of seed must be a number from 1 to 1000, not "0".'],
    [{ kind: 'full', rows: '1e2' }, '--rows of seed must be a number from 1 to 1000, not "1e2".'],
    [{ kind: 'full', rows: '' }, '--rows of seed must be a number from 1 to 1000, not "".'],
    [{ kind: 'full', rows: '1; rm -rf /' }, '--rows of seed must be a number from 1 to 1000, not "1; rm -rf /".'],
    [
      { kind: 'full', note: 'a\0b' },
      String.raw`--note of seed must be text of at most 4096 characters, not "a\u0000b".`,
    ],
    [{ kind: 'full', 'dry-run': 'yes' }, '--dry-run of seed must be true or false, not "yes".'],
    [{ kind: 'full', path: '/evil' }, 'seed has no parameter --path.'],
    [{ kind: 'full', __proto__x: '1' }, 'seed has no parameter --__proto__x.'],
  ])('%j are refused, with what is allowed', (given, message) => {
    expect(() => actionValues(seed, given)).toThrow(problem(message));
  });

  it('reach the command as variables; a flag that is not set is empty', () => {
    const given = { rows: '5', kind: 'small', note: '$(date)', 'dry-run': 'true' };
    expect(actionVariables(seed, given)).toEqual({ ROWS: '5', KIND: 'small', NOTE: '$(date)', DRY_RUN: '1' });
    expect(actionVariables(seed, { ...given, 'dry-run': 'false' })).toMatchObject({ DRY_RUN: '' });
  });
});
