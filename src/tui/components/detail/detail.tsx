import { Box } from 'ink';
import type { Rectangle } from '../../paint/compositor.ts';
import {
  selectDetail,
  selectDetailForm,
  selectDetailTop,
  TWO_COLUMNS,
  type DetailSubject,
} from '../../subjects/detail.ts';
import { selectMode } from '../../state/selectors.ts';
import { Panel } from '../kit/panel.tsx';
import { Rows } from '../kit/rows.tsx';
import { useScreen } from '../kit/stage.tsx';
import { presentFacts, setupFacts, type Fact } from './detail-facts.ts';
import { detailRows, factRows } from './detail-rows.ts';

/** All facts about one service. As a strip above the logs, it shows only what fits there. */
export function Detail({ area }: { readonly area: Rectangle }) {
  const subject = useScreen(selectDetail);
  const isFocused = useScreen((state) => selectMode(state) === 'detail');
  const isStrip = useScreen((state) => selectDetailForm(state) !== 'full');
  if (subject === undefined) return <Panel area={area} title="detail" isFocused={isFocused} />;
  const title = `detail: ${subject.service.name}`;
  if (!isStrip) return <Whole area={area} title={title} subject={subject} isFocused={isFocused} />;
  return (
    <Panel area={area} title={title} isFocused={isFocused}>
      <Strip area={area} subject={subject} />
    </Panel>
  );
}

interface WholeProps {
  readonly area: Rectangle;
  readonly title: string;
  readonly subject: DetailSubject;
  readonly isFocused: boolean;
}

function Whole({ area, title, subject, isFocused }: WholeProps) {
  const top = useScreen(selectDetailTop);
  const rows = detailRows(subject, area.columns);
  const visible = area.rows - 1;
  const from = Math.max(0, Math.min(top, rows.length - visible));
  const place = rows.length <= visible ? '' : `${from + 1}–${from + visible} of ${rows.length}`;
  return (
    <Panel area={area} title={title} aside={place} isFocused={isFocused}>
      <Rows rows={rows.slice(from, from + visible)} />
    </Panel>
  );
}

function Strip({ area, subject }: { readonly area: Rectangle; readonly subject: DetailSubject }) {
  const facts = [...presentFacts({ ...subject, inspection: undefined }), ...setupFacts(subject)];
  const isTight = area.rows <= facts.length;
  if (!isTight || area.columns < TWO_COLUMNS) {
    return <Rows rows={factRows(facts, { width: area.columns }, { isWrapped: !isTight })} />;
  }
  const width = Math.floor(area.columns / 2);
  const wide = facts.filter(isReason);
  const [left, right] = inHalves(
    facts.filter((fact) => !isReason(fact)),
    area.rows - 1 - wide.length,
  );
  return (
    <>
      <Rows rows={factRows(wide, { width: area.columns }, { isWrapped: false })} />
      <Box>
        <Box width={width} flexDirection="column" flexShrink={0}>
          <Rows rows={factRows(left, { width }, { isWrapped: false })} />
        </Box>
        <Box flexDirection="column">
          <Rows rows={factRows(right, { width: area.columns - width }, { isWrapped: false })} />
        </Box>
      </Box>
    </>
  );
}

/** A problem takes the whole width. */
function isReason({ label }: Fact): boolean {
  return label === 'why' || label === 'tells' || label === 'alert' || label === 'asks';
}

/** The columns fill downward. Rows of one fact stay together. */
function inHalves(facts: readonly Fact[], height: number): readonly [readonly Fact[], readonly Fact[]] {
  let end = Math.min(height, facts.length);
  while (end > 1 && end < facts.length && isContinued(facts[end])) end -= 1;
  const isOneBlock = end <= 1;
  const cut = isOneBlock ? height : end;
  return [facts.slice(0, cut), facts.slice(cut, cut + height)];
}

function isContinued(fact: Fact | undefined): boolean {
  return fact?.label === '';
}
