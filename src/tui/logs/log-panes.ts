// The logs on the screen: one pane for each service and one for all. A hidden pane keeps its position. Also where the
// visible panes stand, and what is cleared and marked in all of them.

import { firstAt } from '../../core/logs/log-seek.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { LogFolds, LogFilter } from '../../core/session/log-query.ts';
import type { SessionEvent } from '../../core/session/session.ts';
import { statusLabel } from '../../format/status-label.ts';
import type { Rectangle } from '../paint/compositor.ts';
import type { LogSource } from './log-boundary.ts';
import type { FeedLine } from './log-feed.ts';
import { createLogPane, markKey, type LogPane } from './log-pane.ts';
import { selectLayout, selectMode, selectNames, selectTiles } from '../state/selectors.ts';
import type { TypedFilter, ScreenState } from '../state/state.ts';
import type { Theme } from '../paint/theme.ts';

export interface LogPanes {
  /** The pane that gets the keys: of the selected service, or of all. */
  readonly active: LogPane;
  /** The pane at this place of the screen. */
  paneAt(place: { readonly column: number; readonly row: number }): LogPane | undefined;
  /** Places the panes as the state says. */
  arrange(state: ScreenState): void;
  panes(): readonly { readonly area: Rectangle; readonly rows: readonly string[] }[];
  advance(next: Readonly<Record<ServiceName, number>>): void;
  /** Hides the lines of the active pane and everything older. */
  clear(): Promise<void>;
  /** Shows them again. */
  restore(): void;
  readonly isCleared: boolean;
  floorOf(service: ServiceName): number;
  /** Goes to a line in its service's log, and makes that log active. */
  goTo(line: FeedLine): void;
  /** Moves every pane to this time. Resolves to the services that have written nothing since. */
  goToTime(atMs: number): Promise<readonly ServiceName[]>;
  /** Draws a line with this text below the newest line. */
  mark(text: string): void;
}

/** A key that cannot be the name of a service. */
const MERGED = '*';

/** Which lines are folded, and how the others are numbered. */
export function logFolds({ showsProbes }: Pick<ScreenState, 'showsProbes'>): LogFolds {
  return showsProbes ? 'redrawn' : 'all';
}

/** One past the newest line of each service, numbered with these folds. */
export function newestLines(
  { next, folded = {} }: Extract<SessionEvent, { type: 'logs' }>,
  folds: LogFolds,
): Readonly<Record<ServiceName, number>> {
  return { ...next, ...Object.fromEntries(Object.entries(folded).map(([name, ends]) => [name, ends[folds]])) };
}

/** "!text" hides lines with the text; any other text is what lines must match. */
export function logFilter({ text, errorsOnly }: Pick<TypedFilter, 'text' | 'errorsOnly'>): LogFilter {
  const isExcluding = text.startsWith('!') && text.length > 1;
  return {
    matching: text === '' || isExcluding ? [] : [text],
    excluding: isExcluding ? [text.slice(1)] : [],
    errorsOnly,
  };
}

