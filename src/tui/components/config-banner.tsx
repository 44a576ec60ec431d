import type { ConfigChange, ConfigNews } from '../../core/session/snapshot.ts';
import { configNewsLine } from '../../format/config-news.ts';
import { truncate } from '../../format/text.ts';
import type { Rectangle } from '../paint/compositor.ts';
import type { ScreenTone } from '../paint/theme.ts';
import { selectConfigNews } from '../state/selectors.ts';
import { BannerHead } from './banner-head.tsx';
import { Line } from './kit/line.tsx';
import { Place } from './kit/place.tsx';
import { useScreen } from './kit/stage.tsx';
import { Tone } from './kit/tone.tsx';

const MARKS: Readonly<Record<ConfigChange['effect'], readonly [glyph: string, tone: ScreenTone]>> = {
  restart: ['↻', 'warn'],
  start: ['+', 'ok'],
  stop: ['−', 'fail'],
  none: ['·', 'muted'],
};

/** News of the edited config: what it would change, or why it cannot be used, with the keys for both. */
export function ConfigBanner({ area }: { readonly area: Rectangle }) {
  const news = useScreen(selectConfigNews);
  if (news === undefined) return null;
  return (
    <Place area={area}>
      {news.status === 'pending' ? <Pending area={area} news={news} /> : <Broken area={area} news={news} />}
    </Place>
  );
}

interface NewsProps {
  readonly area: Rectangle;
  readonly news: ConfigNews;
}

/** As many changes as fit; changes without effect on a process come last. */
function Pending({ area: { rows, columns }, news }: NewsProps) {
  const changes = [
    ...news.changes.filter(({ effect }) => effect !== 'none'),
    ...news.changes.filter(({ effect }) => effect === 'none'),
  ];
  const shown = changes.slice(0, changes.length > rows - 1 ? Math.max(0, rows - 2) : rows - 1);
  const left = rows === 1 ? 0 : changes.length - shown.length;
  return (
    <>
      <BannerHead
        glyph="▲"
        tone="warn"
        text={rows === 1 ? configNewsLine(news) : `${news.file} was edited`}
        keys={[
          ['a', 'apply'],
          ['Esc', 'later'],
        ]}
        width={columns}
      />
      {shown.map(({ effect, text }) => {
        const [glyph, tone] = MARKS[effect];
        return (
          <Line key={text}>
            {'   '}
            <Tone tone={tone}>{glyph}</Tone> {truncate(text, columns - 6)}
          </Line>
        );
      })}
      {left > 0 && (
        <Line>
          {'   '}
          <Tone tone="muted">{truncate(`… and ${left} more: ./dev reload --dry-run`, columns - 4)}</Tone>
        </Line>
      )}
    </>
  );
}

function Broken({ area: { rows, columns }, news }: NewsProps) {
  const isOneLine = rows === 1 || news.status === 'missing';
  const text = isOneLine
    ? (news.problem ?? configNewsLine(news))
    : `${news.file} cannot be used; the last good one stays active`;
  return (
    <>
      <BannerHead glyph="✖" tone="fail" text={text} keys={[['Esc', 'hide']]} width={columns} />
      {!isOneLine && <Line>{`   ${truncate(news.problem ?? '', columns - 4)}`}</Line>}
    </>
  );
}
