import type { SessionSnapshot, ServiceView } from '../../core/model/snapshot.ts';
import { formatBytes, formatPercent } from '../../format/quantity.ts';
import { displayWidth, truncate } from '../../format/text.ts';
import { formatAge } from '../state/age.ts';
import type { Rectangle } from '../paint/compositor.ts';
import { selectTotals } from '../state/selectors.ts';
import type { Theme } from '../paint/theme.ts';
import { Pane } from './pane.tsx';

export interface HeaderProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly projectName: string;
  /** Undefined until the session answers. */
  readonly session: SessionSnapshot['session'] | undefined;
  readonly services: readonly ServiceView[];
  readonly nowMs: number;
}

/** One row: project, how many services in which state, what they use together, how long the session lasts. */
export function Header(props: HeaderProps) {
  return <Pane area={props.area} rows={[headerRow(props)]} />;
}

interface Part {
  readonly text: string;
  readonly painted: string;
}

function headerRow({ area, theme, projectName, session, services, nowMs }: HeaderProps): string {
  const name = truncate(projectName, Math.max(8, area.columns - 32));
  const right = usage(session, services, nowMs, theme);
  let room = area.columns - 2 - displayWidth(name);
  const left: string[] = [];
  for (const form of ['words', 'glyphs'] as const) {
    const parts = session === undefined ? [startingPart(theme)] : countParts(services, theme, form);
    const width = parts.reduce((sum, part) => sum + displayWidth(part.text) + 3, 0);
    const isLast = form === 'glyphs';
    if (width > room && !isLast) continue;
    for (const part of parts) {
      if (displayWidth(part.text) + 3 > room) break;
      left.push(`   ${part.painted}`);
      room -= displayWidth(part.text) + 3;
    }
    break;
  }
  const shown = right.toReversed().filter((part) => {
    const fits = displayWidth(part.text) + 3 <= room;
    if (fits) room -= displayWidth(part.text) + 3;
    else room = 0;
    return fits;
  });
  const end = shown
    .toReversed()
    .map((part) => `   ${part.painted}`)
    .join('');
  return ` ${theme.paint('focus', name)}${left.join('')}${' '.repeat(room)}${end}`;
}

function startingPart(theme: Theme): Part {
  const text = 'starting the session…';
  return { text, painted: theme.paint('busy', text) };
}

function countParts(services: readonly ServiceView[], theme: Theme, form: 'words' | 'glyphs'): readonly Part[] {
  if (services.length === 0) return [{ text: 'no services', painted: theme.paint('muted', 'no services') }];
  return selectTotals(services).counts.map(({ label: { glyph, word, tone }, services: { length: count } }) => {
    const label = form === 'words' ? `${count} ${word}` : String(count);
    return { text: `${glyph} ${label}`, painted: `${theme.paint(tone, glyph)} ${label}` };
  });
}

function usage(
  session: HeaderProps['session'],
  services: readonly ServiceView[],
  nowMs: number,
  theme: Theme,
): readonly Part[] {
  if (session === undefined) return [];
  const { cpuPercent, rssBytes } = selectTotals(services);
  const fact = (label: string, value: string): Part => ({
    text: `${label} ${value}`,
    painted: `${theme.paint('muted', label)} ${value}`,
  });
  return [
    ...(cpuPercent === null ? [] : [fact('cpu', formatPercent(cpuPercent))]),
    ...(rssBytes === null ? [] : [fact('memory', formatBytes(rssBytes))]),
    fact('up', formatAge(nowMs - Date.parse(session.startedAt))),
  ];
}
