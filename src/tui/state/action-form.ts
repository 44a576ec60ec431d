// The form for the parameters of a project's action: the field under the cursor, and the content of each. After the
// last field comes the action's question, if it has one.

import type { ActionParam } from '../../core/model/project.ts';
import type { ActionView } from '../../core/session/snapshot.ts';
import { valueProblem } from '../../core/rules/action-values.ts';
import type { ScreenState, TextInput } from './state.ts';

export type ActionInput = Extract<TextInput, { readonly purpose: 'action' }>;

export function actionForm(action: ActionView): ActionInput {
  const values = Object.fromEntries(action.params.map((param) => [param.name, firstValue(param)]));
  return { purpose: 'action', action: action.name, field: 0, values, text: valueAt(action, values, 0) };
}

/** Undefined if an edited config has removed the action. */
export function actionOf({ session }: Pick<ScreenState, 'session'>, name: string): ActionView | undefined {
  return session?.actions?.find((action) => action.name === name);
}

/** For the field under the cursor; undefined on the question. */
export function fieldOf(action: ActionView, { field }: Pick<ActionInput, 'field'>): ActionParam | undefined {
  return action.params[field];
}

/** The content of all fields, with the text being typed. */
export function formValues(action: ActionView, { values, field, text }: ActionInput): ActionInput['values'] {
  const param = action.params[field];
  return param === undefined ? values : { ...values, [param.name]: text };
}

/** The first field with a value that is not allowed, and why. */
export function formProblem(
  action: ActionView,
  input: ActionInput,
): { readonly field: number; readonly problem: string } | undefined {
  const values = formValues(action, input);
  for (const [field, param] of action.params.entries()) {
    const problem = valueProblem(param, values[param.name] ?? '');
    if (problem !== undefined) return { field, problem };
  }
  return undefined;
}

export function toField(action: ActionView, input: ActionInput, field: number): ActionInput {
  const last = action.params.length - (action.confirm === null ? 1 : 0);
  const at = Math.max(0, Math.min(last, field));
  const values = formValues(action, input);
  return { ...input, values, field: at, text: valueAt(action, values, at) };
}

/** The next or previous value of a list. A text and a number stay as they are. */
export function cycled(action: ActionView, input: ActionInput, by: 1 | -1): ActionInput {
  const choices = choicesOf(fieldOf(action, input));
  if (choices.length === 0) return input;
  const index = choices.indexOf(input.text);
  return { ...input, text: choices[(index + by + choices.length) % choices.length] ?? '' };
}

/** Whether the field under the cursor takes typed letters. */
export function isTyped(state: Pick<ScreenState, 'session' | 'input'>): boolean {
  const param = formField(state);
  return param !== undefined && choicesOf(param).length === 0;
}

/** The field under the cursor of the open form; undefined on the question, and without a form. */
export function formField({ session, input }: Pick<ScreenState, 'session' | 'input'>): ActionParam | undefined {
  const action = input?.purpose === 'action' ? actionOf({ session }, input.action) : undefined;
  return input?.purpose === 'action' && action !== undefined ? fieldOf(action, input) : undefined;
}

export function choicesOf(param: ActionParam | undefined): readonly string[] {
  if (param?.type === 'flag') return ['false', 'true'];
  return param?.type === 'choice' ? param.choices : [];
}

function firstValue(param: ActionParam): string {
  return String(param.default ?? choicesOf(param)[0] ?? '');
}

function valueAt(action: ActionView, values: ActionInput['values'], field: number): string {
  const param = action.params[field];
  return param === undefined ? '' : (values[param.name] ?? '');
}
