// The project's own actions on the screen: from the palette, through the form with parameters and question, to the
// run.

import type { ActionReport, ActionValues, Session } from '../../core/session/session.ts';
import type { ActionView } from '../../core/session/snapshot.ts';
import { messageOf } from '../../errors.ts';
import {
  actionForm,
  actionOf,
  choicesOf,
  cycled,
  fieldOf,
  formProblem,
  formValues,
  toField,
  type ActionInput,
} from '../state/action-form.ts';
import { notify, type ActionContext } from './action-context.ts';

const LONGEST_VALUE = 4_096;

export function beginProjectAction(context: ActionContext, name: string): void {
  const action = actionOf(context.state(), name);
  if (action === undefined) return;
  const asks = action.params.length > 0 || action.confirm !== null;
  if (asks) context.dispatch({ type: 'inputOpened', input: actionForm(action) });
  else start(context, action, {});
}

export function stopProjectAction(context: ActionContext, name: string): void {
  context
    .session()
    ?.stopAction(name)
    .catch((error: unknown) => notify(context, 'fail', messageOf(error)));
}

/** Enter goes to the next field, and runs the action from the last one. A question accepts only y. */
export function submitForm(context: ActionContext, input: ActionInput): void {
  const action = actionOf(context.state(), input.action);
  if (action === undefined) return context.dispatch({ type: 'inputClosed' });
  if (fieldOf(action, input) === undefined) return undefined;
  const problem = formProblem(action, input);
  const isLast = input.field === action.params.length - 1;
  const next = isLast && problem !== undefined ? problem.field : input.field + 1;
  if (!isLast || problem !== undefined || action.confirm !== null) return move(context, action, input, next);
  run(context, action, input);
}

export function moveField(context: ActionContext, by: 1 | -1): void {
  withForm(context, (action, input) => move(context, action, input, input.field + by));
}

export function cycleValue(context: ActionContext, by: 1 | -1): void {
  withForm(context, (action, input) => context.dispatch({ type: 'inputOpened', input: cycled(action, input, by) }));
}

/** A letter takes the value that begins with it; the space key takes the next value. */
export function typeIntoForm(context: ActionContext, text: string): void {
  withForm(context, (action, input) => {
    const param = fieldOf(action, input);
    if (param === undefined) {
      if (text === 'y' && formProblem(action, input) === undefined) run(context, action, input);
      return;
    }
    const choices = choicesOf(param);
    if (choices.length === 0) {
      context.dispatch({ type: 'inputEdited', text: (input.text + text).slice(0, LONGEST_VALUE) });
    } else if (text === ' ') cycleValue(context, 1);
    else {
      const chosen = choices.find((choice) => choice.startsWith(text));
      if (chosen !== undefined) context.dispatch({ type: 'inputEdited', text: chosen });
    }
  });
}

function withForm(context: ActionContext, act: (action: ActionView, input: ActionInput) => void): void {
  const { input } = context.state();
  if (input?.purpose !== 'action') return;
  const action = actionOf(context.state(), input.action);
  if (action !== undefined) act(action, input);
}

function move(context: ActionContext, action: ActionView, input: ActionInput, field: number): void {
  context.dispatch({ type: 'inputOpened', input: toField(action, input, field) });
}

function run(context: ActionContext, action: ActionView, input: ActionInput): void {
  context.dispatch({ type: 'inputClosed' });
  start(context, action, formValues(action, input));
}

function start(context: ActionContext, action: ActionView, values: ActionValues): void {
  const session = context.session();
  if (session === undefined) return;
  const { name } = action;
  if (action.interactive) {
    const words = Object.entries(values).map(([param, value]) => `--${param}=${value}`);
    return context.lend({ command: ['do', name, ...words] });
  }
  notify(context, 'plain', `${name} runs`);
  void follow(session, name, values).then(
    ({ tone, text }) => notify(context, tone, text),
    (error: unknown) => notify(context, 'fail', messageOf(error)),
  );
}

/** A failure shows the last line that the command wrote. */
async function follow(
  session: Session,
  name: string,
  values: ActionValues,
): Promise<{ readonly tone: 'plain' | 'fail'; readonly text: string }> {
  const report = await session.runAction(name, { values, isConfirmed: true });
  if (report.ok) return { tone: 'plain', text: `${name} is done, run ${report.run}: ./dev logs ${report.log}` };
  const last = await lastLine(session, report);
  return { tone: 'fail', text: `${name} ${report.message}, run ${report.run}${last === '' ? '' : `: ${last}`}` };
}

async function lastLine(session: Session, { log, from, to }: ActionReport): Promise<string> {
  if (to <= from) return '';
  const { lines } = await session.readLogs({ service: log, from: to - 1, count: 1, masked: true });
  return lines[0]?.text ?? '';
}
