// What a key does: it sends an event to the state, moves the log, or calls the session. The screen does not wait for a
// call. The next snapshot shows its result, the status line its failure.

import { assertNever, messageOf } from '../../errors.ts';
import type { Session } from '../../core/session/session.ts';
import { consequences } from '../../format/config-news.ts';
import { notify, type ActionContext } from './action-context.ts';
import { chooseConflict, confirmKill, submitPort, typePort } from './conflict-actions.ts';
import { helpPages } from '../keymap/help-pages.ts';
import type { ActionName } from '../keymap/binding.ts';
import { isViewAction, moveInSessions, moveInTimeline, performViewAction } from './view-actions.ts';
import { moveInDetail, type DetailMove } from './detail-scroll.ts';
import { performLogAction, submitFilter, submitSave, submitSearch } from './log-actions.ts';
import {
  beginProjectAction,
  cycleValue,
  moveField,
  stopProjectAction,
  submitForm,
  typeIntoForm,
} from './project-actions.ts';
import { selectPalette } from '../keymap/palette.ts';
import { plainText } from '../paint/plain-text.ts';
import {
  isActive,
  selectConfigNews,
  selectRequest,
  leaseOfSelected,
  selectDialogChoices,
  selectFailedChecks,
  selectLayout,
  selectMode,
  selectService,
} from '../state/selectors.ts';
import { isTyped } from '../state/action-form.ts';
import type { ServiceOrder, TextInput } from '../state/state.ts';

type InputFor<Purpose extends TextInput['purpose']> = Extract<TextInput, { readonly purpose: Purpose }>;

const MAX_QUERY = 200;

const ORDER_NOTICES: Readonly<Record<ServiceOrder, string>> = {
  config: 'services in the order of the config',
  problems: 'services with problems first',
  cpu: 'services by CPU, the busiest first',
  memory: 'services by memory, the largest first',
  name: 'services by name',
};

const LEASE_MS = 20 * 60_000;

/** What the keys that move do when the detail has the focus. */
const DETAIL_MOVES: Readonly<Partial<Record<ActionName, DetailMove>>> = {
  moveDown: 'down',
  moveUp: 'up',
  moveFirst: 'first',
  moveLast: 'last',
  pageDown: 'pageDown',
  pageUp: 'pageUp',
  halfPageDown: 'halfPageDown',
  halfPageUp: 'halfPageUp',
};

