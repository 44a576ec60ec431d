// The position in a feed, counted in rows: the visible rows, the cursor, the selection, and how keys and the wheel
// move them. A line may take several rows, so everything counts rows downward from the top line.

import { FOLLOWING, type FeedLine, type LogFeed } from './log-feed.ts';

export interface LogView {
  /** The place of the cursor's line; undefined if following. */
  readonly cursor: number | undefined;
  /** By rows; negative is up, towards older lines. At the end of the log, following begins again. */
  scroll(by: number): void;
  /** By lines; the view follows the cursor. Below the newest line, following begins again. */
  moveCursor(by: number): void;
  toOldest(): void;
  follow(): void;
  hold(): void;
  toggleFollow(): void;
  /** Starts or ends a selection of lines at the cursor. */
  toggleSelection(): void;
  /** Selects from one row of the pane's lines to another; rows count from 0. */
  selectRows(from: number, to: number): void;
  clearSelection(): void;
  isSelected(place: number): boolean;
  /** How many lines are selected. */
  readonly selectedCount: number;
  /** The selected lines; else the line under the cursor, or all visible lines if following. */
  chosen(): readonly FeedLine[];
  /** The line under the cursor, or the newest one. */
  current(): FeedLine | undefined;
  /** The line in this row of the pane. */
  rowAt(row: number): number | undefined;
  /** The first and last visible place. */
  inSight(): { readonly first: number; readonly last: number };
  visible(): readonly VisibleRow[];
  /** The feed is another one, or moved: the cursor goes to this line once it has loaded. */
  reset(at: FeedLine | undefined): void;
}

interface VisibleRow {
  readonly place: number;
  readonly item: FeedLine;
  /** The row within the line. */
  readonly row: number;
}

const MAX_COPIED = 5_000;

