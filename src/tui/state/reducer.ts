// What happened → the next state. No I/O and no clock: events carry the time where it matters.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceInspection, UsageHistory } from '../../core/session/inspection.ts';
import type { ServiceView, SessionSnapshot } from '../../core/session/snapshot.ts';
import { addSample, type SlotHistory } from '../../core/view/slot-history.ts';
import { assertNever } from '../../errors.ts';
import type { Size } from '../paint/compositor.ts';
import {
  decideConflicts,
  moveConflict,
  postponeConflict,
  withConflictNews,
  withDialogState,
  withDialog,
} from './conflict-dialog.ts';
import { afterKey, withOutcomes } from './outcomes.ts';
import { MAX_TILES, configNewsKey, failedChecksKey, selectConfigNews, selectDialogChoices } from './selectors.ts';
import { selectRowNames } from './service-rows.ts';
import { dependencyTree } from './dependency-tree.ts';
import { changedViews, type ViewChange } from './views.ts';
import {
  LOG_LAYOUTS,
  LOG_TIMES,
  SERVICE_ORDERS,
  PANES,
  type TypedFilter,
  type LogLayout,
  type LogPreferences,
  type Notice,
  type Pane,
  type PanelName,
  type ScreenState,
  type Search,
  type TextInput,
} from './state.ts';

/** One value for each two seconds, at any rate of news. */
const CPU_SLOT_MS = 2000;
export const CPU_HISTORY_LENGTH = 30;

