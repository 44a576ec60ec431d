import type { ConfigChange, ConfigNews } from '../../core/model/snapshot.ts';
import { configNewsLine } from '../../format/config-news.ts';
import { displayWidth, truncate } from '../../format/text.ts';
import type { Rectangle } from '../paint/compositor.ts';
import type { ScreenTone, Theme } from '../paint/theme.ts';
import { Pane } from './pane.tsx';

export interface ConfigBannerProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly news: ConfigNews;
}

const MARKS: Readonly<Record<ConfigChange['effect'], readonly [glyph: string, tone: ScreenTone]>> = {
  restart: ['↻', 'warn'],
  start: ['+', 'ok'],
  stop: ['−', 'fail'],
  none: ['·', 'muted'],
};

/** What became of the config on disk: what it would change, or why it cannot be used; and the keys for it. */
export function ConfigBanner({ area, theme, news }: ConfigBannerProps) {
  return (
    <Pane
      area={area}
      rows={news.status === 'pending' ? pendingRows(area, theme, news) : brokenRows(area, theme, news)}
    />
  );
}

/** As many as there is room for; what touches no process comes last. */
function pendingRows({ rows, columns }: Rectangle, theme: Theme, news: ConfigNews): readonly string[] {
  const keys = [
    ['a', 'apply'],
    ['Esc', 'later'],
  ] as const;
  if (rows === 1) return [headRow(columns, theme, ['▲', 'warn', configNewsLine(news)], keys)];
  const changes = [
    ...news.changes.filter(({ effect }) => effect !== 'none'),
    ...news.changes.filter(({ effect }) => effect === 'none'),
  ];
  const shown = changes.slice(0, changes.length > rows - 1 ? rows - 2 : rows - 1);
  const left = changes.length - shown.length;
  const lines = shown.map(({ effect, text }) => {
    const [glyph, tone] = MARKS[effect];
    return `   ${theme.paint(tone, glyph)} ${truncate(text, columns - 6)}`;
  });
  const more =
    left === 0
      ? []
      : [`   ${theme.paint('muted', truncate(`… and ${left} more: ./dev reload --dry-run`, columns - 4))}`];
  return [headRow(columns, theme, ['▲', 'warn', `${news.file} was edited`], keys), ...lines, ...more];
}

function brokenRows({ rows, columns }: Rectangle, theme: Theme, news: ConfigNews): readonly string[] {
  const keys = [['Esc', 'hide']] as const;
  if (rows === 1 || news.status === 'missing')
    return [headRow(columns, theme, ['✖', 'fail', news.problem ?? configNewsLine(news)], keys)];
  return [
    headRow(columns, theme, ['✖', 'fail', `${news.file} cannot be used; the last good one stays active`], keys),
    `   ${truncate(news.problem ?? '', columns - 4)}`,
  ];
}

/** A line of a banner. The keys stand right behind what they are for, and stay when that has to be cut. */
export function headRow(
  columns: number,
  theme: Theme,
  [glyph, tone, text]: readonly [string, ScreenTone, string],
  keys: readonly (readonly [key: string, label: string])[],
): string {
  const hints = keys.map(([key, label]) => `   ${theme.paint('accent', key)} ${theme.paint('muted', label)}`).join('');
  const hintsWidth = keys.reduce((sum, [key, label]) => sum + displayWidth(key) + displayWidth(label) + 4, 0);
  return ` ${theme.paint(tone, glyph)} ${theme.paint('strong', truncate(text, columns - hintsWidth - 4))}${hints}`;
}
