// What keys do on the pages: start-up, timeline, tree, usage, sessions.

import { assertNever, messageOf } from '../../errors.ts';
import type { ActionName } from '../keymap/binding.ts';
import { STRIP_MS } from '../subjects/past.ts';
import { timelineCursor, timelineRows, type TimelineRow } from '../subjects/timeline.ts';
import { plainDeep } from '../paint/plain-text.ts';
import { notify, type ActionContext } from './action-context.ts';

/** A step of the strips at their widest. */
const STEP_MS = STRIP_MS / 60;

const VIEW_ACTIONS = [
  'startup',
  'tree',
  'timeline',
  'sessions',
  'switchSession',
  'fold',
  'openMoment',
  'troubleNext',
  'troublePrevious',
  'momentEarlier',
  'momentLater',
] as const satisfies readonly ActionName[];

export type ViewAction = (typeof VIEW_ACTIONS)[number];

export function isViewAction(action: ActionName): action is ViewAction {
  return (VIEW_ACTIONS as readonly ActionName[]).includes(action);
}

export function performViewAction(action: ViewAction, context: ActionContext): void {
  const { dispatch } = context;
  const rows = timelineRows(context.state());
  const cursor = timelineCursor(context.state());
  const { selected } = context.state();
  switch (action) {
    case 'startup':
    case 'tree':
    case 'timeline':
      return dispatch({ type: 'panelOpened', panel: action });
    case 'sessions':
      dispatch({ type: 'panelOpened', panel: 'sessions' });
      return void readSessions(context);
    case 'switchSession':
      return switchSession(context);
    case 'fold':
      return selected === undefined
        ? undefined
        : dispatch({ type: 'viewChanged', change: { type: 'folded', service: selected } });
    case 'openMoment':
      return void openMoment(context, rows[cursor]);
    case 'troubleNext':
      return toTrouble(
        context,
        rows.findIndex(({ words }, index) => index > cursor && words.isTrouble),
        'later',
      );
    case 'troublePrevious':
      return toTrouble(
        context,
        rows.findLastIndex(({ words }, index) => index < cursor && words.isTrouble),
        'earlier',
      );
    case 'momentEarlier':
      return step(context, -STEP_MS);
    case 'momentLater':
      return step(context, STEP_MS);
    default:
      return assertNever(action);
  }
}

async function readSessions({ host, dispatch, ...context }: ActionContext): Promise<void> {
  try {
    const sessions = plainDeep(await host.listSessions());
    dispatch({ type: 'viewChanged', change: { type: 'sessionsListed', sessions } });
  } catch (error) {
    notify({ dispatch, ...context }, 'fail', messageOf(error));
  }
}

/** The screen of the other session has the terminal until the person leaves it. */
function switchSession(context: ActionContext): void {
  const { views, root } = context.state();
  const chosen = views.sessions?.[views.sessionCursor];
  if (chosen === undefined) return;
  if (chosen.root === root) return context.dispatch({ type: 'panelClosed' });
  if (chosen.state === 'folder gone' || chosen.state === 'no answer')
    return notify(context, 'warn', `${chosen.project} cannot be shown: ${chosen.state}`);
  context.dispatch({ type: 'panelClosed' });
  context.lend({ command: ['attach'], root: chosen.root });
}

/** False if the key does not move the cursor there. */
export function moveInSessions(action: ActionName, { state, dispatch }: ActionContext): boolean {
  const { sessionCursor } = state().views;
  const places: Partial<Record<ActionName, number>> = {
    moveDown: sessionCursor + 1,
    moveUp: sessionCursor - 1,
    moveFirst: 0,
    moveLast: Infinity,
  };
  const index = places[action];
  if (index !== undefined) dispatch({ type: 'viewChanged', change: { type: 'sessionChosen', index } });
  return index !== undefined;
}

/** False if the key does not move the cursor there. */
export function moveInTimeline(action: ActionName, context: ActionContext): boolean {
  const last = timelineRows(context.state()).length - 1;
  const cursor = timelineCursor(context.state());
  const places: Partial<Record<ActionName, number>> = {
    moveDown: Math.min(last, cursor + 1),
    moveUp: Math.max(0, cursor - 1),
    moveFirst: 0,
    moveLast: last,
  };
  const place = places[action];
  if (place !== undefined) stand(context, place);
  return place !== undefined;
}

/** Puts the cursor on the row, and selects its service. */
function stand({ dispatch, state }: ActionContext, index: number): void {
  const rows = timelineRows(state());
  const row = rows[index];
  if (row === undefined) return;
  const isNewest = index === rows.length - 1;
  const moment = isNewest ? { momentMs: undefined } : { momentMs: row.atMs, seq: row.fact.seq };
  dispatch({ type: 'viewChanged', change: { type: 'momentChosen', ...moment } });
  if (row.service !== undefined) dispatch({ type: 'serviceSelected', name: row.service });
}

function toTrouble(context: ActionContext, index: number, where: 'earlier' | 'later'): void {
  if (index >= 0) stand(context, index);
  else notify(context, 'plain', `no ${where} trouble`);
}

function step({ dispatch, state }: ActionContext, byMs: number): void {
  const { views, nowMs, recording } = state();
  const { fromMs, toMs } = recording ?? { fromMs: nowMs - STRIP_MS, toMs: nowMs };
  const momentMs = Math.min(toMs, Math.max(fromMs, (views.momentMs ?? toMs) + byMs));
  const isNow = recording === undefined && momentMs === toMs;
  dispatch({ type: 'viewChanged', change: { type: 'momentChosen', momentMs: isNow ? undefined : momentMs } });
}

/** Moves the visible logs to the moment. */
async function openMoment(context: ActionContext, row: TimelineRow | undefined): Promise<void> {
  const { views, nowMs, recording } = context.state();
  const { logs } = context;
  const atMs = views.momentMs ?? row?.atMs ?? nowMs;
  context.dispatch({ type: 'panelClosed' });
  context.dispatch({ type: 'paneFocused', pane: 'logs' });
  // During a replay they already show it.
  if (recording !== undefined && views.momentMs === undefined) return;
  logs.arrange(context.state());
  try {
    const silent = await logs.goToTime(atMs);
    if (logs.active.services.every((service) => silent.includes(service)))
      notify(context, 'plain', `${logs.active.services.join(', ')} wrote nothing after that`);
  } catch (error) {
    notify(context, 'fail', messageOf(error));
  }
}
