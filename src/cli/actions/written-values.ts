// `--rows 100 --kind=full --wet` → the values of an action. Whether a value will do is for core/rules/action-values.

import type { ActionView } from '../../core/session/snapshot.ts';
import type { ActionValues } from '../../core/session/session.ts';
import { parameterUsage } from '../../core/rules/action-values.ts';
import { DevError, EXIT } from '../../errors.ts';

type Parameters = Pick<ActionView, 'name' | 'params'>;

/** @throws DevError `usage` for a word that is not a parameter, or a parameter without its value */
export function writtenValues(action: Parameters, words: readonly string[]): ActionValues {
  const values = new Map<string, string>();
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const [, name = '', own] = /^--([a-z][a-z0-9_-]*)(?:=([^]*))?$/.exec(word) ?? [];
    const param = action.params.find((candidate) => candidate.name === name);
    const negated = action.params.find((candidate) => candidate.type === 'flag' && `no-${candidate.name}` === name);
    if (negated !== undefined && param === undefined && own === undefined) values.set(negated.name, 'false');
    else if (param === undefined) throw notUnderstood(action, word);
    else if (own !== undefined) values.set(name, own);
    else if (param.type === 'flag') values.set(name, 'true');
    else {
      index += 1;
      const next = words[index];
      if (next === undefined) throw usage(action, `--${name} of ${action.name} needs a value.`);
      values.set(name, next);
    }
  }
  return Object.fromEntries(values);
}

function notUnderstood(action: Parameters, word: string): DevError {
  const said = JSON.stringify(word.slice(0, 60));
  return usage(action, `${action.name} has no parameter ${said}.`);
}

function usage({ name, params }: Parameters, message: string): DevError {
  const hint = ['./dev do', name, ...params.map(parameterUsage)].join(' ');
  return new DevError({ code: 'usage', exitCode: EXIT.usage, message, hint });
}
