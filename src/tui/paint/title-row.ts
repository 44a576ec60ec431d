// The line above a pane: "── logs: backend ───────── following ──".

import { displayWidth, truncate } from '../../format/text.ts';
import type { Theme } from './theme.ts';

/** The text at the right end: plain, for measuring, and as it is painted. */
export interface Aside {
  readonly text: string;
  readonly painted: string;
}

export interface TitleRow {
  readonly title: string;
  readonly aside?: Aside | undefined;
  readonly isFocused: boolean;
  /** The selected one of several. */
  readonly isMarked?: boolean;
  readonly width: number;
}

/** Exactly `width` columns. The aside is left out if there is no room for both. */
export function titleRow(theme: Theme, { title, aside, isFocused, isMarked = false, width }: TitleRow): string {
  const name = truncate(title, Math.max(0, width - 6));
  const asideWidth = aside === undefined ? 0 : displayWidth(aside.text) + 4;
  const rule = width - displayWidth(name) - 4 - asideWidth;
  const line = (length: number): string => theme.paint('muted', '─'.repeat(Math.max(0, length)));
  const isLit = isFocused || isMarked;
  const edge = theme.paint(isLit ? 'focus' : 'muted', isMarked ? '▌─' : '──');
  const start = `${edge} ${theme.paint(isLit ? 'focus' : 'strong', name)} `;
  if (aside === undefined || rule < 1) return start + line(width - displayWidth(name) - 4);
  return `${start}${line(rule)} ${aside.painted} ${line(2)}`;
}
