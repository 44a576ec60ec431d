// The help as pages of columns: all keys of the table of keys, in the fewest columns that show every word. If the
// columns do not fit, there are several pages.

import type { KeyRemaps } from '../../core/model/user-config.ts';
import { displayWidth, fit, wrap } from '../../format/text.ts';
import type { Size } from '../paint/compositor.ts';
import { keymapOf } from './keymap.ts';
import type { ActionName, HelpGroup, KeyBinding } from './binding.ts';
import { keyName } from './key-text.ts';

export interface HelpLine {
  readonly kind: 'blank' | 'group' | 'binding';
  /** The keys; empty in the later rows of a long text. */
  readonly keys: string;
  readonly text: string;
  /** Of a binding. */
  readonly action: ActionName | undefined;
}

type Column = readonly HelpLine[];

export interface HelpPage {
  readonly columns: readonly Column[];
  /** Width of each column with the gap behind it. */
  readonly columnWidth: number;
}

const GROUPS: readonly HelpGroup[] = ['Services', 'Logs', 'Move', 'Session', 'Conflict'];
const MOST_KEY_WIDTH = 11;
const MIN_COLUMN = 38;
const BLANK: HelpLine = { kind: 'blank', keys: '', text: '', action: undefined };

/** At least one page. `area` includes the title. */
export function helpPages(area: Size, remaps: KeyRemaps): readonly HelpPage[] {
  const height = area.rows - 1;
  const widthOf = (count: number): number => Math.floor((area.columns - 2) / count);
  const most = Math.max(1, Math.floor((area.columns - 2) / MIN_COLUMN));
  const counts = Array.from({ length: most }, (_, index) => index + 1);
  const layouts = counts.map((count) => ({ count, columns: flow(helpBlocks(widthOf(count) - 2, remaps), height) }));
  const { count, columns } = layouts.find((each) => each.columns.length <= each.count) ?? layouts.at(-1)!;
  return Array.from({ length: Math.ceil(columns.length / count) }, (_, page) => ({
    columns: columns.slice(page * count, (page + 1) * count),
    columnWidth: widthOf(count),
  }));
}

/** Lines that stay together. */
function helpBlocks(width: number, remaps: KeyRemaps): readonly Column[] {
  const listed = keymapOf(remaps).filter(({ help, keys }) => help !== undefined && keys.length > 0);
  const namesOf = ({ keys }: KeyBinding): string => keys.map(keyName).join(' ');
  const keyWidth = Math.min(MOST_KEY_WIDTH, Math.max(...listed.map((binding) => displayWidth(namesOf(binding)))));
  return GROUPS.flatMap((group) => {
    const ofGroup = listed.filter((binding) => binding.group === group);
    const [first = [], ...others] = ofGroup.map((binding) => {
      const parts = wrap(binding.help ?? '', Math.max(10, width - keyWidth - 1));
      return parts.map((text, index): HelpLine => ({
        kind: 'binding',
        keys: fit(index === 0 ? namesOf(binding) : '', keyWidth),
        text,
        action: binding.action,
      }));
    });
    return [[BLANK, { kind: 'group', keys: '', text: group, action: undefined }, ...first], ...others];
  });
}

/** Fills one column after the other. A group at the top of a column needs no gap above it. */
function flow(blocks: readonly Column[], height: number): readonly Column[] {
  const columns: HelpLine[][] = [[]];
  for (const block of blocks) {
    let column = columns.at(-1) ?? [];
    if (column.length + block.length > height) columns.push((column = []));
    column.push(...(column.length === 0 && block[0] === BLANK ? block.slice(1) : block));
  }
  return columns;
}