export function createLogPanes(options: {
  readonly theme: Theme;
  readonly source: LogSource;
  readonly onChange: () => void;
}): LogPanes {
  const panes = new Map<string, LogPane>();
  let shown: readonly LogPane[] = [];
  const none = createPane('logs', []);
  let active = none;
  let folds: LogFolds = 'all';
  /** For each way to number the lines. */
  let cleared: ReadonlyMap<ServiceName, Readonly<Record<LogFolds, number>>> = new Map();
  const floors = { all: new Map<ServiceName, number>(), redrawn: new Map<ServiceName, number>() };
  const marks: Record<LogFolds, ReadonlyMap<string, string>> = { all: new Map(), redrawn: new Map() };

  function setCleared(next: typeof cleared): void {
    cleared = next;
    for (const kind of ['all', 'redrawn'] as const) {
      floors[kind] = new Map([...cleared].map(([service, ends]) => [service, ends[kind]]));
    }
    for (const pane of shown) pane.setFloors(floors[folds]);
    options.onChange();
  }

  function createPane(title: string, services: readonly ServiceName[]): LogPane {
    const onChange = (): void => {
      if (shown.includes(pane)) options.onChange();
    };
    const pane = createLogPane({ theme: options.theme, source: options.source, title, services, onChange });
    return pane;
  }

  function paneOf(key: string, services: readonly ServiceName[]): LogPane {
    const known = panes.get(key);
    if (known !== undefined && known.services.join('\n') === services.join('\n')) return known;
    known?.feed.close();
    const pane = createPane(key === MERGED ? 'logs: all services' : `logs: ${key}`, services);
    panes.set(key, pane);
    return pane;
  }

  function placed(state: ScreenState): readonly (readonly [LogPane, Rectangle])[] {
    const layout = selectLayout(state);
    const area = layout?.logs;
    if (state.preferences.layout === 'merged') {
      const names = selectNames(state);
      active = names.length === 0 ? none : paneOf(MERGED, names);
      return area === undefined ? [] : [[active, area]];
    }
    const { selected } = state;
    active = selected === undefined ? none : paneOf(selected, [selected]);
    const names = selectTiles(state);
    const tiles = layout?.tiles ?? [];
    if (names.length < 2) return area === undefined ? [] : [[active, area]];
    return names.flatMap((name, index) => {
      const tile = tiles[index];
      return tile === undefined ? [] : [[paneOf(name, [name]), tile] as const];
    });
  }

  return {
    get active() {
      return active;
    },
    paneAt: (place) => shown.find(({ area }) => area !== undefined && isInside(place, area)),
    arrange(state) {
      const places = placed(state);
      const before = shown;
      shown = places.map(([pane]) => pane);
      for (const pane of before) if (!shown.includes(pane)) pane.setArea(undefined);
      const filter = logFilter(state.filter);
      if (folds !== logFolds(state)) {
        folds = logFolds(state);
        for (const pane of panes.values()) pane.renumber(floors[folds], marks[folds]);
      }
      for (const [pane, area] of places) {
        pane.setMarks(marks[folds]);
        pane.setFloors(floors[folds]);
        pane.setLook({
          times: state.preferences.times,
          nowMs: state.nowMs,
          isWrapped: state.preferences.isWrapped,
          isPretty: state.isPretty,
          isFocused: pane === active && selectMode(state) === 'logs',
          isMarked: pane === active && places.length > 1,
          query: state.search.query,
          filter,
          emptyText: emptyText(state, pane.services),
          banner: banner(state, pane.services),
        });
        pane.setArea(area);
      }
    },
    panes: () => shown.flatMap((pane) => (pane.area === undefined ? [] : [{ area: pane.area, rows: pane.rows() }])),
    advance(next) {
      for (const pane of panes.values()) pane.advance(next);
    },
    async clear() {
      const { services } = active;
      const ends = await Promise.all(
        services.map(async (service) => {
          const endOf = async (kind: LogFolds) =>
            (await options.source.readLogs({ service, from: 0, count: 0, folds: kind })).next;
          return [service, { all: await endOf('all'), redrawn: await endOf('redrawn') }] as const;
        }),
      );
      setCleared(new Map([...cleared, ...ends]));
    },
    restore() {
      setCleared(new Map([...cleared].filter(([service]) => !active.services.includes(service))));
    },
    get isCleared() {
      return active.services.some((service) => cleared.has(service));
    },
    floorOf: (service) => floors[folds].get(service) ?? -Infinity,
    goTo(line) {
      const { service } = line;
      active = paneOf(service, [service]);
      active.goTo(line);
    },
    async goToTime(atMs) {
      const found = await Promise.all(
        shown
          .flatMap(({ services }) => services)
          .map(async (service) => {
            const from = await firstAt(options.source, service, atMs);
            const { lines } = await options.source.readLogs({ service, from, count: 1 });
            return { service, line: lines[0] };
          }),
      );
      for (const pane of shown) {
        const [first] = found
          .flatMap(({ service, line }) =>
            line === undefined || !pane.services.includes(service) ? [] : [{ service, line }],
          )
          .toSorted((a, b) => (a.line.time < b.line.time ? -1 : 1));
        if (first !== undefined) pane.goTo(first);
      }
      return found.flatMap(({ service, line }) => (line === undefined ? [service] : []));
    },
    mark(text) {
      const newest = active.feed.at(active.feed.end - 1);
      if (newest === undefined) return;
      marks[folds] = new Map([...marks[folds], [markKey(newest), text]]);
      for (const pane of shown) pane.setMarks(marks[folds]);
      options.onChange();
    },
  };
}

export function isInside(place: { readonly column: number; readonly row: number }, area: Rectangle): boolean {
  const { column, row } = place;
  return row >= area.row && row < area.row + area.rows && column >= area.column && column < area.column + area.columns;
}

function emptyText(state: ScreenState, services: readonly ServiceName[]): string {
  const [name] = services;
  if (name === undefined) return state.session === undefined ? '' : 'There are no services. ./dev init looks for some.';
  if (services.length > 1) return 'No output yet.';
  const service = state.services.find((candidate) => candidate.name === name);
  if (service === undefined) return '';
  if (state.recording !== undefined) return `No output of ${name} was recorded.`;
  const why = service.why === '' ? '' : `: ${service.why}`;
  const isDown = service.state === 'stopped' || service.state === 'exited' || service.state === 'failed';
  return `No output of ${name} yet${why}${isDown ? '. s starts it' : why === '' ? '.' : ''}`;
}

/** How a service failed, right below its last output, if no table or detail says it. */
function banner(state: ScreenState, [name, ...others]: readonly ServiceName[]): string | undefined {
  const service = state.services.find((candidate) => candidate.name === name);
  if (service?.state !== 'failed' || others.length > 0 || !state.isZoomed) return undefined;
  const { glyph, word } = statusLabel('failed');
  return `${glyph} ${word}: ${service.why}`;
}
