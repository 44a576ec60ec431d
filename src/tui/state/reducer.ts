// What happened → the next state. No I/O and no clock: events carry the time where it matters.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceInspection, UsageHistory } from '../../core/model/session.ts';
import type { ServiceView, SessionSnapshot } from '../../core/model/snapshot.ts';
import { assertNever } from '../../errors.ts';
import type { Size } from '../paint/compositor.ts';
import { addCpuSample, type CpuHistory } from './cpu-history.ts';
import { afterKey, withOutcomes } from './outcomes.ts';
import {
  MAX_TILES,
  configNewsKey,
  failedChecksKey,
  conflictKey,
  selectConfigNews,
  selectConflict,
  selectConflicts,
  selectDialogChoices,
  selectKillTargets,
  selectNames,
  selectUndecided,
} from './selectors.ts';
import {
  LOG_LAYOUTS,
  LOG_TIMES,
  PANES,
  type AnswerDesk,
  type ConflictDesk,
  type LogFilter,
  type LogLayout,
  type LogTaste,
  type Notice,
  type Pane,
  type ScreenState,
  type Search,
} from './state.ts';

export type ScreenEvent =
  | { readonly type: 'snapshotArrived'; readonly snapshot: SessionSnapshot; readonly nowMs: number }
  | {
      readonly type: 'servicesChanged';
      readonly services: readonly ServiceView[];
      readonly session: SessionSnapshot['session'];
      /** All of them, when some came or went. */
      readonly names?: readonly ServiceName[] | undefined;
      readonly nowMs: number;
    }
  | { readonly type: 'serviceInspected'; readonly inspection: ServiceInspection }
  | { readonly type: 'usageRead'; readonly usage: UsageHistory }
  | { readonly type: 'detailScrolled'; readonly service: ServiceName; readonly row: number }
  | { readonly type: 'timePassed'; readonly nowMs: number }
  | { readonly type: 'resized'; readonly size: Size }
  | { readonly type: 'keyPressed'; readonly nowMs: number }
  | { readonly type: 'selectionMoved'; readonly by: number }
  | { readonly type: 'serviceSelected'; readonly name: ServiceName }
  | { readonly type: 'paneFocused'; readonly pane: Pane }
  | { readonly type: 'focusMoved'; readonly by: 1 | -1 }
  | { readonly type: 'zoomToggled' }
  | { readonly type: 'panelOpened'; readonly panel: 'help' | 'ports' | 'usage' }
  | { readonly type: 'helpTurned'; readonly page: number }
  | { readonly type: 'panelClosed' }
  /** Undefined closes it. */
  | { readonly type: 'paletteTyped'; readonly text: string | undefined }
  /** Around the ends of a list of `count` items. */
  | { readonly type: 'paletteMoved'; readonly by: 1 | -1; readonly count: number }
  | { readonly type: 'timesCycled' }
  | { readonly type: 'wrapToggled' }
  | { readonly type: 'prettyToggled' }
  | { readonly type: 'layoutCycled' }
  | { readonly type: 'layoutChosen'; readonly layout: LogLayout }
  | { readonly type: 'pinToggled' }
  | { readonly type: 'filterChanged'; readonly filter: Partial<LogFilter> }
  | { readonly type: 'saveTyped'; readonly text: string | undefined }
  | { readonly type: 'answerTyped'; readonly answer: AnswerDesk | undefined }
  | { readonly type: 'searchChanged'; readonly search: Partial<Search> }
  | { readonly type: 'conflictReopened' }
  | { readonly type: 'conflictPostponed' }
  | { readonly type: 'choiceMoved'; readonly by: 1 | -1 }
  | { readonly type: 'portTyped'; readonly text: string | undefined }
  | { readonly type: 'conflictMoved'; readonly by: 1 | -1 }
  | { readonly type: 'rememberToggled' }
  | { readonly type: 'forAllToggled' }
  | { readonly type: 'killAsked'; readonly isAsking: boolean }
  | { readonly type: 'conflictsDecided'; readonly keys: readonly string[] }
  | { readonly type: 'decisionFailed'; readonly key: string }
  | { readonly type: 'configNewsHidden' }
  | { readonly type: 'failedChecksHidden' }
  | { readonly type: 'noticed'; readonly notice: Notice }
  | { readonly type: 'noticeExpired' }
  | { readonly type: 'sessionJoined' }
  | { readonly type: 'leavingChanged'; readonly leaving: ScreenState['leaving'] };

