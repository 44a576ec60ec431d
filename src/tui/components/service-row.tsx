import { Fragment, memo } from 'react';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { serviceLabel } from '../../format/status-label.ts';
import { displayWidth, fit, truncate } from '../../format/text.ts';
import type { ScreenTone } from '../paint/theme.ts';
import { COLUMN_GAP, type TableColumn } from '../subjects/service-columns.ts';
import { Line } from './kit/line.tsx';
import { Spans } from './kit/rows.tsx';
import { Cell, Tone } from './kit/tone.tsx';
import { cellOf, type CellSubject } from './service-cells.ts';

export interface ServiceRowProps extends CellSubject {
  readonly columns: readonly TableColumn[];
  readonly mark: RowMark;
}

/** `here`: the table has the focus. */
export type RowMark = 'none' | 'selected' | 'here';

/** A service in the table. */
export const ServiceRow = memo(function ServiceRow({ columns, mark, ...subject }: ServiceRowProps) {
  const { service } = subject;
  const { glyph, tone } = serviceLabel(service);
  return (
    <Line>
      <Marker mark={mark} /> <Tone tone={tone}>{glyph}</Tone>
      {columns.map((column, index) => {
        const cell = cellOf(column, subject);
        const before = index === 0 ? 1 : COLUMN_GAP;
        return cell.spans === undefined ? (
          <Cell
            key={column.id}
            tone={cell.tone}
            isStrong={isLoud(service, column) || (column.id === 'name' && mark !== 'none')}
            width={column.width}
            align={column.align}
            before={before}
          >
            {cell.text}
          </Cell>
        ) : (
          <Fragment key={column.id}>
            {' '.repeat(before)}
            <Spans spans={cell.spans} />
            {' '.repeat(Math.max(0, column.width - displayWidth(cell.text)))}
          </Fragment>
        );
      })}
    </Line>
  );
});

/** A service of the config, before the session has answered. */
export function ExpectedRow({
  name,
  width,
  mark,
}: {
  readonly name: string;
  readonly width: number;
  readonly mark: RowMark;
}) {
  return (
    <Line>
      <Marker mark={mark} /> <Tone tone="muted">{fit(`· ${truncate(name, width - 4)}`, width - 2)}</Tone>
    </Line>
  );
}

function Marker({ mark }: { readonly mark: RowMark }) {
  const tones: Readonly<Record<RowMark, ScreenTone>> = { none: 'plain', selected: 'muted', here: 'focus' };
  return <Tone tone={tones[mark]}>{mark === 'none' ? ' ' : '▌'}</Tone>;
}

/** Failures are also bold, for people who see no colours. */
function isLoud(service: ServiceView, { id }: TableColumn): boolean {
  return service.state === 'failed' && (id === 'name' || id === 'state' || id === 'note');
}
