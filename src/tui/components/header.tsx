import { Box, Text } from 'ink';
import { keyOf } from '../keymap/keymap.ts';
import type { Rectangle } from '../paint/compositor.ts';
import { HEADER_GAP, planHeader, type HeaderPart } from '../subjects/header-plan.ts';
import { Place } from './kit/place.tsx';
import { useScreen } from './kit/stage.tsx';
import { Tone } from './kit/tone.tsx';

/** One row: the project, questions of services, the number of services in each state, what they use together, and the session's age. */
export function Header({ area }: { readonly area: Rectangle }) {
  const subject = useScreen(({ projectName, session, services, nowMs, remaps, recording }) => ({
    projectName,
    session,
    services,
    nowMs,
    answerKey: keyOf('answer', remaps),
    isRecording: recording !== undefined,
  }));
  const { name, left, right } = planHeader({ ...subject, width: area.columns });
  return (
    <Place area={area}>
      <Box paddingX={1} justifyContent="space-between">
        <Box columnGap={HEADER_GAP}>
          <Tone tone="focus">{name}</Tone>
          {left.map((part) => (
            <Count key={`${part.glyph} ${part.text}`} {...part} />
          ))}
        </Box>
        <Box columnGap={HEADER_GAP}>
          {right.map(([label, value]) => (
            <Text key={label}>
              <Tone tone="muted">{label}</Tone> {value}
            </Text>
          ))}
        </Box>
      </Box>
    </Place>
  );
}

/** A question is coloured as a whole; of a state only the glyph is. */
function Count({ glyph, tone, text, hotkey }: HeaderPart) {
  if (glyph === '') return <Tone tone={tone}>{text}</Tone>;
  if (glyph !== '?')
    return (
      <Text wrap="truncate-end">
        <Tone tone={tone}>{glyph}</Tone> {text}
      </Text>
    );
  return (
    <Text wrap="truncate-end">
      <Tone tone={tone} isStrong>{`? ${text}`}</Tone>
      {hotkey !== '' && (
        <>
          {' '}
          <Tone tone="accent">{hotkey}</Tone>
        </>
      )}
    </Text>
  );
}
