import { displayWidth } from '../../../format/text.ts';
import type { KeyRemaps } from '../../../core/model/user-config.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { helpPages, type HelpLine } from '../../keymap/help-pages.ts';
import type { Theme } from '../../paint/theme.ts';
import { titleRow } from '../../paint/title-row.ts';
import { Pane } from '../pane.tsx';

export interface HelpProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly remaps: KeyRemaps;
  /** From 0; the last one is shown where there are fewer. */
  readonly page: number;
}

/** All keys, a page at a time where they do not fit. */
export function Help({ area, theme, remaps, page }: HelpProps) {
  const pages = helpPages(area, remaps);
  const shown = Math.min(page, pages.length - 1);
  const { columns, columnWidth } = pages[shown]!;
  const rows = Array.from({ length: area.rows - 1 }, (_, row) =>
    columns.map((column) => paintLine(column[row], columnWidth, theme)).join(''),
  );
  const aside = pages.length > 1 ? `page ${shown + 1} of ${pages.length} · PgDn PgUp · / finds any key` : undefined;
  const title = titleRow(theme, {
    title: 'keys',
    aside: aside === undefined ? undefined : { text: aside, painted: theme.paint('muted', aside) },
    isFocused: true,
    width: area.columns,
  });
  return <Pane area={area} rows={[title, ...rows.map((row) => ` ${row}`)]} />;
}

function paintLine(line: HelpLine | undefined, width: number, theme: Theme): string {
  if (line === undefined || line.kind === 'blank') return ' '.repeat(width);
  if (line.kind === 'group') return padded(theme.paint('strong', line.text), line.text, width);
  return padded(`${theme.paint('accent', line.keys)} ${line.text}`, `${line.keys} ${line.text}`, width);
}

function padded(painted: string, text: string, width: number): string {
  return painted + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
