import type { ReactNode } from 'react';
import { displayWidth, truncate } from '../../../format/text.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import type { ScreenTone } from '../../paint/theme.ts';
import { Line } from './line.tsx';
import { Place } from './place.tsx';
import { Tone } from './tone.tsx';

export interface PanelProps {
  readonly area: Rectangle;
  readonly title: string;
  /** At the right end of the title; left out if there is no room for both. */
  readonly aside?: string;
  readonly asideTone?: ScreenTone;
  readonly isFocused?: boolean;
  readonly children?: ReactNode;
}

/** A titled part of the screen: "── keys ─────── page 1 of 2 ──", and lines below it. */
export function Panel({ area, children, ...title }: PanelProps) {
  return (
    <Place area={area}>
      <PanelTitle {...title} width={area.columns} />
      {children}
    </Place>
  );
}

function PanelTitle({
  title,
  aside = '',
  asideTone = 'muted',
  isFocused = false,
  width,
}: Omit<PanelProps, 'area' | 'children'> & { readonly width: number }) {
  const name = truncate(title, Math.max(0, width - 6));
  const room = width - displayWidth(name) - 4;
  const rule = room - displayWidth(aside) - 4;
  const hasAside = aside !== '' && rule >= 1;
  return (
    <Line>
      <Tone tone={isFocused ? 'focus' : 'muted'}>──</Tone> <Tone tone={isFocused ? 'focus' : 'strong'}>{name}</Tone>{' '}
      <Tone tone="muted">{'─'.repeat(Math.max(0, hasAside ? rule : room))}</Tone>
      {hasAside && (
        <>
          {' '}
          <Tone tone={asideTone}>{aside}</Tone> <Tone tone="muted">──</Tone>
        </>
      )}
    </Line>
  );
}