export function createLogView(options: {
  readonly feed: () => LogFeed;
  readonly height: () => number;
  /** 0 for a line that failed to load; the feed reports that. */
  readonly countRows: (place: number) => number;
  readonly onChange: () => void;
}): LogView {
  const { feed, height } = options;
  let cursor: number | undefined;
  /** The line for the cursor, as soon as it has a place. */
  let target: FeedLine | undefined;
  let anchor: number | undefined;

  function countRows(place: number): number {
    return feed().at(place) === undefined ? 1 : options.countRows(place);
  }

  function visible(): readonly VisibleRow[] {
    settle();
    const { top, topRow } = topOf();
    const rows: VisibleRow[] = [];
    for (let place = top; rows.length < height() + topRow; place += 1) {
      const item = feed().at(place);
      if (item === undefined) break;
      const count = options.countRows(place);
      for (let row = 0; row < count; row += 1) rows.push({ place, item, row });
    }
    return rows.slice(topRow, topRow + height());
  }

  /** Where the visible rows begin, also if following. */
  function topOf(): { readonly top: number; readonly topRow: number } {
    const { position, bounds, end } = feed();
    if (!position.isFollowing) return position;
    return topAbove(end, bounds?.first ?? 0);
  }

  /** Where the rows must begin to show the line before `end` as the last one. */
  function topAbove(end: number, first: number): { readonly top: number; readonly topRow: number } {
    let room = height();
    let place = end;
    while (place > first && feed().at(place - 1) !== undefined) {
      place -= 1;
      const count = countRows(place);
      if (count >= room) return { top: place, topRow: count - room };
      room -= count;
    }
    return { top: place, topRow: 0 };
  }

  function scroll(by: number): void {
    const { bounds, position } = feed();
    if (bounds === undefined || (by > 0 && position.isFollowing)) return;
    let { top, topRow } = topOf();
    topRow += by;
    while (topRow < 0 && top > bounds.first) {
      top -= 1;
      topRow += countRows(top);
    }
    while (top < bounds.next && topRow >= countRows(top)) {
      topRow -= countRows(top);
      top += 1;
    }
    if (topRow < 0) topRow = 0;
    if (reachesEnd(top, topRow)) return follow();
    feed().moveTo({ isFollowing: false, top, topRow });
    const { first, last } = inSight();
    cursor = Math.min(last, Math.max(first, cursor ?? last));
    target = undefined;
  }

  function reachesEnd(top: number, topRow: number): boolean {
    const next = feed().bounds?.next ?? 0;
    let rows = -topRow;
    for (let place = top; place < next; place += 1) {
      rows += countRows(place);
      if (rows > height()) return false;
    }
    return true;
  }

  function hold(): void {
    const { bounds, position } = feed();
    if (bounds === undefined || !position.isFollowing) return;
    feed().moveTo({ isFollowing: false, ...topOf() });
    cursor = Math.max(bounds.first, feed().end - 1);
  }

  function follow(): void {
    cursor = undefined;
    anchor = undefined;
    target = undefined;
    feed().follow();
  }

  function moveCursor(by: number): void {
    const { bounds } = feed();
    if (bounds === undefined || bounds.next === bounds.first) return;
    if (feed().position.isFollowing) {
      if (by > 0) return;
      hold();
    }
    const from = cursor ?? inSight().last;
    if (by > 0 && from >= bounds.next - 1 && anchor === undefined) return follow();
    cursor = Math.min(bounds.next - 1, Math.max(bounds.first, from + by));
    while (countRows(cursor) === 0 && cursor > bounds.first && cursor < bounds.next - 1) cursor += Math.sign(by);
    target = undefined;
    reveal(cursor, bounds.first);
  }

  function reveal(place: number, first: number): void {
    const { top, topRow } = topOf();
    if (place < top || (place === top && topRow > 0)) feed().moveTo({ isFollowing: false, top: place, topRow: 0 });
    else if (place > inSight().last) feed().moveTo({ isFollowing: false, ...topAbove(place + 1, first) });
    else options.onChange();
  }

  function inSight(): { readonly first: number; readonly last: number } {
    const { top, topRow } = topOf();
    const next = feed().bounds?.next ?? top;
    let rows = -topRow;
    let place = top;
    while (place < next) {
      rows += countRows(place);
      if (rows > height() && place > top) break;
      place += 1;
      if (rows >= height()) break;
    }
    return { first: top, last: Math.max(top, place - 1) };
  }

  function settle(): void {
    if (feed().position.isFollowing) {
      cursor = undefined;
      return;
    }
    const place = target && feed().placeOf(target.service, target.line.seq);
    if (place !== undefined && feed().at(place) !== undefined) {
      cursor = place;
      target = undefined;
    }
  }

  function range(): { readonly from: number; readonly to: number } | undefined {
    if (anchor === undefined || cursor === undefined) return undefined;
    return { from: Math.min(anchor, cursor), to: Math.max(anchor, cursor) };
  }

  function current(): FeedLine | undefined {
    return target ?? feed().at(cursor ?? feed().end - 1);
  }

  function rowAt(row: number): number | undefined {
    return visible()[row]?.place;
  }

  return {
    get cursor() {
      return cursor;
    },
    scroll,
    moveCursor,
    toOldest() {
      const { bounds } = feed();
      if (bounds === undefined || reachesEnd(bounds.first, 0)) return;
      cursor = undefined;
      feed().toOldest();
      cursor = feed().position.isFollowing ? undefined : feed().position.top;
    },
    follow,
    hold,
    toggleFollow() {
      if (feed().position.isFollowing) hold();
      else follow();
    },
    toggleSelection() {
      hold();
      anchor = anchor === undefined ? (cursor ?? feed().end - 1) : undefined;
      options.onChange();
    },
    selectRows(from, to) {
      const rows = visible();
      const clamp = (row: number): number => Math.max(0, Math.min(rows.length - 1, row));
      const start = rows[clamp(from)]?.place;
      const end = rows[clamp(to)]?.place;
      if (start === undefined || end === undefined) return;
      hold();
      anchor = start;
      cursor = end;
      options.onChange();
    },
    clearSelection() {
      anchor = undefined;
      options.onChange();
    },
    isSelected(place) {
      const chosen = range();
      return chosen !== undefined && place >= chosen.from && place <= chosen.to;
    },
    get selectedCount() {
      const chosen = range();
      return chosen === undefined ? 0 : chosen.to - chosen.from + 1;
    },
    chosen() {
      const chosen = range();
      if (chosen === undefined && cursor !== undefined) return [feed().at(cursor)].filter((item) => item !== undefined);
      const sight = inSight();
      const { from, to } = chosen ?? { from: sight.first, to: sight.last };
      const places = Array.from({ length: Math.min(MAX_COPIED, to - from + 1) }, (_, index) => from + index);
      return places.map((place) => feed().at(place)).filter((item) => item !== undefined);
    },
    current,
    rowAt,
    inSight,
    visible,
    reset(at) {
      anchor = undefined;
      cursor = undefined;
      target = at;
      if (at !== undefined) settle();
      if (feed().position.isFollowing && at === undefined) feed().moveTo(FOLLOWING);
    },
  };
}
