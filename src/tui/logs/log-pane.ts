// A log as rows of a rectangle: a title with the position, the visible lines, and a cursor if the pane does not
// follow. The compositor draws it, without React.

import { logPattern } from '../../core/output/log-pattern.ts';
import { firstAt } from '../../core/logs/log-seek.ts';
import type { Pattern } from '../../core/output/pattern.ts';
import type { ServiceName } from '../../core/model/project.ts';
import type { LogFilter } from '../../core/session/log-query.ts';
import { displayWidth, truncate } from '../../format/text.ts';
import type { Rectangle } from '../paint/compositor.ts';
import { createGatheredFeed } from './gathered-feed.ts';
import { createLineCounter, type LineCounter, type LineTally } from './line-counter.ts';
import type { LogSource } from './log-boundary.ts';
import type { FeedLine, LogFeed } from './log-feed.ts';
import { drawLine, type LogLook } from './log-rows.ts';
import { logTitle } from './log-title.ts';
import { runSeam, TOLD_IN_RULE } from './run-seam.ts';
import { createLogView, type LogView } from './log-view.ts';
import { createLogWindow } from './log-window.ts';
import { parseStyled, plainOf } from '../paint/styled-text.ts';
import type { ScreenTone, Theme } from '../paint/theme.ts';

export interface LogPane extends LogView {
  readonly services: readonly ServiceName[];
  setArea(area: Rectangle | undefined): void;
  setLook(look: LogLook): void;
  /** Hides lines before these, or shows them again. */
  setFloors(floors: ReadonlyMap<ServiceName, number>): void;
  /** The lines have other numbers from now on. The cursor stays at its line. */
  renumber(floors: ReadonlyMap<ServiceName, number>, marks: ReadonlyMap<string, string>): void;
  /** Lines with a mark below them, as `markKey` names them. */
  setMarks(marks: ReadonlyMap<string, string>): void;
  advance(next: Readonly<Record<ServiceName, number>>): void;
  goTo(line: FeedLine): void;
  /** The text of the selection. Without one: the line under the cursor, or all visible lines if following. */
  textToCopy(): { readonly text: string; readonly lines: number };
  rows(): readonly string[];
  readonly area: Rectangle | undefined;
  readonly feed: LogFeed;
}

interface DrawnLine {
  readonly text: string;
  readonly seam: string | undefined;
  readonly isCurrent: boolean;
  readonly rows: readonly string[];
}

/** One column at the left, for the cursor and between panes. */
const MARGIN = 1;
const ALL_LINES: LogFilter = { matching: [], excluding: [], errorsOnly: false };

export function markKey({ service, line }: FeedLine): string {
  return `${service} ${line.seq}`;
}

