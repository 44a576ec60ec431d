// The choices of the conflict dialog: which are possible now, for which conflicts, and what each asks of the session.

import type { ConflictChoiceName } from '../../core/model/vocabulary.ts';
import type { ConflictDecision } from '../../core/session/session.ts';
import type { ConflictView } from '../../core/session/snapshot.ts';
import type { OwnerCard } from '../../core/model/port-owner.ts';
import { assertNever, messageOf } from '../../errors.ts';
import { notify, type ActionContext } from './action-context.ts';
import {
  conflictKey,
  selectConflict,
  selectKillTargets,
  selectUndecided,
  type OpenConflict,
} from '../state/selectors.ts';

const MAX_PORT = 65_535;

/** Takes a choice, for one conflict or for all, or says why that is not possible. */
export function chooseConflict(context: ActionContext, name: ConflictChoiceName): void {
  const state = context.state();
  const open = selectConflict(state);
  if (open === undefined) return;
  if (!state.dialog.isForAll) {
    const refusal = whyNot(open, name);
    if (refusal !== undefined) return notify(context, open.isDecided ? 'plain' : 'warn', refusal);
  }
  if (name === 'kill' && needsConsent(selectKillTargets(state))) {
    return context.dispatch({ type: 'killAsked', isAsking: true });
  }
  decideNow(context, open, name);
}

/** The person has seen the owner and agreed. */
export function confirmKill(context: ActionContext): void {
  const open = selectConflict(context.state());
  if (open !== undefined) decideNow(context, open, 'kill');
}

function decideNow(context: ActionContext, open: OpenConflict, name: ConflictChoiceName): void {
  if (context.state().dialog.isForAll) return chooseForAll(context, name);
  decide(context, [[open, decisionFor(name, open.conflict)]]);
}

/** A process of this session, or of an earlier session of the project, needs no second question. */
function needsConsent(owners: readonly OwnerCard[]): boolean {
  return owners.some(({ verdict }) => verdict !== 'ours' && verdict !== 'left over');
}

function chooseForAll(context: ActionContext, name: ConflictChoiceName): void {
  const asked = selectUndecided(context.state());
  const refused = asked.flatMap((open) => {
    const refusal = whyNot(open, name);
    return refusal === undefined ? [] : [`${open.service.name}: ${refusal}`];
  });
  const taken = asked.filter((open) => whyNot(open, name) === undefined);
  if (taken.length > 0)
    decide(
      context,
      taken.map((open) => [open, decisionFor(name, open.conflict)] as const),
    );
  if (refused.length > 0) notify(context, 'warn', `not for ${refused.join('; ')}`);
}

function whyNot({ conflict, isDecided }: OpenConflict, name: ConflictChoiceName): string | undefined {
  const choice = conflict.choices.find((candidate) => candidate.name === name);
  if (choice === undefined) return 'this is not possible here';
  if (choice.unavailable !== null) return choice.unavailable;
  return isDecided ? 'the session is working on it' : undefined;
}

function decisionFor(name: ConflictChoiceName, { owners, container, suggestedPort }: ConflictView): ConflictDecision {
  switch (name) {
    case 'kill': {
      const targets = owners.filter((owner) => owner.refusal === null);
      return { choice: 'kill', owners: targets.map(({ pid, startTicks }) => ({ pid, startTicks })) };
    }
    case 'reroute':
      // The port that the dialog showed, or the next free one if it showed none.
      return { choice: 'reroute', ...(suggestedPort === null ? {} : { port: suggestedPort }) };
    case 'container':
      return { choice: 'container', id: container?.id ?? '' };
    case 'reuse':
    case 'retry':
    case 'skip':
      return { choice: name };
    default:
      return assertNever(name);
  }
}

/** Digits for the port. The first digit opens the input. */
export function typePort(context: ActionContext, digits: string): void {
  const state = context.state();
  const reroute = selectConflict(state)?.conflict.choices.find(({ name }) => name === 'reroute');
  if (digits === '' || reroute === undefined || reroute.unavailable !== null) return;
  const typed = state.input?.purpose === 'port' ? state.input.text : '';
  const text = (typed + digits).slice(0, String(MAX_PORT).length);
  context.dispatch({ type: 'inputOpened', input: { purpose: 'port', text } });
}

export function submitPort(context: ActionContext, text: string): void {
  const open = selectConflict(context.state());
  if (open === undefined) return;
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
    decide(context, [[open, { choice: 'reroute', port }]]);
  }
}

function decide(context: ActionContext, decisions: readonly (readonly [OpenConflict, ConflictDecision])[]): void {
  const session = context.session();
  if (session === undefined) return;
  const { isToRemember } = context.state().dialog;
  context.dispatch({ type: 'conflictsDecided', keys: decisions.map(([{ service }]) => conflictKey(service)) });
  for (const [{ service }, decision] of decisions) {
    const asked = isToRemember && decision.choice !== 'retry' ? { ...decision, remember: true } : decision;
    session.resolveConflict(service.name, asked).catch((error: unknown) => {
      context.dispatch({ type: 'decisionFailed', key: conflictKey(service) });
      notify(context, 'fail', messageOf(error));
    });
  }
}
