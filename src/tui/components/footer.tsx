import type { Rectangle } from '../paint/compositor.ts';
import { planFooter } from '../keymap/footer-plan.ts';
import type { ScreenState } from '../state/state.ts';
import type { Theme } from '../paint/theme.ts';
import { Pane } from './pane.tsx';

export interface FooterProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly state: ScreenState;
}

/** The last row. */
export function Footer({ area, theme, state }: FooterProps) {
  const { lead, typed, hints } = planFooter(state, area.columns);
  const keys = hints.map(({ name, label }) => `${theme.paint('accent', name)} ${theme.paint('muted', label)}`);
  const start = typed === undefined ? leadOf(lead, theme, state) : typedOf(lead, typed, theme);
  return <Pane area={area} rows={[` ${[...(start === '' ? [] : [start]), ...keys].join('   ')}`]} />;
}

function leadOf(lead: string, theme: Theme, { notice, leaving }: ScreenState): string {
  const tone = notice === undefined || notice.tone === 'plain' || leaving === 'asking' ? 'strong' : notice.tone;
  return theme.paint(tone, lead);
}

function typedOf(lead: string, typed: string, theme: Theme): string {
  return `${theme.paint('focus', lead)}${typed}${theme.paint('focus', '▏')}`;
}
