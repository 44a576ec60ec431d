import { displayWidth, truncate } from '../../format/text.ts';
import type { ScreenTone } from '../paint/theme.ts';
import { Line } from './kit/line.tsx';
import { Tone } from './kit/tone.tsx';

export interface BannerHeadProps {
  readonly glyph: string;
  readonly tone: ScreenTone;
  readonly text: string;
  readonly keys: readonly (readonly [key: string, label: string])[];
  readonly width: number;
}

/** The first line of a banner. The keys stand right behind its text, and remain when the text is cut. */
export function BannerHead({ glyph, tone, text, keys, width }: BannerHeadProps) {
  const hintsWidth = keys.reduce((sum, [key, label]) => sum + displayWidth(key) + displayWidth(label) + 4, 0);
  return (
    <Line>
      {' '}
      <Tone tone={tone}>{glyph}</Tone> <Tone tone="strong">{truncate(text, width - hintsWidth - 4)}</Tone>
      {keys.map(([key, label]) => [
        '   ',
        <Tone key={key} tone="accent">
          {key}
        </Tone>,
        ' ',
        <Tone key={label} tone="muted">
          {label}
        </Tone>,
      ])}
    </Line>
  );
}
