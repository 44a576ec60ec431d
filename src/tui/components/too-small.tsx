import { Text } from 'ink';
import type { Rectangle } from '../paint/compositor.ts';
import { MIN_SIZE } from '../state/layout.ts';
import { Place } from './kit/place.tsx';
import { useScreen } from './kit/stage.tsx';
import { Tone } from './kit/tone.tsx';

/** Replaces everything if the terminal is too small to show anything useful. */
export function TooSmall({ area }: { readonly area: Rectangle }) {
  const size = useScreen((state) => state.size);
  const isLeaving = useScreen((state) => state.leaving !== 'no');
  return (
    <Place area={area}>
      <Tone tone="strong">The terminal is too small.</Tone>
      <Text wrap="truncate-end">{`${size.columns}×${size.rows}, and ${MIN_SIZE.columns}×${MIN_SIZE.rows} is needed.`}</Text>
      <Tone tone="muted">{isLeaving ? 'Stopping all services …' : 'The services keep running. q quits.'}</Tone>
    </Place>
  );
}
