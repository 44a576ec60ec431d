import { formatDuration } from '../../../format/quantity.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { Panel } from '../kit/panel.tsx';
import { Rows } from '../kit/rows.tsx';
import { useScreen } from '../kit/stage.tsx';
import { usageRows, valuesInWidth } from './usage-rows.ts';

/** CPU and memory of all services together in the last minutes, below the detail. */
export function Usage({ area }: { readonly area: Rectangle }) {
  const usage = useScreen((state) => state.usage);
  const span = usage === undefined ? '' : `last ${formatDuration(valuesInWidth(area.columns) * usage.everyMs)}`;
  return (
    <Panel area={area} title="usage: all services" aside={span}>
      <Rows rows={usageRows(usage, { width: area.columns, rows: area.rows - 1 })} />
    </Panel>
  );
}
