// Questions about the state that more than one place asks.

import type { ConflictChoiceName } from '../../core/model/vocabulary.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type {
  ConfigNews,
  ConsentRequest,
  LeaseView,
  FailedCheckView,
  ConflictChoice,
  ConflictView,
  ServiceView,
  StateName,
} from '../../core/session/snapshot.ts';
import type { OwnerCard } from '../../core/model/port-owner.ts';
import { statusLabel, type StatusLabel } from '../../format/status-label.ts';
import type { Rectangle } from '../paint/compositor.ts';
import { planLayout, tooSmall, type Layout } from './layout.ts';
import type { ScreenState, TextInput, ViewName } from './state.ts';

/** Where keys go. Everything except the panes takes all keys for itself. */
export type Mode =
  | 'services'
  | 'logs'
  | 'detail'
  | TextInput['purpose']
  | 'help'
  | 'ports'
  | 'usage'
  | ViewName
  | 'conflict'
  | 'kill-question'
  | 'request'
  | 'quit-question'
  | 'stopping'
  | 'too-small';

export function selectMode(state: ScreenState): Mode {
  if (state.leaving === 'stopping' || state.leaving === 'forcing') return 'stopping';
  if (tooSmall(state.size)) return 'too-small';
  if (state.leaving === 'asking') return 'quit-question';
  if (state.input !== undefined) return state.input.purpose;
  if (selectRequest(state)) return 'request';
  if (state.panel === 'help') return 'help';
  if (selectConflict(state)) return state.dialog.isAskingToKill ? 'kill-question' : 'conflict';
  if (state.panel !== 'none') return state.panel;
  return state.isZoomed ? 'logs' : state.focus;
}

export function selectService(state: ScreenState): ServiceView | undefined {
  return state.services.find((service) => service.name === state.selected);
}

export interface OpenConflict {
  readonly service: ServiceView;
  readonly conflict: ConflictView;
  /** From 1. */
  readonly position: number;
  readonly count: number;
  readonly isPostponed: boolean;
  /** A decision is in progress, or was sent a moment ago. */
  readonly isDecided: boolean;
}

/** Every conflict, in order of arrival. */
export function selectConflicts(state: ScreenState): readonly OpenConflict[] {
  return state.services
    .filter(hasConflict)
    .toSorted((a, b) => a.conflict.since.localeCompare(b.conflict.since))
    .map((service, index, all) => ({
      service,
      conflict: service.conflict,
      position: index + 1,
      count: all.length,
      isPostponed: state.dialog.postponed.includes(conflictKey(service)),
      isDecided: state.dialog.decided.includes(conflictKey(service)) || service.conflict.progress !== null,
    }));
}

/** The conflict in the dialog: the one shown before, else the first that waits for a decision. */
export function selectConflict(state: ScreenState): OpenConflict | undefined {
  if (state.recording !== undefined) return undefined;
  const open = selectConflicts(state).filter(({ isPostponed }) => !isPostponed);
  return (
    open.find(({ service }) => conflictKey(service) === state.dialog.shown) ??
    open.find(({ isDecided }) => !isDecided) ??
    open[0]
  );
}

/** The actor with the lease of the selected service. */
export function leaseOfSelected(state: ScreenState): LeaseView | undefined {
  return state.selected === undefined ? undefined : state.session?.leases?.[state.selected];
}

/** What an agent asks a person to approve. */
export function selectRequest({ session, request }: ScreenState): ConsentRequest | undefined {
  return session?.requests?.find(({ id }) => id === request?.id);
}

/** How long a dialog that opened by itself ignores letters, which may belong to a text being typed. */
const UNASKED_DIALOG_MS = 500;

/** How long it still ignores them; 0 if it does not. */
export function dialogRestMs(state: ScreenState, nowMs: number): number {
  const mode = selectMode(state);
  const { request } = state;
  if (mode === 'request') return Math.max(0, (request?.openedAtMs ?? 0) + UNASKED_DIALOG_MS - nowMs);
  if (mode !== 'conflict') return 0;
  return Math.max(0, state.dialog.openedAtMs + UNASKED_DIALOG_MS - nowMs);
}

/** The conflicts that wait for a decision. */
export function selectUndecided(state: ScreenState): readonly OpenConflict[] {
  return selectConflicts(state).filter(({ isPostponed, isDecided }) => !isPostponed && !isDecided);
}