export function reduce(state: ScreenState, event: ScreenEvent): ScreenState {
  switch (event.type) {
    case 'snapshotArrived': {
      const { services, session, project } = event.snapshot;
      return withServices({ ...state, root: project.root }, services, session, event.nowMs, services);
    }
    case 'servicesChanged':
      return withServices(
        state,
        inOrder(merged(state.services, event.services), event.names),
        event.session,
        event.nowMs,
        event.services,
      );
    case 'serviceInspected': {
      const isSame = JSON.stringify(event.inspection) === JSON.stringify(state.inspection);
      return isSame ? state : { ...state, inspection: event.inspection };
    }
    case 'usageRead': {
      const isSame = JSON.stringify(event.usage) === JSON.stringify(state.usage);
      return isSame ? state : { ...state, usage: event.usage };
    }
    case 'detailScrolled':
      return { ...state, detailTop: { service: event.service, row: event.row } };
    case 'timePassed':
      return { ...state, nowMs: event.nowMs };
    case 'resized':
      return { ...state, size: event.size };
    case 'keyPressed':
      return { ...state, lastKeyMs: event.nowMs, notice: afterKey(state.notice, event.nowMs) };
    case 'selectionMoved':
      return { ...state, selected: movedSelection(state, event.by) };
    case 'serviceSelected':
      return { ...state, selected: event.name };
    case 'paneFocused':
      return { ...state, focus: event.pane, isZoomed: state.isZoomed && event.pane === 'logs' };
    case 'focusMoved': {
      const index = (PANES.indexOf(state.focus) + event.by + PANES.length) % PANES.length;
      return { ...state, focus: PANES[index] ?? 'services', isZoomed: false };
    }
    case 'zoomToggled':
      return { ...state, isZoomed: !state.isZoomed, focus: state.isZoomed ? 'services' : 'logs' };
    case 'panelOpened':
      return { ...state, panel: event.panel, helpPage: 0 };
    case 'helpTurned':
      return { ...state, helpPage: event.page };
    case 'panelClosed':
      return { ...state, panel: 'none' };
    case 'paletteTyped':
      return { ...state, palette: event.text === undefined ? undefined : { text: event.text, cursor: 0 } };
    case 'paletteMoved':
      return movePalette(state, event.by, event.count);
    case 'timesCycled':
      return withTaste(state, { times: after(LOG_TIMES, state.taste.times) });
    case 'wrapToggled':
      return withTaste(state, { isWrapped: !state.taste.isWrapped });
    case 'prettyToggled':
      return { ...state, isPretty: !state.isPretty };
    case 'layoutCycled':
      return withTaste(state, { layout: after(LOG_LAYOUTS, state.taste.layout) });
    case 'layoutChosen':
      return withTaste(state, { layout: event.layout });
    case 'pinToggled':
      return withPinToggled(state);
    case 'filterChanged':
      return { ...state, filter: { ...state.filter, ...event.filter } };
    case 'saveTyped':
      return { ...state, save: { typing: event.text } };
    case 'answerTyped':
      return { ...state, answer: event.answer };
    case 'searchChanged':
      return { ...state, search: { ...state.search, ...event.search } };
    case 'conflictReopened':
      return { ...withDesk(withDialog(withDesk(state, { postponed: [] })), { openedAtMs: 0 }), panel: 'none' };
    case 'conflictPostponed':
      return postponeConflict(state);
    case 'choiceMoved': {
      const count = selectDialogChoices(state).length;
      return count === 0 ? state : withDesk(state, { cursor: (state.desk.cursor + event.by + count) % count });
    }
    case 'portTyped':
      return withDesk(state, { portText: event.text });
    case 'conflictMoved':
      return moveConflict(state, event.by);
    case 'rememberToggled':
      return withDesk(state, { isToRemember: !state.desk.isToRemember });
    case 'forAllToggled':
      return withDesk(state, { isForAll: !state.desk.isForAll });
    case 'killAsked':
      return withDesk(state, { isAskingToKill: event.isAsking });
    case 'conflictsDecided':
      return decideConflicts(state, event.keys);
    case 'decisionFailed':
      return withDesk(state, { decided: state.desk.decided.filter((key) => key !== event.key) });
    case 'configNewsHidden': {
      const news = selectConfigNews(state);
      return news === undefined ? state : { ...state, hiddenConfigNews: configNewsKey(news) };
    }
    case 'failedChecksHidden':
      return { ...state, hiddenChecks: failedChecksKey(state.session?.failedChecks ?? []) };
    case 'noticed':
      return { ...state, notice: event.notice };
    case 'noticeExpired':
      return { ...state, notice: undefined };
    case 'sessionJoined':
      return { ...state, isJoined: true };
    case 'leavingChanged':
      return { ...state, leaving: event.leaving };
    default:
      return assertNever(event);
  }
}

