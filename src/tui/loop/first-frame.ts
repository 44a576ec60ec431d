// The picture before anything else has loaded: the project and its services by name, in the table's places. It is
// drawn without Ink, which saves some 50 ms. The first real frame changes as little of it as possible.

import { truncate } from '../../format/text.ts';
import { MIN_SIZE, planLayout, tooSmall } from '../state/layout.ts';
import type { PaneRows } from '../paint/compositor.ts';
import type { ScreenState } from '../state/state.ts';
import type { Theme } from '../paint/theme.ts';

export function firstFrame(state: ScreenState, theme: Theme): PaneRows {
  return { area: { column: 0, row: 0, ...state.size }, rows: frameRows(state, theme) };
}

function frameRows(state: ScreenState, theme: Theme): readonly string[] {
  const { size, projectName, expectedNames, selected } = state;
  if (tooSmall(size)) return [truncate(`${MIN_SIZE.columns}×${MIN_SIZE.rows} is needed`, size.columns)];
  const layout = planLayout({
    size,
    serviceCount: expectedNames.length,
    isZoomed: false,
    isDetailFocused: false,
    hasPanel: false,
    bannerRows: 0,
    tileCount: 1,
  });
  const rows = Array.from({ length: size.rows }, () => '');
  const room = size.columns - 4;
  rows[0] = ` ${theme.paint('focus', truncate(projectName, Math.max(8, room - 28)))}   ${theme.paint('busy', 'starting the session…')}`;
  const top = (layout.table?.row ?? 0) + 1;
  for (const [index, name] of expectedNames.slice(0, (layout.table?.rows ?? 1) - 1).entries()) {
    const marker = name === selected ? theme.paint('focus', '▌') : ' ';
    rows[top + index] = `${marker} ${theme.paint('muted', `· ${truncate(name, room)}`)}`;
  }
  return rows;
}
