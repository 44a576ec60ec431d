// The choices of the conflict dialog: which can be taken now, and what each asks of the session.

import type { ConflictDecision } from '../core/session.ts';
import type { ConflictChoiceName } from '../core/snapshot.ts';
import { describeError, notify, type ActionContext } from './action-context.ts';
import { selectConflict } from './selectors.ts';
import type { ConflictDesk } from './state.ts';

/** `k` also moves the cursor: for so long, a dialog that comes up under moving fingers stops nobody's program. */
const TYPING_PAUSE_MS = 700;
const MAX_PORT = 65_535;

/** Takes a choice, or says why it cannot be taken. */
export function chooseConflict(context: ActionContext, name: ConflictChoiceName): void {
  const state = context.state();
  const open = selectConflict(state);
  if (open === undefined) return;
  const choice = open.conflict.choices.find((candidate) => candidate.name === name);
  if (choice === undefined || choice.unavailable !== null) {
    notify(context, 'warn', choice?.unavailable ?? 'this is not possible here');
  } else if (state.desk.decided !== undefined) {
    notify(context, 'plain', 'the session is working on it');
  } else if (name === 'kill' && cameUpWhileTyping(state.desk, context.now())) {
    notify(context, 'warn', 'this question has only just come up; press k again if you mean it');
  } else if (name === 'kill') {
    const targets = open.conflict.owners.filter((owner) => owner.refusal === null);
    decide(context, { choice: 'kill', owners: targets.map(({ pid, startTicks }) => ({ pid, startTicks })) });
  } else if (name === 'reroute') {
    // The port that was shown, or the next free one when none could be named.
    const { suggestedPort } = open.conflict;
    decide(context, { choice: 'reroute', ...(suggestedPort === null ? {} : { port: suggestedPort }) });
  } else if (name === 'container') {
    const { container } = open.conflict;
    if (container !== null) decide(context, { choice: 'container', id: container.id });
  } else {
    decide(context, { choice: name });
  }
}

function cameUpWhileTyping(desk: ConflictDesk, nowMs: number): boolean {
  return nowMs - desk.openedAtMs < TYPING_PAUSE_MS && desk.openedAtMs - desk.keyBeforeMs < TYPING_PAUSE_MS;
}

/** Digits for the port; the first one opens the input. */
export function typePort(context: ActionContext, digits: string): void {
  const state = context.state();
  const reroute = selectConflict(state)?.conflict.choices.find(({ name }) => name === 'reroute');
  if (digits === '' || reroute === undefined || reroute.unavailable !== null) return;
  const text = ((state.desk.portText ?? '') + digits).slice(0, String(MAX_PORT).length);
  context.dispatch({ type: 'portTyped', text });
}

export function submitPort(context: ActionContext): void {
  const open = selectConflict(context.state());
  const text = context.state().desk.portText;
  if (open === undefined || text === undefined) return;
  const port = Number(text);
  if (port < 1 || port > MAX_PORT) {
    notify(context, 'warn', `a port is a number from 1 to ${MAX_PORT}`);
  } else if (port === open.conflict.port) {
    notify(
      context,
      'warn',
      `port ${port} is the one that is taken; type another, or go back with Esc and try again with r`,
    );
  } else {
    decide(context, { choice: 'reroute', port });
  }
}

function decide(context: ActionContext, decision: ConflictDecision): void {
  const open = selectConflict(context.state());
  const session = context.session();
  if (open === undefined || session === undefined) return;
  context.dispatch({ type: 'conflictDecided' });
  session.resolveConflict(open.service.name, decision).catch((error: unknown) => {
    context.dispatch({ type: 'decisionFailed' });
    notify(context, 'fail', describeError(error));
  });
}
