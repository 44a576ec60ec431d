import type { KeyRemaps } from '../../core/user-config.ts';
import { displayWidth, fit, truncate, wrap } from '../../format/text.ts';
import type { Rectangle } from '../compositor.ts';
import { keymapOf } from '../keymap.ts';
import type { HelpGroup } from '../keymap/binding.ts';
import { keyName } from '../keymap/key-text.ts';
import type { Theme } from '../theme.ts';
import { titleRow } from '../title-row.ts';
import { Pane } from './pane.tsx';

export interface HelpProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly remaps: KeyRemaps;
}

const GROUPS: readonly HelpGroup[] = ['Services', 'Logs', 'Move', 'Session', 'Conflict'];
const KEY_WIDTH = 11;
const MIN_COLUMN = 38;

/** All keys, from the table of keys, in the fewest columns that show every word; cut short only where none do. */
export function Help({ area, theme, remaps }: HelpProps) {
  const height = area.rows - 1;
  const most = Math.max(1, Math.floor((area.columns - 2) / MIN_COLUMN));
  const blocksFor = (count: number, isCut: boolean): readonly Block[] =>
    helpBlocks(theme, Math.floor((area.columns - 2) / count) - 2, remaps, isCut);
  const counts = Array.from({ length: most }, (_, index) => index + 1);
  const whole = counts.map((count) => ({ count, columns: flow(blocksFor(count, false), height) }));
  const { count, columns } = whole.find((each) => each.columns.length <= each.count) ?? {
    count: most,
    columns: flow(blocksFor(most, true), height),
  };
  const width = Math.floor((area.columns - 2) / count);
  const rows = Array.from({ length: height }, (_, row) =>
    columns
      .slice(0, count)
      .map((column) => column[row] ?? BLANK)
      .map(({ text, painted }) => painted + ' '.repeat(Math.max(0, width - displayWidth(text))))
      .join(''),
  );
  const hidden = columns.slice(count).flat().length;
  const aside = hidden > 0 ? `${hidden} more rows; / finds any key` : undefined;
  const title = titleRow(theme, {
    title: 'keys',
    aside: aside === undefined ? undefined : { text: aside, painted: theme.paint('muted', aside) },
    isFocused: true,
    width: area.columns,
  });
  return <Pane area={area} rows={[title, ...rows.map((row) => ` ${row}`)]} />;
}

interface Line {
  readonly text: string;
  readonly painted: string;
}

/** Lines that stay together. */
type Block = readonly Line[];

const BLANK: Line = { text: '', painted: '' };

function helpBlocks(theme: Theme, width: number, remaps: KeyRemaps, isCut: boolean): readonly Block[] {
  return GROUPS.flatMap((group) => {
    const heading: Line = { text: group, painted: theme.paint('strong', group) };
    const listed = keymapOf(remaps).filter(
      (binding) => binding.group === group && binding.help !== undefined && binding.keys.length > 0,
    );
    const [first = [], ...others] = listed.map(({ keys, help = '' }) => {
      const names = fit(keys.map(keyName).join(' '), KEY_WIDTH);
      const room = Math.max(10, width - KEY_WIDTH - 1);
      const parts = isCut ? [truncate(help, room)] : wrap(help, room);
      return parts.map((part, index) => {
        const head = index === 0 ? names : ' '.repeat(KEY_WIDTH);
        return { text: `${head} ${part}`, painted: `${theme.paint('accent', head)} ${part}` };
      });
    });
    return [[BLANK, heading, ...first], ...others];
  });
}

/** Fills one column after the other; a group that begins a column needs no gap above it. */
function flow(blocks: readonly Block[], height: number): readonly (readonly Line[])[] {
  const columns: Line[][] = [[]];
  for (const block of blocks) {
    let column = columns.at(-1) ?? [];
    if (column.length + block.length > height) columns.push((column = []));
    column.push(...(column.length === 0 && block[0] === BLANK ? block.slice(1) : block));
  }
  return columns;
}
