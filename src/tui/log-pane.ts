// The log of the selected service as rows of a rectangle: a title that tells where one is, and the lines in sight, cut
// or wrapped, with times and marked hits. Drawn by the compositor; nothing of it passes through React.

import type { LogLine, LogQuery, LogWindow as LogAnswer } from '../core/session.ts';
import { truncate } from '../format/text.ts';
import type { Rectangle } from './compositor.ts';
import { createLogWindow, type LogWindow } from './log-window.ts';
import { cutRuns, DIM, markRuns, parseStyled, renderRuns, wrapRuns, type Run } from './styled-text.ts';
import type { Theme } from './theme.ts';
import { titleRow, type Aside } from './title-row.ts';

export interface LogLook {
  readonly hasTimestamps: boolean;
  readonly isWrapped: boolean;
  readonly isFocused: boolean;
  /** Marks what it matches; global. */
  readonly pattern: RegExp | undefined;
  /** Said in an empty pane: why nothing is there yet. */
  readonly emptyText: string;
}

export interface LogPane {
  /** Draws this service from now on, where one left it. */
  show(service: string | undefined): void;
  setArea(area: Rectangle | undefined): void;
  setLook(look: LogLook): void;
  advance(next: Readonly<Record<string, number>>): void;
  /** By rows; negative is up, towards older lines. The end of the log is followed again once it is reached. */
  scroll(by: number): void;
  toTop(): void;
  follow(): void;
  toggleFollow(): void;
  /** Brings a line into sight, in the middle, unless it is there already. */
  reveal(seq: number): void;
  /** First and last line in sight. */
  inSight(): { readonly first: number; readonly last: number };
  rows(): readonly string[];
  readonly area: Rectangle | undefined;
  readonly window: LogWindow | undefined;
}

/** One column of margin at the left, as everywhere on the screen. */
const MARGIN = 1;
const SHORT_TITLE_COLUMNS = 60;

