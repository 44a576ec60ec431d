// The difference between two states of the screen, said in words: at most one line for each change. Pure.

import type { ServiceView } from '../../core/session/snapshot.ts';
import { configNewsLine } from '../../format/config-news.ts';
import { failedCheckLines } from '../../format/failed-check.ts';
import { keyOf } from '../keymap/keymap.ts';
import { conflictKey, selectConflict, selectFailedChecks, selectRequest } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';
import {
  changeWords,
  choiceLine,
  conflictNews,
  killQuestion,
  serviceWords,
  spoken,
  summaryWords,
  wayOutWords,
} from './words.ts';

/** What to say about the change from one state to the next, in order. */
export function announce(before: ScreenState, after: ScreenState): readonly string[] {
  const lines = [
    ...serviceNews(before, after),
    ...sessionNews(before, after),
    ...dialogNews(before, after),
    ...inputNews(before, after),
    ...noticeNews(before, after),
    ...leavingNews(before, after),
  ];
  return lines.map(spoken).filter((line) => line !== '');
}

function serviceNews(before: ScreenState, after: ScreenState): readonly string[] {
  if (after.session === undefined || (after.services === before.services && after.selected === before.selected))
    return [];
  const isFirst = before.session === undefined;
  const known = new Map(before.services.map((service) => [service.name, service]));
  const changes = after.services.flatMap((service) => newsOf(known.get(service.name), service, after, isFirst));
  const summary = isFirst || hasSettled(before, after) ? [summaryWords(after)] : [];
  const isMoved = isFirst || before.selected !== after.selected;
  return [...changes, ...summary, ...(isMoved ? [serviceWords(after)] : [])];
}

/** Of what was so before we came, only what needs a person. */
function newsOf(
  was: ServiceView | undefined,
  is: ServiceView,
  state: ScreenState,
  isFirst: boolean,
): readonly string[] {
  const isTrouble = is.state === 'failed' || is.state === 'conflict' || is.state === 'unhealthy';
  const isUntold = was === undefined && (isFirst ? !isTrouble : is.state === 'stopped');
  // An outcome says it: see `withOutcomes`.
  const isOutcome = was?.state === 'stopping' && is.state === 'stopped' && !is.wanted && state.leaving === 'no';
  const change = isUntold || isOutcome || was === is ? undefined : changeWords(was, is);
  const isNewConflict = is.state === 'conflict' && (was?.state !== 'conflict' || conflictKey(was) !== conflictKey(is));
  const isNewQuestion = is.question !== null && was?.question?.text !== is.question.text;
  const isIn = (alert: { readonly kind: string; readonly since: string }, view: ServiceView | undefined): boolean =>
    view?.alerts.some(({ kind, since }) => kind === alert.kind && since === alert.since) === true;
  return [
    ...(change === undefined ? [] : [change]),
    ...(isNewConflict ? conflictNews(is, keyOf('ports', state.remaps)) : []),
    ...(isNewQuestion ? [`${is.name} asks: ${is.question.text}; ${keyOf('answer', state.remaps)} answers`] : []),
    ...is.alerts.filter((alert) => !isIn(alert, was)).map(({ message }) => `${is.name}: alert: ${message}`),
    ...(was?.alerts ?? []).filter((alert) => !isIn(alert, is)).map(({ message }) => `${is.name}: over: ${message}`),
  ];
}

/** Nothing is on its way any more. */
function hasSettled(before: ScreenState, after: ScreenState): boolean {
  const isComing = ({ state }: ServiceView): boolean => ['starting', 'waiting', 'backoff'].includes(state);
  return before.services.some(isComing) && !after.services.some(isComing) && after.leaving === 'no';
}

function sessionNews(before: ScreenState, after: ScreenState): readonly string[] {
  const config = after.session?.config;
  const line = config === undefined ? '' : configNewsLine(config);
  const told = before.session?.config === undefined ? '' : configNewsLine(before.session.config);
  const key = config?.status === 'pending' ? `; ${keyOf('applyConfig', after.remaps)} applies it` : '';
  const checks = selectFailedChecks(after).map((check) => failedCheckLines(check).join('; '));
  const known = new Set(selectFailedChecks(before).map((check) => failedCheckLines(check).join('; ')));
  const request = selectRequest(after);
  const isNewRequest = request !== undefined && request.id !== selectRequest(before)?.id;
  return [
    ...(line === '' || line === told ? [] : [line + key]),
    ...checks.filter((check) => !known.has(check)),
    ...(isNewRequest
      ? [`${request.actor} asks to ${request.what}: y allows it once, Y for the whole session, n refuses`]
      : []),
  ];
}

function dialogNews(before: ScreenState, after: ScreenState): readonly string[] {
  const open = selectConflict(after);
  if (open === undefined || open.isPostponed) return [];
  const was = selectConflict(before);
  const { dialog } = after;
  if (was === undefined || conflictKey(was.service) !== conflictKey(open.service)) return wayOutWords(after);
  if (dialog.isAskingToKill !== before.dialog.isAskingToKill) {
    return dialog.isAskingToKill ? killQuestion(after) : ['back to the ways out'];
  }
  return [
    ...(dialog.cursor === before.dialog.cursor ? [] : [choiceLine(after, dialog.cursor)]),
    ...(dialog.isToRemember === before.dialog.isToRemember
      ? []
      : [`the next choice is ${dialog.isToRemember ? '' : 'not '}remembered for this project`]),
    ...(dialog.isForAll === before.dialog.isForAll
      ? []
      : [`the next choice is for ${dialog.isForAll ? 'all conflicts' : 'this conflict alone'}`]),
  ];
}

function inputNews({ input: was }: ScreenState, { input: is }: ScreenState): readonly string[] {
  if (is === undefined) return was === undefined ? [] : ['typing has ended'];
  if (is.purpose === 'port') return is.text === was?.text ? [] : [`port ${is.text}: Enter uses it, Esc goes back`];
  if (is.purpose !== 'answer') return [];
  if (was === undefined) {
    const secret = is.isSecret ? ', which is not shown' : '';
    return [`type the answer to ${is.service}${secret}: ${is.question} Enter sends it, Esc cancels`];
  }
  // What is typed is echoed; what is taken back is said.
  return is.isSecret || is.text.length >= was.text.length
    ? []
    : [is.text === '' ? 'nothing typed' : `left: ${is.text}`];
}

function noticeNews({ notice: was }: ScreenState, { notice: is }: ScreenState): readonly string[] {
  return is === undefined || is === was ? [] : [is.text];
}

function leavingNews({ leaving: was }: ScreenState, { leaving: is, isJoined }: ScreenState): readonly string[] {
  if (was === is) return [];
  switch (is) {
    case 'asking':
      return [
        `${isJoined ? 'others may use this session' : 'services are still starting'}: q stops all, d leaves it running, Esc stays`,
      ];
    case 'stopping':
      return ['stopping all services; q kills the rest at once'];
    case 'forcing':
      return ['killing the rest'];
    default:
      return ['the session goes on'];
  }
}