export type ScreenEvent =
  | { readonly type: 'snapshotArrived'; readonly snapshot: SessionSnapshot; readonly nowMs: number }
  | {
      readonly type: 'servicesChanged';
      readonly services: readonly ServiceView[];
      readonly session: SessionSnapshot['session'];
      /** All services, if some came or went. */
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
  | { readonly type: 'outputSeen'; readonly services: readonly ServiceName[] }
  | { readonly type: 'logCounted'; readonly lines: number | undefined }
  | { readonly type: 'orderCycled' }
  /** Empty: all services. */
  | { readonly type: 'tableFiltered'; readonly text: string }
  | { readonly type: 'zoomToggled' }
  | { readonly type: 'panelOpened'; readonly panel: PanelName }
  | { readonly type: 'viewChanged'; readonly change: ViewChange }
  | { readonly type: 'helpTurned'; readonly page: number }
  | { readonly type: 'panelClosed' }
  | { readonly type: 'inputOpened'; readonly input: TextInput }
  | { readonly type: 'inputEdited'; readonly text: string }
  | { readonly type: 'inputClosed' }
  /** Wraps around the ends of a list of `count` items. */
  | { readonly type: 'paletteMoved'; readonly by: 1 | -1; readonly count: number }
  | { readonly type: 'timesCycled' }
  | { readonly type: 'wrapToggled' }
  | { readonly type: 'prettyToggled' }
  | { readonly type: 'probesToggled' }
  | { readonly type: 'layoutCycled' }
  | { readonly type: 'layoutChosen'; readonly layout: LogLayout }
  | { readonly type: 'pinToggled' }
  | { readonly type: 'filterChanged'; readonly filter: Partial<TypedFilter> }
  | { readonly type: 'searchChanged'; readonly search: Partial<Search> }
  | { readonly type: 'conflictReopened' }
  | { readonly type: 'conflictPostponed' }
  | { readonly type: 'choiceMoved'; readonly by: 1 | -1 }
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
      // In a replay no time passes in which a person could see a notice.
      return {
        ...state,
        lastKeyMs: event.nowMs,
        notice: state.recording === undefined ? afterKey(state.notice, event.nowMs) : undefined,
      };
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
    case 'outputSeen': {
      const fresh = event.services.filter((name) => !state.spoken.includes(name));
      return fresh.length === 0 ? state : { ...state, spoken: [...state.spoken, ...fresh] };
    }
    case 'logCounted':
      return event.lines === state.logLines ? state : { ...state, logLines: event.lines };
    case 'orderCycled':
      return { ...state, order: after(SERVICE_ORDERS, state.order) };
    case 'tableFiltered':
      return withTableFilter(state, event.text);
    case 'zoomToggled':
      return { ...state, isZoomed: !state.isZoomed, focus: state.isZoomed ? 'services' : 'logs' };
    case 'panelOpened':
      return { ...state, panel: event.panel, helpPage: 0 };
    case 'helpTurned':
      return { ...state, helpPage: event.page };
    case 'panelClosed':
      return {
        ...state,
        panel: 'none',
        views:
          state.recording === undefined
            ? changedViews(state.views, { type: 'momentChosen', momentMs: undefined })
            : state.views,
      };
    case 'viewChanged': {
      const views = changedViews(state.views, event.change);
      return views === state.views ? state : { ...state, views };
    }
    case 'inputOpened':
      return { ...state, input: event.input };
    case 'inputEdited':
      return editInput(state, event.text);
    case 'inputClosed':
      return { ...state, input: undefined };
    case 'paletteMoved':
      return movePalette(state, event.by, event.count);
    case 'timesCycled':
      return withPreferences(state, { times: after(LOG_TIMES, state.preferences.times) });
    case 'wrapToggled':
      return withPreferences(state, { isWrapped: !state.preferences.isWrapped });
    case 'prettyToggled':
      return { ...state, isPretty: !state.isPretty };
    case 'probesToggled':
      return { ...state, showsProbes: !state.showsProbes };
    case 'layoutCycled':
      return withPreferences(state, { layout: after(LOG_LAYOUTS, state.preferences.layout) });
    case 'layoutChosen':
      return withPreferences(state, { layout: event.layout });
    case 'pinToggled':
      return withPinToggled(state);
    case 'filterChanged':
      return { ...state, filter: { ...state.filter, ...event.filter } };
    case 'searchChanged':
      return { ...state, search: { ...state.search, ...event.search } };
    case 'conflictReopened':
      return {
        ...withDialogState(withDialog(withDialogState(state, { postponed: [] })), { openedAtMs: 0 }),
        panel: 'none',
      };
    case 'conflictPostponed':
      return postponeConflict(state);
    case 'choiceMoved': {
      const count = selectDialogChoices(state).length;
      return count === 0 ? state : withDialogState(state, { cursor: (state.dialog.cursor + event.by + count) % count });
    }
    case 'conflictMoved':
      return moveConflict(state, event.by);
    case 'rememberToggled':
      return withDialogState(state, { isToRemember: !state.dialog.isToRemember });
    case 'forAllToggled':
      return withDialogState(state, { isForAll: !state.dialog.isForAll });
    case 'killAsked':
      return withDialogState(state, { isAskingToKill: event.isAsking });
    case 'conflictsDecided':
      return decideConflicts(state, event.keys);
    case 'decisionFailed':
      return withDialogState(state, { decided: state.dialog.decided.filter((key) => key !== event.key) });
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

function withPreferences(state: ScreenState, preferences: Partial<LogPreferences>): ScreenState {
  return { ...state, preferences: { ...state.preferences, ...preferences } };
}

/** The first pinned service leaves first if there are too many. */
function withPinToggled(state: ScreenState): ScreenState {
  const { selected, preferences } = state;
  if (selected === undefined) return state;
  const others = preferences.pinned.filter((name) => name !== selected);
  if (others.length < preferences.pinned.length) return withPreferences(state, { pinned: others });
  return withPreferences(state, { pinned: [...others, selected].slice(-MAX_TILES), layout: 'tiles' });
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
  // A question about something that is over is dropped.
  return state.recording === undefined ? withConflictNews(state, withOutcomes(state, withRequest(next))) : next;
}

/** The agent's request that is due. It does not change while the person types. */
function withRequest(state: ScreenState): ScreenState {
  const pending = state.session?.requests ?? [];
  const { request, nowMs } = state;
  if (pending.some(({ id }) => id === request?.id)) return state;
  const [next] = pending;
  return { ...state, request: next === undefined ? undefined : { id: next.id, openedAtMs: nowMs } };
}

function merged(known: readonly ServiceView[], changed: readonly ServiceView[]): readonly ServiceView[] {
  const byName = new Map(changed.map((service) => [service.name, service]));
  const updated = known.map((service) => byName.get(service.name) ?? service);
  const added = changed.filter((service) => !known.some((other) => other.name === service.name));
  return [...updated, ...added];
}

/** The services with these names, in their order. */
function inOrder(services: readonly ServiceView[], names: readonly ServiceName[] | undefined): readonly ServiceView[] {
  if (names === undefined) return services;
  return names.flatMap((name) => services.find((service) => service.name === name) ?? []);
}

function withSamples(
  history: ScreenState['cpuHistory'],
  services: readonly ServiceView[],
  nowMs: number,
): Readonly<Record<ServiceName, SlotHistory>> {
  const samples = services.map((service) => [
    service.name,
    addCpuSample(history[service.name], service.cpuPercent, nowMs),
  ]);
  return { ...history, ...(Object.fromEntries(samples) as Record<ServiceName, SlotHistory>) };
}

function editInput(state: ScreenState, text: string): ScreenState {
  const { input } = state;
  if (input === undefined) return state;
  return { ...state, input: input.purpose === 'palette' ? { ...input, text, cursor: 0 } : { ...input, text } };
}

function movePalette(state: ScreenState, by: 1 | -1, count: number): ScreenState {
  const { input } = state;
  if (input?.purpose !== 'palette' || count === 0) return state;
  return { ...state, input: { ...input, cursor: (input.cursor + by + count) % count } };
}

/** The selected service stays in the table, as long as the table has any. */
function withTableFilter(state: ScreenState, text: string): ScreenState {
  const next = { ...state, tableFilter: text };
  const names = selectRowNames(next);
  const isShown = state.selected !== undefined && names.includes(state.selected);
  return isShown ? next : { ...next, selected: names[0] ?? state.selected };
}

function treeNames({ services, views }: ScreenState): readonly ServiceName[] {
  return dependencyTree(services, views.folded).map(({ service }) => service.name);
}

function movedSelection(state: ScreenState, by: number): ServiceName | undefined {
  const names = state.panel === 'tree' ? treeNames(state) : selectRowNames(state);
  const index = state.selected === undefined ? 0 : names.indexOf(state.selected);
  return names[Math.min(names.length - 1, Math.max(0, index + by))] ?? state.selected;
}

export function addCpuSample(history: SlotHistory | undefined, cpuPercent: number | null, nowMs: number): SlotHistory {
  // No news is no change.
  const rules = { slotMs: CPU_SLOT_MS, length: CPU_HISTORY_LENGTH, heldSlots: Number.POSITIVE_INFINITY };
  return addSample(history, cpuPercent, nowMs, rules);
}