export function createLogPane(options: {
  readonly theme: Theme;
  readonly read: (query: LogQuery) => Promise<LogAnswer>;
  readonly onChange: () => void;
}): LogPane {
  const { theme } = options;
  const windows = new Map<string, LogWindow>();
  const drawn = new Map<number, readonly string[]>();
  let service: string | undefined;
  let area: Rectangle | undefined;
  let look: LogLook = { hasTimestamps: false, isWrapped: false, isFocused: false, pattern: undefined, emptyText: '' };

  const height = (): number => Math.max(0, (area?.rows ?? 0) - 1);
  const current = (): LogWindow | undefined => (service === undefined ? undefined : windows.get(service));

  function rowsOf(line: LogLine): readonly string[] {
    const known = drawn.get(line.seq);
    if (known) return known;
    if (drawn.size > 4 * height() + 100) drawn.clear();
    const width = Math.max(1, (area?.columns ?? 0) - MARGIN);
    const rows = drawLine(line, look, theme, width).map((row) => ' '.repeat(MARGIN) + row);
    drawn.set(line.seq, rows);
    return rows;
  }

  function visibleRows(window: LogWindow): readonly string[] {
    const { position } = window;
    if (position.isFollowing) {
      const rows: string[] = [];
      for (const line of window.lines.toReversed()) {
        rows.unshift(...rowsOf(line));
        if (rows.length >= height()) break;
      }
      return rows.slice(-height());
    }
    const rows: string[] = [];
    for (let seq = position.top; rows.length < height() + position.topRow; seq += 1) {
      const line = window.line(seq);
      if (line === undefined) break;
      rows.push(...rowsOf(line));
    }
    return rows.slice(position.topRow, position.topRow + height());
  }

  /** Where the rows in sight begin, also while following. */
  function topOf(window: LogWindow): { readonly top: number; readonly topRow: number } {
    if (!window.position.isFollowing) return window.position;
    let room = height();
    for (const line of window.lines.toReversed()) {
      const count = rowsOf(line).length;
      if (count >= room) return { top: line.seq, topRow: count - room };
      room -= count;
    }
    return { top: window.lines[0]?.seq ?? 0, topRow: 0 };
  }

  function countRows(window: LogWindow, seq: number): number {
    const line = window.line(seq);
    return line === undefined ? 1 : rowsOf(line).length;
  }

  function scroll(by: number): void {
    const window = current();
    if (window?.bounds === undefined) return;
    if (by > 0 && window.position.isFollowing) return;
    const { first, next } = window.bounds;
    let { top, topRow } = topOf(window);
    topRow += by;
    while (topRow < 0 && top > first) {
      top -= 1;
      topRow += countRows(window, top);
    }
    while (top < next && topRow >= countRows(window, top)) {
      topRow -= countRows(window, top);
      top += 1;
    }
    if (topRow < 0) topRow = 0;
    if (reachesEnd(window, top, topRow)) window.follow();
    else window.moveTo({ isFollowing: false, top, topRow });
  }

  function reachesEnd(window: LogWindow, top: number, topRow: number): boolean {
    const next = window.bounds?.next ?? 0;
    let rows = -topRow;
    for (let seq = top; seq < next; seq += 1) {
      rows += countRows(window, seq);
      if (rows > height()) return false;
    }
    return true;
  }

  function hold(): void {
    const window = current();
    if (window) window.moveTo({ isFollowing: false, ...topOf(window) });
  }

  function inSight(): { readonly first: number; readonly last: number } {
    const window = current();
    if (window?.bounds === undefined) return { first: 0, last: 0 };
    const { top } = topOf(window);
    let rows = 0;
    let seq = top;
    while (seq < window.bounds.next && rows < height()) {
      rows += countRows(window, seq);
      seq += 1;
    }
    return { first: top, last: Math.max(top, seq - 1) };
  }

  function body(window: LogWindow | undefined): readonly string[] {
    const rows = window === undefined ? [] : visibleRows(window);
    if (rows.length > 0 || area === undefined) return rows;
    const text = window?.problem === undefined ? look.emptyText : `the log cannot be read: ${window.problem}`;
    return ['', ` ${theme.paint('muted', truncate(text, area.columns - 2))}`];
  }

  return {
    show(name) {
      if (name === service) return;
      service = name;
      drawn.clear();
      if (name === undefined) return;
      const window =
        windows.get(name) ??
        createLogWindow({
          service: name,
          read: options.read,
          onChange: () => {
            if (service === name) options.onChange();
          },
        });
      windows.set(name, window);
      window.setHeight(height());
    },
    setArea(next) {
      if (next?.columns !== area?.columns) drawn.clear();
      const isTaller = next?.rows !== area?.rows;
      area = next;
      if (isTaller) current()?.setHeight(height());
    },
    setLook(next) {
      const isRedrawn =
        next.hasTimestamps !== look.hasTimestamps ||
        next.isWrapped !== look.isWrapped ||
        next.pattern?.source !== look.pattern?.source ||
        next.pattern?.flags !== look.pattern?.flags;
      look = next;
      if (isRedrawn) drawn.clear();
    },
    advance(next) {
      for (const [name, value] of Object.entries(next)) windows.get(name)?.advance(value);
    },
    scroll,
    toTop() {
      const window = current();
      if (window?.bounds && !reachesEnd(window, window.bounds.first, 0))
        window.moveTo({ isFollowing: false, top: window.bounds.first, topRow: 0 });
    },
    follow: () => current()?.follow(),
    toggleFollow() {
      if (current()?.position.isFollowing) hold();
      else current()?.follow();
    },
    reveal(seq) {
      const window = current();
      if (window?.bounds === undefined) return;
      const { first, last } = inSight();
      if (seq >= first && seq <= last) hold();
      else
        window.moveTo({
          isFollowing: false,
          top: Math.max(window.bounds.first, seq - Math.floor(height() / 2)),
          topRow: 0,
        });
    },
    inSight,
    rows() {
      if (area === undefined) return [];
      const window = current();
      const title = service === undefined ? 'logs' : `logs: ${service}`;
      return [
        titleRow(theme, {
          title,
          aside: aside(window, theme, area.columns),
          isFocused: look.isFocused,
          width: area.columns,
        }),
        ...body(window),
      ];
    },
    get area() {
      return area;
    },
    get window() {
      return current();
    },
  };
}

/** Whether new lines are followed, and if not, how many there are; in fewer words in a narrow pane. */
function aside(window: LogWindow | undefined, theme: Theme, width: number): Aside | undefined {
  if (window?.bounds === undefined) return undefined;
  const quiet = (text: string): Aside => ({ text, painted: theme.paint('muted', text) });
  if (window.position.isFollowing) return quiet('following');
  const count = window.unseen;
  const isShort = width < SHORT_TITLE_COLUMNS;
  const news = `▼ ${count.toLocaleString('en')} new`;
  if (count === 0) return quiet(isShort ? 'paused' : 'paused, F follows');
  const text = isShort ? news : `${news} ${count === 1 ? 'line' : 'lines'}, F follows`;
  return { text, painted: theme.paint('accent', text) };
}

function drawLine(line: LogLine, look: LogLook, theme: Theme, width: number): readonly string[] {
  const time: Run[] = look.hasTimestamps ? [{ style: DIM, text: `${timeOfDay(line.time)} ` }] : [];
  const parsed = parseStyled(line.text, { color: theme.hasColor });
  const runs = [...time, ...(look.pattern ? markRuns(parsed, look.pattern) : parsed)];
  return look.isWrapped ? wrapRuns(runs, width).map(renderRuns) : [renderRuns(cutRuns(runs, width))];
}

function timeOfDay(time: string): string {
  const date = new Date(time);
  const part = (value: number, digits: number): string => String(value).padStart(digits, '0');
  return `${part(date.getHours(), 2)}:${part(date.getMinutes(), 2)}:${part(date.getSeconds(), 2)}.${part(date.getMilliseconds(), 3)}`;
}