export function performAction(action: ActionName, context: ActionContext): void {
  const { dispatch, logs } = context;
  const state = context.state();
  const mode = selectMode(state);
  const inLogs = mode === 'logs';
  const detailMove = mode === 'detail' ? DETAIL_MOVES[action] : undefined;
  if (detailMove !== undefined) return moveInDetail(context, detailMove);
  if (mode === 'sessions' && moveInSessions(action, context)) return undefined;
  if (mode === 'timeline' && moveInTimeline(action, context)) return undefined;
  if (isViewAction(action)) return performViewAction(action, context);
  switch (action) {
    case 'moveDown':
      return inLogs ? logs.active.moveCursor(1) : dispatch({ type: 'selectionMoved', by: 1 });
    case 'moveUp':
      return inLogs ? logs.active.moveCursor(-1) : dispatch({ type: 'selectionMoved', by: -1 });
    case 'moveFirst':
      return inLogs ? logs.active.toOldest() : dispatch({ type: 'selectionMoved', by: -Infinity });
    case 'moveLast':
      return inLogs ? logs.active.follow() : dispatch({ type: 'selectionMoved', by: Infinity });
    case 'focusNext':
      return dispatch({ type: 'focusMoved', by: 1 });
    case 'focusPrevious':
      return dispatch({ type: 'focusMoved', by: -1 });
    case 'focusServices':
      return dispatch({ type: 'paneFocused', pane: 'services' });
    case 'focusLogs':
      return dispatch({ type: 'paneFocused', pane: 'logs' });
    case 'focusDetail':
      return dispatch({ type: 'paneFocused', pane: 'detail' });
    case 'order':
      dispatch({ type: 'orderCycled' });
      return notify(context, 'plain', ORDER_NOTICES[context.state().order]);
    case 'findService':
      return dispatch({ type: 'inputOpened', input: { purpose: 'find-service', text: state.tableFilter } });
    case 'restart':
      return onService(context, (session, name) => session.restart([name]));
    case 'restartAll':
      return call(context, (session) => session.restart([]));
    case 'startStop': {
      const service = selectService(state);
      return onService(context, (session, name) =>
        service !== undefined && isActive(service) ? session.stop([name]) : session.start([name]),
      );
    }
    case 'stop':
      return onService(context, (session, name) => session.stop([name]));
    case 'killNow':
      return onService(context, (session, name) => session.stop([name], { force: true }));
    case 'ports':
      return state.recording === undefined && state.services.some((service) => service.state === 'conflict')
        ? dispatch({ type: 'conflictReopened' })
        : dispatch({ type: 'panelOpened', panel: 'ports' });
    case 'openUrl': {
      const url = selectService(state)?.url;
      if (url === undefined || url === null) return undefined;
      context.host.openUrl(url);
      return notify(context, 'plain', `opened ${url}`);
    }
    case 'answer':
      return beginAnswer(context);
    case 'typeInto':
      return context.lend('service');
    case 'openLog':
      return context.lend('log');
    case 'stream':
      return context.lend('stream');
    case 'applyConfig':
      return applyConfig(context);
    case 'help':
      return dispatch({ type: 'panelOpened', panel: 'help' });
    case 'helpForward':
      return turnHelp(context, 1);
    case 'helpBack':
      return turnHelp(context, -1);
    case 'usage':
      return dispatch({ type: 'panelOpened', panel: 'usage' });
    case 'palette':
      return dispatch({ type: 'inputOpened', input: { purpose: 'palette', text: '', cursor: 0 } });
    case 'paletteUp':
      return dispatch({ type: 'paletteMoved', by: -1, count: selectPalette(context.state()).length });
    case 'paletteDown':
      return dispatch({ type: 'paletteMoved', by: 1, count: selectPalette(context.state()).length });
    case 'back':
      return goBack(context);
    case 'detach':
      return context.leave('detach');
    case 'quit':
      return quit(context);
    case 'toggleLease':
      return toggleLease(context);
    case 'allowRequest':
      return answerRequest(context, { isGranted: true });
    case 'allowRequests':
      return answerRequest(context, { isGranted: true, remember: true });
    case 'refuseRequest':
      return answerRequest(context, { isGranted: false });
    case 'confirmQuit':
      return context.leave('quit');
    case 'force':
      return context.leave('force');
    case 'suspend':
      return context.suspend();
    case 'submit':
      return submit(context);
    case 'fieldUp':
      return moveField(context, -1);
    case 'fieldDown':
      return moveField(context, 1);
    case 'valueNext':
      return cycleValue(context, 1);
    case 'valuePrevious':
      return cycleValue(context, -1);
    case 'erase':
      return editText(context, (text) => Array.from(text).slice(0, -1).join(''));
    case 'eraseAll':
      return editText(context, () => '');
    case 'choiceUp':
      return dispatch({ type: 'choiceMoved', by: -1 });
    case 'choiceDown':
      return dispatch({ type: 'choiceMoved', by: 1 });
    case 'chooseMarked': {
      const choice = selectDialogChoices(state)[state.dialog.cursor];
      return choice === undefined ? undefined : chooseConflict(context, choice.name);
    }
    case 'reroute':
      return chooseConflict(context, 'reroute');
    case 'killOwner':
      return chooseConflict(context, 'kill');
    case 'reuse':
      return chooseConflict(context, 'reuse');
    case 'stopContainer':
      return chooseConflict(context, 'container');
    case 'retry':
      return chooseConflict(context, 'retry');
    case 'skip':
      return chooseConflict(context, 'skip');
    case 'nextConflict':
      return dispatch({ type: 'conflictMoved', by: 1 });
    case 'previousConflict':
      return dispatch({ type: 'conflictMoved', by: -1 });
    case 'remember':
      return dispatch({ type: 'rememberToggled' });
    case 'forAll':
      return dispatch({ type: 'forAllToggled' });
    case 'confirmKill':
      return confirmKill(context);
    case 'later':
      return dispatch({ type: 'conflictPostponed' });
    default:
      return performLogAction(action, context);
  }
}

/** Characters that no binding takes: text for the search, digits for the port. */
export function typeText(text: string, context: ActionContext): void {
  const state = context.state();
  const mode = selectMode(state);
  if (mode === 'conflict' || mode === 'port') return typePort(context, text.replace(/\D/g, ''));
  if (mode === 'action') return typeIntoForm(context, plainText(text));
  if (mode === state.input?.purpose) editText(context, (typed) => (typed + plainText(text)).slice(0, MAX_QUERY));
}

function call(context: ActionContext, request: (session: Session) => Promise<unknown>): void {
  const session = context.session();
  if (session === undefined) return;
  request(session).catch((error: unknown) => notify(context, 'fail', messageOf(error)));
}

function turnHelp({ state: read, dispatch }: ActionContext, by: 1 | -1): void {
  const { remaps, helpPage } = read();
  const area = selectLayout(read())?.panel;
  if (area === undefined) return;
  const last = helpPages(area, remaps).length - 1;
  dispatch({ type: 'helpTurned', page: Math.max(0, Math.min(last, Math.min(helpPage, last) + by)) });
}

function toggleLease(context: ActionContext): void {
  const held = leaseOfSelected(context.state());
  onService(context, async (session, name) => {
    if (held !== undefined) {
      await session.unlockService(name);
      return notify(context, 'plain', `${name} is not locked any more; ${held.holder} held it`);
    }
    await session.lockService(name, { durationMs: LEASE_MS, why: 'locked on the screen' });
    return notify(context, 'plain', `${name} is locked for 20 minutes: L gives it back`);
  });
}

