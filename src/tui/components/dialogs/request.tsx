import type { ActorKind } from '../../../core/model/actor.ts';
import { formatDuration } from '../../../format/quantity.ts';
import { wrap } from '../../../format/text.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { selectRequest } from '../../state/selectors.ts';
import { Line } from '../kit/line.tsx';
import { Panel } from '../kit/panel.tsx';
import { useScreen } from '../kit/stage.tsx';
import { Tone } from '../kit/tone.tsx';

const ASKING: Readonly<Record<ActorKind, string>> = { person: 'a person', script: 'a script', agent: 'an agent' };

/** An actor asks for a person's approval: its name, its action, its reason, and how long it waits. */
export function Request({ area }: { readonly area: Rectangle }) {
  const request = useScreen(selectRequest);
  const nowMs = useScreen((state) => state.nowMs);
  const others = useScreen((state) => (state.session?.requests?.length ?? 1) - 1);
  if (request === undefined) return null;
  const { kind, actor, what, why, expiresAt } = request;
  const leftMs = Math.max(0, Date.parse(expiresAt) - nowMs);
  const aside = `refused in ${formatDuration(Math.ceil(leftMs / 10_000) * 10_000)}`;
  const width = Math.max(20, area.columns - 4);
  return (
    <Panel area={area} title={`${ASKING[kind]} asks`} aside={aside} asideTone="warn" isFocused>
      {wrap(`${actor} wants to`, width).map((line) => (
        <Line key={line}>
          {'  '}
          <Tone tone="strong">{line}</Tone>
        </Line>
      ))}
      {wrap(what, width).map((line) => (
        <Line key={line}>
          {'  '}
          <Tone tone="warn">{line}</Tone>
        </Line>
      ))}
      {why !== '' && wrap(`Why: ${why}`, width).map((line) => <Line key={line}>{`  ${line}`}</Line>)}
      {others > 0 && <Line>{`  ${others} more ${others === 1 ? 'question waits' : 'questions wait'}.`}</Line>}
    </Panel>
  );
}
