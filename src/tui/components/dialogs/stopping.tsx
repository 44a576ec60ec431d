import type { ServiceView } from '../../../core/model/snapshot.ts';
import { formatDuration } from '../../../format/quantity.ts';
import { statusLabel } from '../../../format/status-label.ts';
import { displayWidth, fit, truncate } from '../../../format/text.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import type { Theme } from '../../paint/theme.ts';
import { titleRow } from '../../paint/title-row.ts';
import { Pane } from '../pane.tsx';

export interface StoppingProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  /** Who still runs. */
  readonly services: readonly ServiceView[];
  readonly isForced: boolean;
  readonly nowMs: number;
}

/** While everything stops: who it still waits for, and for how long at most. */
export function Stopping({ area, theme, services, isForced, nowMs }: StoppingProps) {
  const width = Math.max(8, ...services.map((service) => displayWidth(service.name)));
  const rows = services.map((service) => {
    const { glyph, word, tone } = statusLabel(service.state);
    const pids = service.pids.length === 0 ? '' : `pid ${service.pids.join(', ')}`;
    const left = service.dueAt === null ? 0 : Date.parse(service.dueAt) - nowMs;
    const limit = left > 0 ? `killed in ${formatDuration(left + 999)}` : '';
    const text = truncate(
      [pids, limit].filter((part) => part !== '').join('   '),
      Math.max(0, area.columns - width - 20),
    );
    return `  ${theme.paint(tone, glyph)} ${fit(service.name, width)}  ${theme.paint(tone, fit(word, 10))} ${theme.paint('muted', text)}`;
  });
  const title = isForced ? 'killing what is left' : 'stopping all services';
  const waiting = rows.length === 0 ? ['', '  All services have stopped.'] : ['', ...rows];
  return <Pane area={area} rows={[titleRow(theme, { title, isFocused: true, width: area.columns }), ...waiting]} />;
}
