import type { Rectangle } from '../../paint/compositor.ts';
import { presentFacts, setupFacts, type Fact } from './detail-facts.ts';
import { detailRows, factRows } from './detail-rows.ts';
import type { DetailSubject } from '../../state/selectors.ts';
import { displayWidth } from '../../../format/text.ts';
import type { Theme } from '../../paint/theme.ts';
import { titleRow } from '../../paint/title-row.ts';
import { Pane } from '../pane.tsx';

export interface DetailProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  /** Undefined while there is no service. */
  readonly subject: DetailSubject | undefined;
  readonly form: 'full' | 'strip';
  /** How many rows of the full form are scrolled away. */
  readonly top: number;
  readonly isFocused: boolean;
}

/** From here on the facts of a strip stand in two columns if one is too short for them. */
const TWO_COLUMNS = 100;

/** All there is to know about one service; as a strip above the logs, only what fits there. */
export function Detail({ area, theme, subject, form, top, isFocused }: DetailProps) {
  const title = subject === undefined ? 'detail' : `detail: ${subject.service.name}`;
  const titled = (rows: readonly string[], aside: string) => {
    const shown = aside === '' ? undefined : { text: aside, painted: theme.paint('muted', aside) };
    return [titleRow(theme, { title, aside: shown, isFocused, width: area.columns }), ...rows];
  };
  if (subject === undefined) return <Pane area={area} rows={titled([], '')} />;
  if (form === 'strip') return <Pane area={area} rows={titled(stripRows(subject, theme, area), '')} />;
  const rows = detailRows(subject, theme, area.columns);
  const visible = area.rows - 1;
  const from = Math.max(0, Math.min(top, rows.length - visible));
  const place = rows.length <= visible ? '' : `${from + 1}–${from + visible} of ${rows.length}`;
  return <Pane area={area} rows={titled(rows.slice(from, from + visible), place)} />;
}

function stripRows(subject: DetailSubject, theme: Theme, area: Rectangle): readonly string[] {
  const facts = [...presentFacts({ ...subject, inspection: undefined }), ...setupFacts(subject)];
  const isTight = area.rows <= facts.length;
  if (!isTight || area.columns < TWO_COLUMNS) {
    return factRows(facts, { theme, width: area.columns }, { isWrapped: !isTight });
  }
  return twoColumns(facts, theme, area);
}

/** The reason over the whole width, and what is left in two halves, read downward. */
function twoColumns(facts: readonly Fact[], theme: Theme, area: Rectangle): readonly string[] {
  const isReason = ({ label }: Fact): boolean => label === 'why' || label === 'alert';
  const inRows = (some: readonly Fact[], width: number): readonly string[] =>
    factRows(some, { theme, width }, { isWrapped: false });
  const top = inRows(facts.filter(isReason), area.columns);
  const width = Math.floor(area.columns / 2);
  const others = facts.filter((fact) => !isReason(fact));
  const height = area.rows - 1 - top.length;
  const left = inRows(others.slice(0, height), width);
  const right = inRows(others.slice(height), area.columns - width);
  return [...top, ...left.map((row, index) => row + gapAfter(row, width, right[index]) + (right[index] ?? ''))];
}

function gapAfter(row: string, width: number, next: string | undefined): string {
  return next === undefined ? '' : ' '.repeat(Math.max(0, width - displayWidth(row)));
}
