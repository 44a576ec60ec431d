import { failedCheckLines } from '../../format/failed-check.ts';
import { truncate } from '../../format/text.ts';
import type { Rectangle } from '../paint/compositor.ts';
import { selectFailedChecks } from '../state/selectors.ts';
import { BannerHead } from './banner-head.tsx';
import { Line } from './kit/line.tsx';
import { Place } from './kit/place.tsx';
import { useScreen } from './kit/stage.tsx';
import { Tone } from './kit/tone.tsx';

/** The project's failed checks, each with what to do; as many as fit. */
export function ChecksBanner({ area }: { readonly area: Rectangle }) {
  const failed = useScreen(selectFailedChecks);
  const [first = '', ...rest] = failed.flatMap(failedCheckLines).slice(0, area.rows);
  return (
    <Place area={area}>
      <BannerHead glyph="▲" tone="warn" text={withoutGlyph(first)} keys={[['Esc', 'hide']]} width={area.columns} />
      {rest.map((line, index) => {
        const text = truncate(withoutGlyph(line), area.columns - 4);
        return line.startsWith('▲') ? (
          <Line key={index}>
            {' '}
            <Tone tone="warn">▲</Tone> <Tone tone="strong">{text}</Tone>
          </Line>
        ) : (
          <Line key={index}>{` ${text}`}</Line>
        );
      })}
    </Place>
  );
}

function withoutGlyph(line: string): string {
  return line.replace(/^▲ /, '');
}
