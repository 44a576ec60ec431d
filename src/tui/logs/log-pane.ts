// A log as rows of a rectangle: a title that tells where one is, and the lines in sight, with a cursor once one does not
// follow. Drawn by the compositor; nothing of it passes through React.

import { logPattern } from '../../core/output/log-pattern.ts';
import type { Pattern } from '../../core/output/pattern.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { LogSieve } from '../../core/model/session.ts';
import { truncate } from '../../format/text.ts';
import type { Rectangle } from '../paint/compositor.ts';
import { createGatheredFeed } from './gathered-feed.ts';
import type { LogSource } from './log-boundary.ts';
import type { FeedLine, LogFeed } from './log-feed.ts';
import { drawLine, type LogLook } from './log-rows.ts';
import { logTitle } from './log-title.ts';
import { createLogView, type LogView } from './log-view.ts';
import { createLogWindow } from './log-window.ts';
import { parseStyled, plainOf } from '../paint/styled-text.ts';
import type { Theme } from '../paint/theme.ts';

export interface LogPane extends LogView {
  readonly services: readonly ServiceName[];
  setArea(area: Rectangle | undefined): void;
  setLook(look: LogLook): void;
  /** Lines before these are hidden, or shown again. */
  setFloors(floors: ReadonlyMap<ServiceName, number>): void;
  /** Lines after which a mark stands, as `markKey` names them. */
  setMarks(marks: ReadonlyMap<string, string>): void;
  advance(next: Readonly<Record<ServiceName, number>>): void;
  goTo(line: FeedLine): void;
  /** The text of what is selected; else of the line under the cursor, or of all lines in sight while following. */
  textToCopy(): { readonly text: string; readonly lines: number };
  rows(): readonly string[];
  readonly area: Rectangle | undefined;
  readonly feed: LogFeed;
}

/** One column at the left, for the cursor and between panes. */
const MARGIN = 1;
const ALL_LINES: LogSieve = { matching: [], excluding: [], errorsOnly: false };

export function markKey({ service, line }: FeedLine): string {
  return `${service} ${line.seq}`;
}

