import { displayWidth, fit, truncate } from '../../../format/text.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { firstVisible } from '../../state/layout.ts';
import type { PaletteItem } from '../../keymap/palette.ts';
import type { Theme } from '../../paint/theme.ts';
import { titleRow } from '../../paint/title-row.ts';
import { Pane } from '../pane.tsx';

export interface PaletteProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly items: readonly PaletteItem[];
  readonly cursor: number;
}

const KEY_WIDTH = 12;

/** Every action with its key; one that cannot be taken now says why. */
export function Palette({ area, theme, items, cursor }: PaletteProps) {
  const aside = `${items.length}`;
  const title = titleRow(theme, {
    title: 'actions',
    aside: { text: aside, painted: theme.paint('muted', aside) },
    isFocused: true,
    width: area.columns,
  });
  const height = Math.max(0, area.rows - 1);
  const from = firstVisible(items.length, height, cursor);
  const rows = items
    .slice(from, from + height)
    .map((item, index) => itemRow(item, theme, area.columns, from + index === cursor));
  const nothing = [` ${theme.paint('muted', 'No match. Backspace to edit.')}`];
  return <Pane area={area} rows={[title, ...(items.length === 0 ? nothing : rows)]} />;
}

function itemRow({ title, key, reason }: PaletteItem, theme: Theme, width: number, isMarked: boolean): string {
  const mark = theme.paint('focus', isMarked ? '▸' : ' ');
  const room = Math.max(4, width - KEY_WIDTH - 4);
  const name = truncate(title, room);
  const text = reason === undefined ? name : truncate(`${name}   ${reason}`, room);
  const gap = ' '.repeat(Math.max(0, room - displayWidth(text)));
  const tone = reason === undefined ? (isMarked ? 'strong' : 'plain') : 'muted';
  const keys = fit(key, KEY_WIDTH, 'right');
  return `${mark} ${theme.paint(tone, text)}${gap} ${theme.paint(reason === undefined ? 'accent' : 'muted', keys)}`;
}
