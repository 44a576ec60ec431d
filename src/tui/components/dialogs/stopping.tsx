import { formatDuration } from '../../../format/quantity.ts';
import { statusLabel } from '../../../format/status-label.ts';
import { displayWidth } from '../../../format/text.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { selectStillRunning } from '../../state/selectors.ts';
import { Line } from '../kit/line.tsx';
import { Panel } from '../kit/panel.tsx';
import { useScreen } from '../kit/stage.tsx';
import { Cell, Tone } from '../kit/tone.tsx';

/** While everything stops: the services that still run, and how long that takes at most. */
export function Stopping({ area }: { readonly area: Rectangle }) {
  const isForced = useScreen((state) => state.leaving === 'forcing');
  const services = useScreen(selectStillRunning);
  const nowMs = useScreen((state) => state.nowMs);
  const width = Math.max(8, ...services.map((service) => displayWidth(service.name)));
  return (
    <Panel area={area} title={isForced ? 'killing what is left' : 'stopping all services'} isFocused>
      <Line> </Line>
      {services.length === 0 && <Line>{'  All services have stopped.'}</Line>}
      {services.map(({ name, state, pids, dueAt }) => {
        const { glyph, word, tone } = statusLabel(state);
        const leftMs = dueAt === null ? 0 : Date.parse(dueAt) - nowMs;
        const facts = [
          ...(pids.length === 0 ? [] : [`pid ${pids.join(', ')}`]),
          ...(leftMs > 0 ? [`killed in ${formatDuration(leftMs + 999)}`] : []),
        ];
        return (
          <Line key={name}>
            {'  '}
            <Tone tone={tone}>{glyph}</Tone> {<Cell width={width}>{name}</Cell>}
            <Cell tone={tone} width={10} before={2}>
              {word}
            </Cell>{' '}
            <Tone tone="muted">{facts.join('   ')}</Tone>
          </Line>
        );
      })}
    </Panel>
  );
}