export function createLogPane(options: {
  readonly theme: Theme;
  readonly source: LogSource;
  readonly title: string;
  /** More than one: by time, each line with the name of its service. */
  readonly services: readonly ServiceName[];
  readonly onChange: () => void;
}): LogPane {
  const { theme, source, services } = options;
  const drawn = new Map<string, DrawnLine>();
  let floors: ReadonlyMap<ServiceName, number> = new Map();
  let marks: ReadonlyMap<string, string> = new Map();
  let area: Rectangle | undefined;
  let look: LogLook | undefined;
  let pattern: Pattern | undefined;
  let counter: LineCounter | undefined;
  let tally: LineTally | undefined;
  let isCounting = false;
  let feed = openFeed(undefined);
  const view = createLogView({
    feed: () => feed,
    height: () => height() - (banner() === undefined ? 0 : 1),
    countRows: (place) => rowsOf(place).length,
    onChange: options.onChange,
  });

  function height(): number {
    return Math.max(0, (area?.rows ?? 0) - 1);
  }

  function banner(): string | undefined {
    return feed.position.isFollowing && feed.end > (feed.bounds?.first ?? feed.end) ? look?.banner : undefined;
  }

  function openFeed(at: FeedLine | undefined): LogFeed {
    const filter = look?.filter ?? ALL_LINES;
    const [only] = services;
    const isWhole = !isSifted();
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
    return createGatheredFeed({ services, filter, source, floorOf, start: at ?? 'end', onChange: options.onChange });
  }

  function floorOf(service: ServiceName): number {
    return floors.get(service) ?? -Infinity;
  }

  function isSifted(): boolean {
    const { matching, excluding, errorsOnly } = look?.filter ?? ALL_LINES;
    return matching.length + excluding.length > 0 || errorsOnly;
  }

  /** One count at a time. The next one covers everything that arrives meanwhile. */
  function recount(): void {
    const mine = counter;
    if (mine === undefined || isCounting || tally?.isMore === true) return;
    isCounting = true;
    mine
      .count(() => mine !== counter)
      .then((next) => {
        if (next !== undefined) tally = next;
        options.onChange();
      })
      // The feed reports that the log is not readable.
      .catch(() => undefined)
      .finally(() => {
        isCounting = false;
      });
  }

  /** Shows another set of lines. The cursor stays at its line if that is still one of them. */
  function reopen(): void {
    const at = feed.position.isFollowing ? undefined : view.current();
    feed.close();
    drawn.clear();
    feed = openFeed(at);
    tally = undefined;
    counter = isSifted()
      ? createLineCounter({ source, services, filter: look?.filter ?? ALL_LINES, floorOf })
      : undefined;
    recount();
    view.reset(at);
    feed.setHeight(height());
  }

  function rowsOf(place: number): readonly string[] {
    const item = feed.at(place);
    if (item === undefined) return [];
    const key = markKey(item);
    const seam = services.length > 1 ? undefined : runSeam(feed, place);
    const { text } = item.line;
    const isCurrent = pattern !== undefined && view.cursor === place;
    const known = drawn.get(key);
    if (known?.text === text && known.seam === seam && known.isCurrent === isCurrent) return known.rows;
    if (drawn.size > 4 * height() + 100) drawn.clear();
    const width = Math.max(1, (area?.columns ?? 0) - MARGIN);
    const gutter = services.length > 1 ? services : [];
    const isTold = seam === TOLD_IN_RULE;
    const lines =
      isTold || look === undefined ? [] : drawLine(item, { ...look, pattern, gutter, isCurrent }, theme, width);
    const mark = marks.get(key);
    const rows = [
      ...(seam === undefined || isTold ? [] : [ruleRow(seam, 'muted', width)]),
      ...lines,
      ...(mark === undefined ? [] : [ruleRow(mark, 'accent', width)]),
    ];
    drawn.set(key, { text, seam, isCurrent, rows });
    return rows;
  }

  function ruleRow(text: string, tone: ScreenTone, width: number): string {
    const rule = '─'.repeat(Math.max(0, width - displayWidth(text) - 4));
    return theme.paint(tone, truncate(`── ${text} ${rule}`, width));
  }

  /** Also below the last line, so that neighbouring panes stay apart. */
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
    const rows = view.visible().map(({ place, row }) => margin(place) + (rowsOf(place)[row] ?? ''));
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
    const { filter } = look;
    if (filter.errorsOnly || filter.matching.length + filter.excluding.length > 0) {
      return `No line ${filter.errorsOnly ? 'is an error' : 'matches the filter'}${isCleared ? ' since it was cleared' : ''}. Esc shows all.`;
    }
    return isCleared ? 'Cleared. C shows the earlier lines again.' : look.emptyText;
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
      if (JSON.stringify(before?.filter ?? ALL_LINES) !== JSON.stringify(next.filter)) return reopen();
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
    renumber(nextFloors, nextMarks) {
      const at = feed.position.isFollowing ? undefined : view.current();
      floors = nextFloors;
      marks = nextMarks;
      feed.close();
      drawn.clear();
      const opened = openFeed(undefined);
      feed = opened;
      view.reset(undefined);
      feed.setHeight(height());
      if (at === undefined) return;
      const { service, line } = at;
      void firstAt(source, service, Date.parse(line.time)).then(
        (seq) => {
          if (feed !== opened) return;
          feed.goTo({ service, line: { ...line, seq } });
          view.reset({ service, line: { ...line, seq } });
        },
        () => undefined, // the feed reports that the log is not readable
      );
    },
    setMarks(next) {
      if (next !== marks) drawn.clear();
      marks = next;
    },
    advance(next) {
      feed.advance(next);
      recount();
    },
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
      const title = logTitle({ title: options.title, feed, view, look, tally, theme, width: area.columns });
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
