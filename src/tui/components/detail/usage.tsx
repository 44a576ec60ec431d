import type { UsageHistory } from '../../../core/model/session.ts';
import { formatDuration } from '../../../format/quantity.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import type { Theme } from '../../paint/theme.ts';
import { titleRow } from '../../paint/title-row.ts';
import { usageRows, valuesInWidth } from './usage-rows.ts';
import { Pane } from '../pane.tsx';

export interface UsageProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  /** Undefined until the session has told it. */
  readonly usage: UsageHistory | undefined;
  readonly isFocused?: boolean;
}

/** CPU and memory of all services together over the last minutes. */
export function Usage({ area, theme, usage, isFocused = false }: UsageProps) {
  const text = usage === undefined ? '' : `last ${formatDuration(valuesInWidth(area.columns) * usage.everyMs)}`;
  const aside = text === '' ? undefined : { text, painted: theme.paint('muted', text) };
  const title = titleRow(theme, { title: 'usage: all services', aside, isFocused, width: area.columns });
  return <Pane area={area} rows={[title, ...usageRows(usage, { theme, width: area.columns, rows: area.rows - 1 })]} />;
}