/** The processes that a kill would end: of the dialog's conflict, or of all that wait for a decision. */
export function selectKillTargets(state: ScreenState): readonly OwnerCard[] {
  const open = selectConflict(state);
  const asked = state.dialog.isForAll ? selectUndecided(state) : open === undefined ? [] : [open];
  return asked.flatMap(({ conflict }) => conflict.owners.filter((owner) => owner.refusal === null));
}

export function selectConflictNames(state: ScreenState): readonly ServiceName[] {
  return state.services.filter(hasConflict).map((service) => service.name);
}

/** Identifies one conflict, not a later one of the same service. */
export function conflictKey(service: ServiceView): string {
  return `${service.name} ${service.conflict?.port} ${service.conflict?.since}`;
}

function hasConflict(service: ServiceView): service is ServiceView & { readonly conflict: ConflictView } {
  return service.state === 'conflict' && service.conflict !== null;
}

const CHOICE_ORDER: readonly ConflictChoiceName[] = ['reroute', 'reuse', 'kill', 'container', 'retry', 'skip'];

/** The harmless choice first. */
export function selectDialogChoices(state: ScreenState): readonly ConflictChoice[] {
  const choices = selectConflict(state)?.conflict.choices ?? [];
  return CHOICE_ORDER.flatMap((name) => choices.filter((choice) => choice.name === name));
}

export interface Totals {
  /** Problems first. */
  readonly counts: readonly { readonly label: StatusLabel; readonly services: readonly ServiceView[] }[];
  readonly cpuPercent: number | null;
  readonly rssBytes: number | null;
}

/** A state, or `failing`: ready, but its health probe has begun to fail. */
type StateKind = StateName | 'failing';

/** Problems first, then starting services, then healthy ones. */
const KIND_ORDER: readonly StateKind[] = [
  'failed',
  'conflict',
  'unhealthy',
  'failing',
  'backoff',
  'starting',
  'running',
  'waiting',
  'stopping',
  'ready',
  'exited',
  'stopped',
];

export function selectTotals(services: readonly ServiceView[]): Totals {
  const counts = KIND_ORDER.map((kind) => ({
    label: kind === 'failing' ? FAILING : statusLabel(kind),
    services: services.filter((service) => kindOf(service) === kind),
  }));
  return {
    counts: counts.filter((count) => count.services.length > 0),
    cpuPercent: sum(services.map((service) => service.cpuPercent)),
    rssBytes: sum(services.map((service) => service.rssBytes)),
  };
}

/** How urgent the state of a service is; the most urgent is 0. */
export function kindRank(service: ServiceView): number {
  return KIND_ORDER.indexOf(kindOf(service));
}

const FAILING: StatusLabel = { glyph: '▲', word: 'failing', tone: 'warn' };