/** The question on the screen, not a later one. */
function answerRequest(
  context: ActionContext,
  answer: { readonly isGranted: boolean; readonly remember?: boolean },
): void {
  const request = selectRequest(context.state());
  if (request === undefined) return;
  call(context, async (session) => {
    await session.answerRequest(request.id, answer);
    notify(context, 'plain', `${answer.isGranted ? 'allowed' : 'refused'}: ${request.actor}: ${request.what}`);
  });
}

/** The edit on the screen, not a later one. */
function applyConfig(context: ActionContext): void {
  const config = context.state().session?.config;
  if (config === undefined) return;
  call(context, async (session) => {
    const { changes } = await session.reloadConfig({ version: config.version });
    notify(context, 'plain', `applied: ${consequences(changes)}`);
  });
}

function onService(context: ActionContext, request: (session: Session, name: string) => Promise<unknown>): void {
  const service = selectService(context.state());
  if (service) call(context, (session) => request(session, service.name));
}

/**
 * Escape leaves one thing at a time, in this order: typing, a panel, news of the config, failed checks, the search, a
 * selection, the filter, zoom, the focus.
 */
function goBack(context: ActionContext): void {
  const { dispatch, logs } = context;
  const state = context.state();
  if (state.leaving === 'asking') return dispatch({ type: 'leavingChanged', leaving: 'no' });
  if (state.input !== undefined) return dispatch({ type: 'inputClosed' });
  if (state.dialog.isAskingToKill) return dispatch({ type: 'killAsked', isAsking: false });
  if (state.panel === 'timeline' && state.recording !== undefined) return performViewAction('openMoment', context);
  if (state.panel !== 'none') return dispatch({ type: 'panelClosed' });
  if (selectConfigNews(state) !== undefined) return dispatch({ type: 'configNewsHidden' });
  if (selectFailedChecks(state).length > 0) return dispatch({ type: 'failedChecksHidden' });
  if (state.search.query !== undefined) {
    return dispatch({ type: 'searchChanged', search: { query: undefined, status: '' } });
  }
  if (logs.active.selectedCount > 0) return logs.active.clearSelection();
  if (state.filter.text !== '' || state.filter.errorsOnly) {
    return dispatch({ type: 'filterChanged', filter: { text: '', errorsOnly: false } });
  }
  if (state.tableFilter !== '' && state.focus === 'services') return dispatch({ type: 'tableFiltered', text: '' });
  if (state.isZoomed) return dispatch({ type: 'zoomToggled' });
  return dispatch({ type: 'paneFocused', pane: 'services' });
}

/** Asks first if the session existed before this screen, or if a service is still starting. */
function quit(context: ActionContext): void {
  const { services, isJoined, recording } = context.state();
  if (recording !== undefined) return context.leave('detach');
  if (isJoined || services.some((service) => service.state === 'starting'))
    context.dispatch({ type: 'leavingChanged', leaving: 'asking' });
  else context.leave('quit');
}

function editText({ state: read, dispatch }: ActionContext, edit: (text: string) => string): void {
  const { input } = read();
  if (input?.purpose === 'action' && !isTyped(read())) return;
  if (input !== undefined) dispatch({ type: 'inputEdited', text: edit(input.text) });
}

function submit(context: ActionContext): void {
  const { dispatch } = context;
  const { input } = context.state();
  switch (input?.purpose) {
    case 'search':
      return submitSearch(context, input.text);
    case 'find-service':
      dispatch({ type: 'inputClosed' });
      return dispatch({ type: 'tableFiltered', text: input.text });
    case 'filter':
      return submitFilter(context, input.text);
    case 'save':
      return submitSave(context, input.text);
    case 'answer':
      return submitAnswer(context, input);
    case 'action':
      return submitForm(context, input);
    case 'palette':
      return submitPalette(context, input);
    case 'port':
      return submitPort(context, input.text);
    case undefined:
      return undefined;
    default:
      return assertNever(input);
  }
}

function beginAnswer({ state, dispatch }: ActionContext): void {
  const service = selectService(state());
  if (service?.question === undefined || service.question === null) return;
  const { text, isSecret } = service.question;
  dispatch({
    type: 'inputOpened',
    input: { purpose: 'answer', text: '', service: service.name, question: text, isSecret },
  });
}

/** Forgets the typed text before it is sent. */
function submitAnswer(context: ActionContext, { service, text }: InputFor<'answer'>): void {
  context.dispatch({ type: 'inputClosed' });
  call(context, (session) => session.typeAnswer(service, text));
}

function submitPalette(context: ActionContext, { cursor }: InputFor<'palette'>): void {
  const item = selectPalette(context.state())[cursor];
  if (item === undefined) return;
  if (item.reason !== undefined) return notify(context, 'warn', item.reason);
  context.dispatch({ type: 'inputClosed' });
  context.dispatch({ type: 'panelClosed' });
  if (item.projectAction !== undefined) {
    const { name, verb } = item.projectAction;
    return verb === 'do' ? beginProjectAction(context, name) : stopProjectAction(context, name);
  }
  if (item.service !== undefined) context.dispatch({ type: 'serviceSelected', name: item.service });
  if (item.action !== undefined) performAction(item.action, context);
}
