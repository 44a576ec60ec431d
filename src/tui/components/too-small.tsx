import { truncate } from '../../format/text.ts';
import type { Size } from '../paint/compositor.ts';
import { MIN_SIZE } from '../state/layout.ts';
import type { Theme } from '../paint/theme.ts';
import { Pane } from './pane.tsx';

/** Said instead of everything else when the terminal is too small to show anything useful. */
export function TooSmall({
  size,
  theme,
  status,
}: {
  readonly size: Size;
  readonly theme: Theme;
  readonly status: string;
}) {
  const lines = [
    theme.paint('strong', truncate('The terminal is too small.', size.columns)),
    truncate(`${size.columns}×${size.rows}, and ${MIN_SIZE.columns}×${MIN_SIZE.rows} is needed.`, size.columns),
    theme.paint('muted', truncate(status, size.columns)),
  ];
  return <Pane area={{ column: 0, row: 0, ...size }} rows={lines.slice(0, size.rows)} />;
}
