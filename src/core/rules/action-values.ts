// The given parameters of an action → variables for its process, or why not.

import type { ActionValues } from '../session/session.ts';
import type { ActionParam, ActionSpec } from '../model/project.ts';
import { assertNever, DevError, EXIT } from '../../errors.ts';

const LONGEST_VALUE = 4_096;

type Parameters = Pick<ActionSpec, 'name' | 'params'>;

/**
 * All values, checked, with the defaults of those that were not given.
 * @throws DevError `usage` that names the parameter and what is allowed
 */
export function actionValues(action: Parameters, given: ActionValues): ActionValues {
  const stranger = Object.keys(given).find((name) => !action.params.some((param) => param.name === name));
  if (stranger !== undefined) throw noSuchParameter(action, stranger);
  return Object.fromEntries(action.params.map((param) => [param.name, valueOf(action, param, given[param.name])]));
}

/** A flag is 1 when it is set, and empty when it is not. */
export function actionVariables(action: Parameters, values: ActionValues): Readonly<Record<string, string>> {
  return Object.fromEntries(
    action.params.map(({ name, type }) => {
      const value = values[name] ?? '';
      return [parameterVariable(name), type === 'flag' ? (value === 'true' ? '1' : '') : value];
    }),
  );
}

/** `dry-run` reaches the command as `DRY_RUN`. */
export function parameterVariable(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** Ends "must be …". */
export function allowedValues(param: ActionParam): string {
  switch (param.type) {
    case 'number':
      return numberRange(param);
    case 'choice':
      return param.choices.map((choice) => JSON.stringify(choice)).join(' or ');
    case 'text':
      return `text of at most ${LONGEST_VALUE} characters`;
    case 'flag':
      return 'true or false';
    default:
      return assertNever(param);
  }
}

/** `--rows <number>`, as a command line takes it; in brackets where it may be left out. */
export function parameterUsage(param: ActionParam): string {
  if (param.type === 'flag') return `[--${param.name}]`;
  const value = param.type === 'choice' ? param.choices.join('|') : param.type;
  const usage = `--${param.name} <${value}>`;
  return param.default === undefined ? usage : `[${usage}]`;
}

/** Undefined when the value will do; else why not. */
export function valueProblem(param: ActionParam, value: string): string | undefined {
  return isAllowed(param, value) ? undefined : `must be ${allowedValues(param)}, not ${shown(value)}`;
}

function valueOf(action: Parameters, param: ActionParam, written: string | undefined): string {
  const { name, type, default: otherwise } = param;
  if (written === undefined) {
    if (type === 'flag') return String(otherwise ?? false);
    if (otherwise !== undefined) return String(otherwise);
    throw usage(`${action.name} needs --${name}: it must be ${allowedValues(param)}.`, action);
  }
  const problem = valueProblem(param, written);
  if (problem !== undefined) throw usage(`--${name} of ${action.name} ${problem}.`, action);
  return written;
}

function isAllowed(param: ActionParam, value: string): boolean {
  switch (param.type) {
    case 'number': {
      const number = Number(value);
      const { min = -Infinity, max = Infinity } = param;
      return /^-?\d+(?:\.\d+)?$/.test(value) && number >= min && number <= max;
    }
    case 'choice':
      return param.choices.includes(value);
    case 'text':
      return value.length <= LONGEST_VALUE && !value.includes('\0');
    case 'flag':
      return value === 'true' || value === 'false';
    default:
      return assertNever(param);
  }
}

function numberRange({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min !== undefined && max !== undefined) return `a number from ${min} to ${max}`;
  if (min !== undefined) return `a number of at least ${min}`;
  return max === undefined ? 'a number' : `a number of at most ${max}`;
}

function shown(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}

function noSuchParameter(action: Parameters, name: string): DevError {
  return usage(`${action.name} has no parameter --${name.slice(0, 60)}.`, action);
}

function usage(message: string, { name, params }: Parameters): DevError {
  const hint = ['./dev do', name, ...params.map(parameterUsage)].join(' ');
  return new DevError({ code: 'usage', exitCode: EXIT.usage, message, hint });
}