function withTaste(state: ScreenState, taste: Partial<LogTaste>): ScreenState {
  return { ...state, taste: { ...state.taste, ...taste } };
}

/** What is pinned first leaves first when there are too many. */
function withPinToggled(state: ScreenState): ScreenState {
  const { selected, taste } = state;
  if (selected === undefined) return state;
  const others = taste.pinned.filter((name) => name !== selected);
  if (others.length < taste.pinned.length) return withTaste(state, { pinned: others });
  return withTaste(state, { pinned: [...others, selected].slice(-MAX_TILES), layout: 'tiles' });
}

/** The next of a few, and after the last one the first. */
function after<Value>(values: readonly Value[], value: Value): Value {
  return values[(values.indexOf(value) + 1) % values.length] ?? value;
}

function withServices(
  state: ScreenState,
  services: readonly ServiceView[],
  session: SessionSnapshot['session'],
  nowMs: number,
  sampled: readonly ServiceView[],
): ScreenState {
  const isSelectionKnown = services.some((service) => service.name === state.selected);
  const next: ScreenState = {
    ...state,
    nowMs,
    session,
    services,
    selected: isSelectionKnown ? state.selected : services[0]?.name,
    cpuHistory: withSamples(state.cpuHistory, sampled, nowMs),
  };
  return withConflictNews(state, withOutcomes(state, next));
}

function merged(known: readonly ServiceView[], changed: readonly ServiceView[]): readonly ServiceView[] {
  const byName = new Map(changed.map((service) => [service.name, service]));
  const updated = known.map((service) => byName.get(service.name) ?? service);
  const added = changed.filter((service) => !known.some((other) => other.name === service.name));
  return [...updated, ...added];
}

/** Those of these names, in their order. */
function inOrder(services: readonly ServiceView[], names: readonly ServiceName[] | undefined): readonly ServiceView[] {
  if (names === undefined) return services;
  return names.flatMap((name) => services.find((service) => service.name === name) ?? []);
}

function withSamples(
  history: ScreenState['cpuHistory'],
  services: readonly ServiceView[],
  nowMs: number,
): Readonly<Record<ServiceName, CpuHistory>> {
  const samples = services.map((service) => [
    service.name,
    addCpuSample(history[service.name], service.cpuPercent, nowMs),
  ]);
  return { ...history, ...(Object.fromEntries(samples) as Record<ServiceName, CpuHistory>) };
}

