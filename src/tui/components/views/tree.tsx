import { serviceLabel } from '../../../format/status-label.ts';
import { displayWidth, truncate } from '../../../format/text.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { dependencyTree, type TreeRow } from '../../state/dependency-tree.ts';
import { firstVisible } from '../../state/layout.ts';
import { isTrouble, reasonOf } from '../../state/reason.ts';
import type { ServiceView } from '../../../core/session/snapshot.ts';
import { kindRank } from '../../state/selectors.ts';
import { Line } from '../kit/line.tsx';
import { Panel } from '../kit/panel.tsx';
import { useScreen } from '../kit/stage.tsx';
import { Cell, Tone } from '../kit/tone.tsx';

const STATE_WIDTH = 12;
const MAX_NAME = 40;

/** The services, each below the one that it waits for. */
export function TreePage({ area }: { readonly area: Rectangle }) {
  const services = useScreen((state) => state.services);
  const folded = useScreen((state) => state.views.folded);
  const selected = useScreen((state) => state.selected);
  const rows = dependencyTree(services, folded);
  const visible = Math.max(1, area.rows - 1);
  const from = firstVisible(
    rows.length,
    visible,
    Math.max(
      0,
      rows.findIndex(({ service }) => service.name === selected),
    ),
  );
  const widest = Math.max(7, ...rows.map(({ branch, service }) => displayWidth(branch + service.name) + 2));
  const nameWidth = Math.min(MAX_NAME, widest, Math.max(10, area.columns - STATE_WIDTH - 8));
  const hidden = rows.length - visible;
  return (
    <Panel
      area={area}
      title="tree: each service below what it waits for"
      aside={hidden > 0 ? `${from + 1}–${from + visible} of ${rows.length}` : ''}
      isFocused
    >
      {rows.length === 0 && <Line>{'  There are no services.'}</Line>}
      {rows.slice(from, from + visible).map((row) => (
        <Branch
          key={row.service.name}
          row={row}
          services={services}
          isSelected={row.service.name === selected}
          nameWidth={nameWidth}
          room={area.columns - nameWidth - STATE_WIDTH - 7}
        />
      ))}
    </Panel>
  );
}

interface BranchProps {
  readonly row: TreeRow;
  readonly services: readonly ServiceView[];
  readonly isSelected: boolean;
  readonly nameWidth: number;
  readonly room: number;
}

function Branch({ row, services, isSelected, nameWidth, room }: BranchProps) {
  const { service, branch, below, isFolded } = row;
  const { glyph, word, tone } = serviceLabel(service);
  const reason = reasonOf(service, services);
  const fold = below.length === 0 ? ' ' : isFolded ? '▸' : '▼';
  const name = truncate(service.name, Math.max(4, nameWidth - displayWidth(branch) - 2));
  const note = noteOf(row, isTrouble(reason) ? reason.text : '');
  return (
    <Line>
      <Tone tone="focus">{isSelected ? '▌' : ' '}</Tone> <Tone tone="muted">{branch}</Tone>
      <Tone tone={below.length === 0 ? 'muted' : 'accent'}>{fold}</Tone>
      <Cell
        before={1}
        width={Math.max(1, nameWidth - displayWidth(branch) - 2)}
        tone={service.state === 'failed' ? 'fail' : 'plain'}
        isStrong={isSelected}
      >
        {name}
      </Cell>{' '}
      <Tone tone={tone}>{glyph}</Tone>
      <Cell before={1} width={STATE_WIDTH} tone={tone}>
        {word}
      </Cell>
      <Tone tone={isTrouble(reason) ? reason.tone : 'muted'}>{truncate(note, Math.max(0, room))}</Tone>
    </Line>
  );
}

/** The service's problem; if folded, also the problems below it; without a problem, its other dependencies. */
function noteOf({ others, below, isFolded }: TreeRow, trouble: string): string {
  const hidden = isFolded ? hiddenWords(below) : '';
  const also = others.length === 0 || trouble !== '' ? '' : `also needs ${others.join(', ')}`;
  return [trouble, hidden, also].filter((part) => part !== '').join(' · ');
}

function hiddenWords(below: readonly ServiceView[]): string {
  const worst = below.toSorted((a, b) => kindRank(a) - kindRank(b))[0];
  const word = worst === undefined || worst.ready ? '' : `, ${worst.name} is ${serviceLabel(worst).word}`;
  return `${below.length} below${word}`;
}
