import { displayWidth, truncate } from '../../format/text.ts';
import type { Rectangle } from '../compositor.ts';
import { KEYMAP, keyName } from '../keymap.ts';
import type { HelpGroup } from '../keymap/binding.ts';
import type { Theme } from '../theme.ts';
import { titleRow } from '../title-row.ts';
import { Pane } from './pane.tsx';

const GROUPS: readonly (readonly HelpGroup[])[] = [['Services', 'Conflict'], ['Logs'], ['Move', 'Session']];
const KEY_WIDTH = 11;
const COLUMN_WIDTH = 44;

/** All keys, from the table of keys, in as many columns as fit. */
export function Help({ area, theme }: { readonly area: Rectangle; readonly theme: Theme }) {
  const count = Math.max(1, Math.min(GROUPS.length, Math.floor((area.columns - 2) / COLUMN_WIDTH)));
  const width = Math.floor((area.columns - 2) / count);
  const columns = distribute(
    GROUPS.map((groups) => groups.flatMap((group, index) => groupRows(group, theme, width - 2, index > 0))),
    count,
  );
  const height = Math.max(...columns.map((column) => column.length));
  const rows = Array.from({ length: height }, (_, index) =>
    columns
      .map((column) => column[index] ?? { text: '', painted: '' })
      .map(({ text, painted }) => painted + ' '.repeat(Math.max(0, width - displayWidth(text))))
      .join(''),
  );
  const title = titleRow(theme, { title: 'keys', isFocused: true, width: area.columns });
  return <Pane area={area} rows={[title, ...rows.map((row) => ` ${row}`)]} />;
}

interface Line {
  readonly text: string;
  readonly painted: string;
}

function groupRows(group: HelpGroup, theme: Theme, width: number, hasGap: boolean): readonly Line[] {
  const heading = { text: group, painted: theme.paint('strong', group) };
  const keys = KEYMAP.filter((binding) => binding.group === group && binding.help !== undefined).map((binding) => {
    const names = binding.keys.map(keyName).join(' ').padEnd(KEY_WIDTH);
    const help = truncate(binding.help ?? '', width - KEY_WIDTH - 1);
    return { text: `${names} ${help}`, painted: `${theme.paint('accent', names)} ${help}` };
  });
  const blank = { text: '', painted: '' };
  return [...(hasGap ? [blank] : []), heading, ...keys];
}

/** Joins neighbouring columns until there are `count`. */
function distribute(columns: readonly (readonly Line[])[], count: number): readonly (readonly Line[])[] {
  const blank = { text: '', painted: '' };
  if (columns.length <= count) return columns;
  const joined = columns.slice(0, columns.length - count + 1).reduce((all, column) => [...all, blank, ...column]);
  return [joined, ...columns.slice(columns.length - count + 1)];
}
