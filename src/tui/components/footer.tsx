import { Box, Text } from 'ink';
import type { Rectangle } from '../paint/compositor.ts';
import type { ScreenTone } from '../paint/theme.ts';
import { FOOTER_GAP, planFooter } from '../keymap/footer-plan.ts';
import { Place } from './kit/place.tsx';
import { useScreen } from './kit/stage.tsx';
import { Tone } from './kit/tone.tsx';

/** The last row. */
export function Footer({ area }: { readonly area: Rectangle }) {
  const { lead, typed, hints } = useScreen((state) => planFooter(state, area.columns));
  const leadTone = useScreen(({ notice, leaving }): ScreenTone =>
    notice === undefined || notice.tone === 'plain' || leaving === 'asking' ? 'strong' : notice.tone,
  );
  return (
    <Place area={area}>
      <Box paddingLeft={1} columnGap={FOOTER_GAP}>
        {typed === undefined ? (
          lead !== '' && <Tone tone={leadTone}>{lead}</Tone>
        ) : (
          <Text wrap="truncate-end">
            <Tone tone="focus">{lead}</Tone>
            {typed}
            <Tone tone="focus">▏</Tone>
          </Text>
        )}
        {hints.map(({ key, name, label }) => (
          <Box key={`${key} ${label}`} flexShrink={0}>
            <Text>
              <Tone tone="accent">{name}</Tone> <Tone tone="muted">{label}</Tone>
            </Text>
          </Box>
        ))}
      </Box>
    </Place>
  );
}
