import { helpPages, type HelpLine } from '../../keymap/help-pages.ts';
import { keymapOf, whyNot } from '../../keymap/keymap.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { displayWidth } from '../../../format/text.ts';
import type { ScreenState } from '../../state/state.ts';
import { Line } from '../kit/line.tsx';
import { Panel } from '../kit/panel.tsx';
import { useScreen } from '../kit/stage.tsx';
import { Tone } from '../kit/tone.tsx';

/** All keys, a page at a time where they do not fit; those that work now are lit. */
export function Help({ area }: { readonly area: Rectangle }) {
  const remaps = useScreen((state) => state.remaps);
  const page = useScreen((state) => state.helpPage);
  const lit = useScreen(litActions);
  const pages = helpPages(area, remaps);
  const shown = Math.min(page, pages.length - 1);
  const { columns, columnWidth } = pages[shown]!;
  const aside = pages.length > 1 ? `page ${shown + 1} of ${pages.length} · PgDn PgUp · / finds any key` : '';
  return (
    <Panel area={area} title="keys" aside={aside} isFocused>
      {Array.from({ length: area.rows - 1 }, (_, row) => (
        <Line key={row}>
          {' '}
          {columns.map((column, index) => (
            <Entry key={index} line={column[row]} width={columnWidth} lit={lit} />
          ))}
        </Line>
      ))}
    </Panel>
  );
}

/** What a key does where the help was opened, joined by blanks. */
function litActions(state: ScreenState): string {
  const lit = keymapOf(state.remaps).filter(
    (binding) => binding.modes.includes(state.focus) && whyNot(binding, state) === undefined,
  );
  return ` ${lit.map(({ action }) => action).join(' ')} `;
}

interface EntryProps {
  readonly line: HelpLine | undefined;
  readonly width: number;
  readonly lit: string;
}

function Entry({ line, width, lit }: EntryProps) {
  if (line === undefined || line.kind === 'blank') return ' '.repeat(width);
  const text = line.kind === 'group' ? line.text : `${line.keys} ${line.text}`;
  const rest = ' '.repeat(Math.max(0, width - displayWidth(text)));
  if (line.kind === 'group') {
    return (
      <>
        <Tone tone="strong">{line.text}</Tone>
        {rest}
      </>
    );
  }
  const isLit = lit.includes(` ${line.action} `);
  return (
    <>
      <Tone tone={isLit ? 'accent' : 'muted'} isStrong={isLit}>
        {line.keys}
      </Tone>{' '}
      <Tone tone={isLit ? 'plain' : 'muted'}>{line.text}</Tone>
      {rest}
    </>
  );
}
