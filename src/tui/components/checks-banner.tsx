import type { FailedCheckView } from '../../core/model/snapshot.ts';
import { failedCheckLines } from '../../format/failed-check.ts';
import { truncate } from '../../format/text.ts';
import type { Rectangle } from '../paint/compositor.ts';
import type { Theme } from '../paint/theme.ts';
import { headRow } from './config-banner.tsx';
import { Pane } from './pane.tsx';

export interface ChecksBannerProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly failed: readonly FailedCheckView[];
}

/** The project's own checks that failed beside the start, each with what to do; as many as there is room for. */
export function ChecksBanner({ area, theme, failed }: ChecksBannerProps) {
  const [first = '', ...rest] = failed.flatMap(failedCheckLines).slice(0, area.rows);
  const head = headRow(area.columns, theme, ['▲', 'warn', first.replace(/^▲ /, '')], [['Esc', 'hide']]);
  const lines = rest.map((line) => {
    const text = truncate(line.replace(/^▲ /, ''), area.columns - 4);
    return line.startsWith('▲') ? ` ${theme.paint('warn', '▲')} ${theme.paint('strong', text)}` : ` ${text}`;
  });
  return <Pane area={area} rows={[head, ...lines]} />;
}