export function createLogPane(options: {
  readonly theme: Theme;
  readonly source: LogSource;
  readonly title: string;
  /** More than one: in the order of time, each line with the name of its service. */
  readonly services: readonly ServiceName[];
  readonly onChange: () => void;
}): LogPane {
  const { theme, source, services } = options;
  const drawn = new Map<string, { readonly text: string; readonly rows: readonly string[] }>();
  let floors: ReadonlyMap<ServiceName, number> = new Map();
  let marks: ReadonlyMap<string, string> = new Map();
  let area: Rectangle | undefined;
  let look: LogLook | undefined;
  let pattern: Pattern | undefined;
  let feed = openFeed(undefined);
  const view = createLogView({
    feed: () => feed,
    height: () => height() - (banner() === undefined ? 0 : 1),
    countRows: (item) => rowsOf(item).length,
    onChange: options.onChange,
  });

  function height(): number {
    return Math.max(0, (area?.rows ?? 0) - 1);
  }

  function banner(): string | undefined {
    return feed.position.isFollowing && feed.end > (feed.bounds?.first ?? feed.end) ? look?.banner : undefined;
  }

  function openFeed(at: FeedLine | undefined): LogFeed {
    const sieve = look?.sieve ?? ALL_LINES;
    const [only] = services;
    const isWhole = sieve.matching.length + sieve.excluding.length === 0 && !sieve.errorsOnly;
    const floorOf = (service: ServiceName): number => floors.get(service) ?? -Infinity;
    if (isWhole && only !== undefined && services.length === 1) {
      const window = createLogWindow({
        service: only,
        read: (query) => source.readLogs(query),
        floor: floorOf(only),
        onChange: options.onChange,
      });
      if (at) window.goTo(at);
      return window;
    }
    return createGatheredFeed({ services, sieve, source, floorOf, start: at ?? 'end', onChange: options.onChange });
  }

  /** Other lines are wanted; the one under the cursor stays where it is, as far as it is still among them. */
  function reopen(): void {
    const at = feed.position.isFollowing ? undefined : view.current();
    feed.close();
    drawn.clear();
    feed = openFeed(at);
    view.reset(at);
    feed.setHeight(height());
  }

  function rowsOf(item: FeedLine): readonly string[] {
    const key = markKey(item);
    const known = drawn.get(key);
    if (known?.text === item.line.text) return known.rows;
    if (drawn.size > 4 * height() + 100) drawn.clear();
    const width = Math.max(1, (area?.columns ?? 0) - MARGIN);
    const gutter = services.length > 1 ? services : [];
    const lines = look === undefined ? [] : drawLine(item, { ...look, pattern, gutter }, theme, width);
    const mark = marks.get(key);
    const rows = mark === undefined ? lines : [...lines, markRow(mark, width)];
    drawn.set(key, { text: item.line.text, rows });
    return rows;
  }

  function markRow(time: string, width: number): string {
    const rule = '─'.repeat(Math.max(0, width - time.length - 5));
    return theme.paint('accent', truncate(`── ${time} ${rule}`, width));
  }

  /** Also below the last line, so that panes beside each other stay apart. */
  function edge(): string {
    return (area?.column ?? 0) > 0 ? theme.paint('muted', '│') : ' ';
  }

  function margin(place: number): string {
    if (view.isSelected(place)) return theme.paint('accent', '┃');
    if (view.cursor === place && look?.isFocused === true) return theme.paint('focus', '▌');
    return edge();
  }

  function body(): readonly string[] {
    const rows = filledBody();
    const missing = edge() === ' ' ? 0 : Math.max(0, height() - rows.length);
    return [...rows, ...Array.from({ length: missing }, edge)];
  }

  function filledBody(): readonly string[] {
    const rows = view.visible().map(({ place, item, row }) => margin(place) + (rowsOf(item)[row] ?? ''));
    const foot = banner();
    const width = area?.columns ?? 0;
    if (rows.length > 0) {
      return foot === undefined ? rows : [...rows, edge() + theme.paint('fail', truncate(foot, width - 1))];
    }
    const hidden = services.some((service) => (floors.get(service) ?? -Infinity) > -Infinity);
    const text = feed.problem === undefined ? emptyText(hidden) : `the log cannot be read: ${feed.problem}`;
    return [edge().trimEnd(), edge() + theme.paint('muted', truncate(text, width - 2))];
  }

  function emptyText(isCleared: boolean): string {
    if (look === undefined) return '';
    if (feed.isLooking) return 'looking through the log …';
    // Lines are on their way.
    if (feed.bounds !== undefined && feed.bounds.next > feed.bounds.first) return '';
    const { sieve } = look;
    if (sieve.errorsOnly || sieve.matching.length + sieve.excluding.length > 0) {
      return `No line ${sieve.errorsOnly ? 'is an error' : 'passes the filter'}${isCleared ? ' since it was cleared' : ''}. Esc shows all.`;
    }
    return isCleared ? 'Cleared. C shows again what came before.' : look.emptyText;
  }

  return {
    ...view,
    services,
    get cursor() {
      return view.cursor;
    },
    get selectedCount() {
      return view.selectedCount;
    },
    setArea(next) {
      if (next?.columns !== area?.columns) drawn.clear();
      const isTaller = next?.rows !== area?.rows;
      area = next;
      if (isTaller) feed.setHeight(height());
    },
    setLook(next) {
      const before = look;
      if (before === next) return;
      look = next;
      if (before?.query !== next.query) pattern = next.query === undefined ? undefined : logPattern(next.query);
      if (JSON.stringify(before?.sieve ?? ALL_LINES) !== JSON.stringify(next.sieve)) return reopen();
      const isRedrawn =
        before?.times !== next.times ||
        (next.times === 'age' && before.nowMs !== next.nowMs) ||
        before.isWrapped !== next.isWrapped ||
        before.isPretty !== next.isPretty ||
        before.query !== next.query;
      if (isRedrawn) drawn.clear();
    },
    setFloors(next) {
      const isSame = services.every((service) => floors.get(service) === next.get(service));
      floors = next;
      if (!isSame) {
        feed.follow();
        reopen();
      }
    },
    setMarks(next) {
      if (next !== marks) drawn.clear();
      marks = next;
    },
    advance: (next) => feed.advance(next),
    goTo(line) {
      const place = feed.placeOf(line.service, line.line.seq);
      const { first, last } = view.inSight();
      if (place !== undefined && place >= first && place <= last) view.hold();
      else feed.goTo(line);
      view.reset(line);
    },
    textToCopy() {
      const items = view.chosen();
      const lines = items.map(({ line }) => plainOf(parseStyled(line.text, { color: false })));
      return { text: lines.join('\n'), lines: lines.length };
    },
    rows() {
      if (area === undefined || look === undefined) return [];
      const title = logTitle({ title: options.title, feed, view, look, theme, width: area.columns });
      return [title, ...body()];
    },
    get area() {
      return area;
    },
    get feed() {
      return feed;
    },
  };
}