/** A new dialog resets its inputs; an update of a conflict clears its pending flag. */
function withConflictNews(before: ScreenState, after: ScreenState): ScreenState {
  const known = new Map(selectConflicts(before).map(({ service, conflict }) => [conflictKey(service), conflict]));
  const unchanged = selectConflicts(after).filter(
    ({ service, conflict }) => known.get(conflictKey(service)) === conflict,
  );
  const keys = new Set(unchanged.map(({ service }) => conflictKey(service)));
  const decided = after.desk.decided.filter((key) => keys.has(key));
  const isSame = decided.length === after.desk.decided.length;
  // A yes is for the processes that were named, and for no others.
  const isAskingToKill = after.desk.isAskingToKill && killKey(before) === killKey(after);
  return withDialog(withDesk(after, isSame ? { isAskingToKill } : { decided, isAskingToKill }));
}

function killKey(state: ScreenState): string {
  return selectKillTargets(state)
    .map(({ pid, startTicks }) => `${pid} ${startTicks}`)
    .join();
}

/** Opens the dialog that is due now, and remembers which: it does not change under the fingers. */
function withDialog(after: ScreenState): ScreenState {
  const current = selectConflict(after);
  const fresh = { cursor: 0, portText: undefined, isToRemember: false, isForAll: false, isAskingToKill: false };
  if (current === undefined) return withDesk(after, { ...fresh, shown: undefined });
  const shown = conflictKey(current.service);
  if (after.desk.shown === shown) return after;
  return { ...withDesk(after, { ...fresh, openedAtMs: after.nowMs, shown }), selected: current.service.name };
}

/** The next one that waits for a decision comes up; the last one stays to be watched. */
function decideConflicts(state: ScreenState, keys: readonly string[]): ScreenState {
  const decided = [...new Set([...state.desk.decided, ...keys])];
  const next = withDesk(state, {
    decided,
    portText: undefined,
    isToRemember: false,
    isForAll: false,
    isAskingToKill: false,
  });
  const waits = selectUndecided(next).length > 0;
  return waits ? withDialog(withDesk(next, { shown: undefined })) : next;
}

/** To a neighbour in the list, also one that was put off. */
function moveConflict(state: ScreenState, by: 1 | -1): ScreenState {
  const all = selectConflicts(state);
  const current = selectConflict(state);
  if (current === undefined || all.length < 2) return state;
  const to = all[(current.position - 1 + by + all.length) % all.length];
  if (to === undefined) return state;
  const shown = conflictKey(to.service);
  const postponed = state.desk.postponed.filter((key) => key !== shown);
  const desk = { shown, postponed, cursor: 0, portText: undefined, openedAtMs: 0, isAskingToKill: false };
  return { ...withDesk(state, desk), selected: to.service.name };
}

function movePalette(state: ScreenState, by: 1 | -1, count: number): ScreenState {
  if (state.palette === undefined || count === 0) return state;
  return { ...state, palette: { ...state.palette, cursor: (state.palette.cursor + by + count) % count } };
}

function postponeConflict(state: ScreenState): ScreenState {
  const current = selectConflict(state);
  if (current === undefined) return state;
  const postponed = [...state.desk.postponed, conflictKey(current.service)];
  return withDialog(withDesk(state, { postponed, shown: undefined }));
}

function withDesk(state: ScreenState, desk: Partial<ConflictDesk>): ScreenState {
  const isSame = Object.entries(desk).every(([key, value]) => state.desk[key as keyof ConflictDesk] === value);
  return isSame ? state : { ...state, desk: { ...state.desk, ...desk } };
}

function movedSelection(state: ScreenState, by: number): ServiceName | undefined {
  const names = selectNames(state);
  const index = state.selected === undefined ? 0 : names.indexOf(state.selected);
  return names[Math.min(names.length - 1, Math.max(0, index + by))];
}