function kindOf({ state, health }: ServiceView): StateKind {
  return state === 'ready' && health?.status === 'failing' ? 'failing' : state;
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

/** Whether any process of the service runs, or is about to. */
export function isActive(service: ServiceView): boolean {
  return service.state !== 'stopped' && service.state !== 'exited' && service.state !== 'failed';
}

/** Services that a shutdown still waits for. */
export function selectStillRunning(state: ScreenState): readonly ServiceView[] {
  return state.services.filter(
    (service) => service.pids.length > 0 || service.container !== null || service.state === 'stopping',
  );
}

let lastLayout: { readonly state: ScreenState; readonly layout: Layout | undefined } | undefined;

/** The layout of the terminal; undefined if it is too small. Most parts ask for it in each frame. */
export function selectLayout(state: ScreenState): Layout | undefined {
  if (lastLayout?.state !== state) lastLayout = { state, layout: layoutOf(state) };
  return lastLayout.layout;
}

function layoutOf(state: ScreenState): Layout | undefined {
  if (tooSmall(state.size)) return undefined;
  const isStopping = state.leaving === 'stopping' || state.leaving === 'forcing';
  const isPaletteOpen = state.input?.purpose === 'palette';
  const news = selectConfigNews(state);
  return planLayout({
    size: state.size,
    bannerRows: news === undefined ? checkRows(selectFailedChecks(state)) : bannerRows(news),
    serviceCount: selectNames(state).length,
    isZoomed: state.isZoomed,
    isDetailFocused: state.focus === 'detail',
    tileCount: selectTileWish(state).length,
    logLines: state.preferences.layout === 'tiles' ? undefined : state.logLines,
    isTallPanel: state.panel !== 'none' && state.panel !== 'ports' && !isPaletteOpen && !isStopping,
    hasPanel:
      isStopping ||
      isPaletteOpen ||
      state.input?.purpose === 'action' ||
      state.panel !== 'none' ||
      selectConflict(state) !== undefined ||
      selectRequest(state) !== undefined,
  });
}

/** What usage the screen shows: beside the logs, or on a page with a row for each service. */
export function selectUsageWish(
  state: ScreenState,
): { readonly area: Rectangle; readonly perService: boolean } | undefined {
  const layout = selectLayout(state);
  const perService = selectMode(state) === 'usage';
  const area = perService ? layout?.panel : layout?.usage;
  return area === undefined ? undefined : { area, perService };
}

/** News of the config that the person has not postponed. */
export function selectConfigNews(state: ScreenState): ConfigNews | undefined {
  const news = state.session?.config;
  return news === undefined || configNewsKey(news) === state.hiddenConfigNews ? undefined : news;
}

/** Identifies this news, not later news. */
export function configNewsKey({ status, version, problem }: ConfigNews): string {
  return `${status} ${version} ${problem ?? ''}`;
}

/** Failed start checks that the person has not postponed. An edited config comes first. */
export function selectFailedChecks(state: ScreenState): readonly FailedCheckView[] {
  const failed = state.session?.failedChecks ?? [];
  return failedChecksKey(failed) === state.hiddenChecks ? [] : failed;
}

/** Identifies exactly these failures. */
export function failedChecksKey(failed: readonly FailedCheckView[]): string {
  return failed.map(({ name, message }) => `${name} ${message}`).join('\n');
}

function checkRows(failed: readonly FailedCheckView[]): number {
  return failed.reduce((rows, { hint }) => rows + (hint === null ? 1 : 2), 0);
}

/** The number of rows that the news would fill. */
function bannerRows({ status, changes }: ConfigNews): number {
  if (status === 'pending') return 1 + changes.length;
  return status === 'missing' ? 1 : 2;
}

/** The services by name, also before the session answers. */
export function selectNames(state: ScreenState): readonly ServiceName[] {
  return state.session === undefined ? state.expectedNames : state.services.map((service) => service.name);
}

export const MAX_TILES = 4;

/** The services with logs side by side: the pinned ones with the selected one, else the selected one's neighbours. */
function selectTileWish(state: ScreenState): readonly ServiceName[] {
  if (state.preferences.layout !== 'tiles') return state.selected === undefined ? [] : [state.selected];
  const names = byInterest(state);
  const pinned = names.filter((name) => state.preferences.pinned.includes(name));
  if (pinned.length > 0) {
    const withSelected = names.filter((name) => pinned.includes(name) || name === state.selected);
    return withSelected.length <= MAX_TILES ? withSelected : pinned;
  }
  return page(names, state.selected, MAX_TILES);
}

/** Services with problems first, then services with output, then services that have run. */
function byInterest({ services, spoken, ...state }: ScreenState): readonly ServiceName[] {
  const rank = (service: ServiceView): number => {
    if (kindRank(service) < KIND_ORDER.indexOf('starting') || service.question !== null) return 0;
    return spoken.includes(service.name) ? 1 : service.run > 0 ? 2 : 3;
  };
  if (state.session === undefined) return state.expectedNames;
  return services.toSorted((a, b) => rank(a) - rank(b)).map(({ name }) => name);
}

/** The log of each tile, and the tile that gets the keys. */
export function selectTiles(state: ScreenState): readonly ServiceName[] {
  const wish = selectTileWish(state);
  const count = selectLayout(state)?.tiles.length ?? 0;
  return page(wish, state.selected, count);
}

/** A selection within the page does not change the tiles. */
function page(names: readonly ServiceName[], selected: ServiceName | undefined, size: number): readonly ServiceName[] {
  if (size <= 0) return [];
  const index = Math.max(0, names.indexOf(selected ?? ''));
  const from = Math.max(0, Math.min(Math.floor(index / size) * size, names.length - size));
  return names.slice(from, from + size);
}
