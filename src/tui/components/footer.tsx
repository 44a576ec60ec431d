import { displayWidth, truncate } from '../../format/text.ts';
import type { Rectangle } from '../compositor.ts';
import { footerBindings, keyOf, labelOf } from '../keymap.ts';
import { keyName } from '../keymap/key-text.ts';
import { selectMode } from '../selectors.ts';
import type { ScreenState } from '../state.ts';
import type { Theme } from '../theme.ts';
import { Pane } from './pane.tsx';

export interface FooterProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly state: ScreenState;
}

/** The last row: what one types, else what there is to say, else the keys that work now. */
export function Footer({ area, theme, state }: FooterProps) {
  return <Pane area={area} rows={[footerRow(area.columns, theme, state)]} />;
}

function footerRow(width: number, theme: Theme, state: ScreenState): string {
  const { search, notice } = state;
  if (state.leaving === 'asking') {
    return keyRow(width, theme, state, 'Services are still starting. Stop everything and leave?');
  }
  const typing = typingOf(state);
  if (typing !== undefined) {
    const room = Math.max(8, width - 32 - displayWidth(typing.lead));
    const typed = lastColumns(typing.text, room);
    const painted = `${theme.paint('focus', typing.lead)}${typed}${theme.paint('focus', '▏')}`;
    return keyRow(width, theme, state, undefined, painted, displayWidth(typing.lead + typed) + 1);
  }
  if (notice !== undefined) {
    const tone = notice.tone === 'plain' ? 'strong' : notice.tone;
    const glyph = notice.tone === 'plain' ? ' ' : `${notice.tone === 'fail' ? '✖' : '!'} `;
    return ` ${theme.paint(tone, truncate(glyph.trimStart() + notice.text, width - 1))}`;
  }
  if (search.query !== undefined && selectMode(state) !== 'help') {
    const said = `/${truncate(search.query, 20)}  ${search.status}`;
    return ` ${theme.paint('strong', said)}   ${hints(theme, [
      [keyOf('searchNewer', state.remaps), 'newer'],
      [keyOf('searchOlder', state.remaps), 'older'],
      ['Esc', 'end search'],
    ])}`;
  }
  return keyRow(width, theme, state);
}

/** What is being typed, and the word before it. */
function typingOf({
  search,
  filter,
  save,
  palette,
}: ScreenState): { readonly lead: string; readonly text: string } | undefined {
  if (palette !== undefined) return { lead: ':', text: palette.text };
  if (search.typing !== undefined) return { lead: '/', text: search.typing };
  if (filter.typing !== undefined) return { lead: 'filter (!text leaves out): ', text: filter.typing };
  return save.typing === undefined ? undefined : { lead: 'save to: ', text: save.typing };
}

/** The end of what is typed is where one types. */
function lastColumns(text: string, columns: number): string {
  const characters = Array.from(text);
  let from = 0;
  while (displayWidth(characters.slice(from).join('')) > columns) from += 1;
  return characters.slice(from).join('');
}

/** Keys with a place in the footer until the row is full; help and quit stay, whatever goes. */
function keyRow(
  width: number,
  theme: Theme,
  state: ScreenState,
  lead?: string,
  painted?: string,
  paintedWidth = 0,
): string {
  const shown = footerBindings(state, selectMode(state)).map((binding) => ({
    key: keyName(binding.keys[0] ?? ''),
    label: labelOf(binding, state),
    isFixed: (binding.footer ?? 0) >= 90,
  }));
  const start = painted ?? (lead === undefined ? '' : theme.paint('strong', lead));
  const startWidth = painted === undefined ? displayWidth(lead ?? '') : paintedWidth;
  let room = width - 1 - (startWidth === 0 ? 0 : startWidth + 3);
  const size = ({ key, label }: { readonly key: string; readonly label: string }): number =>
    displayWidth(key) + 1 + displayWidth(label) + 3;
  room -= shown.filter((hint) => hint.isFixed).reduce((sum, hint) => sum + size(hint), 0);
  let isFull = false;
  const kept = shown.filter((hint) => {
    if (hint.isFixed) return true;
    isFull ||= size(hint) > room;
    if (!isFull) room -= size(hint);
    return !isFull;
  });
  const keys = hints(
    theme,
    kept.map(({ key, label }) => [key, label]),
  );
  return ` ${start}${startWidth === 0 ? '' : '   '}${keys}`;
}

function hints(theme: Theme, pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([key, label]) => `${theme.paint('accent', key)} ${theme.paint('muted', label)}`).join('   ');
}
