import type { Rectangle } from '../../paint/compositor.ts';
import { selectPalette, type PaletteItem } from '../../keymap/palette.ts';
import { firstVisible } from '../../state/layout.ts';
import { Line } from '../kit/line.tsx';
import { Panel } from '../kit/panel.tsx';
import { useScreen } from '../kit/stage.tsx';
import { Cell, Tone } from '../kit/tone.tsx';

const KEY_WIDTH = 10;

/** Every action with its key. An action that is not possible now says why. */
export function Palette({ area }: { readonly area: Rectangle }) {
  const items = useScreen(selectPalette);
  const input = useScreen((state) => state.input);
  const cursor = input?.purpose === 'palette' ? input.cursor : 0;
  const lines = input?.text === '' ? withGroups(items) : items;
  const height = Math.max(0, area.rows - 1);
  const marked = items[cursor];
  const from = firstVisible(lines.length, height, marked === undefined ? 0 : lines.indexOf(marked));
  return (
    <Panel area={area} title="actions" aside={String(items.length)} isFocused>
      {items.length === 0 && (
        <Line>
          {' '}
          <Tone tone="muted">No match. Backspace to edit.</Tone>
        </Line>
      )}
      {lines.slice(from, from + height).map((line) =>
        typeof line === 'string' ? (
          <Line key={line}>
            {' '}
            <Tone tone="muted">{line}</Tone>
          </Line>
        ) : (
          <ItemRow key={`${line.title} ${line.key}`} item={line} width={area.columns} isMarked={line === marked} />
        ),
      )}
    </Panel>
  );
}

/** A heading at the start of each group. */
function withGroups(items: readonly PaletteItem[]): readonly (PaletteItem | string)[] {
  return items.flatMap((item, index) => (items[index - 1]?.group === item.group ? [item] : [item.group, item]));
}

interface ItemRowProps {
  readonly item: PaletteItem;
  readonly width: number;
  readonly isMarked: boolean;
}

function ItemRow({ item: { title, key, reason }, width, isMarked }: ItemRowProps) {
  const room = Math.max(4, width - KEY_WIDTH - 6);
  const text = reason === undefined ? title : `${title}   ${reason}`;
  return (
    <Line>
      {' '}
      <Tone tone="focus">{isMarked ? '▸' : ' '}</Tone>
      <Cell tone={reason === undefined ? 'plain' : 'muted'} isStrong={isMarked} width={room} before={1}>
        {text}
      </Cell>
      <Cell tone={reason === undefined ? 'accent' : 'muted'} width={KEY_WIDTH} align="right" before={1}>
        {key}
      </Cell>
    </Line>
  );
}
