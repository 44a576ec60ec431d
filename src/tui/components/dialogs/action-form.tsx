import { allowedValues, valueProblem } from '../../../core/rules/action-values.ts';
import { displayWidth, fit } from '../../../format/text.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { actionOf, formValues } from '../../state/action-form.ts';
import { Line } from '../kit/line.tsx';
import { Panel } from '../kit/panel.tsx';
import { useScreen } from '../kit/stage.tsx';
import { Tone } from '../kit/tone.tsx';

/** The parameters of an action, each with its allowed values, and the action's question after them. */
export function ActionForm({ area }: { readonly area: Rectangle }) {
  const input = useScreen((state) => state.input);
  const action = useScreen((state) => (input?.purpose === 'action' ? actionOf(state, input.action) : undefined));
  if (input?.purpose !== 'action' || action === undefined) return null;
  const values = formValues(action, input);
  const width = Math.max(4, ...action.params.map(({ name }) => displayWidth(name)));
  return (
    <Panel area={area} title={`do ${action.name}`} aside={action.service} isFocused>
      {action.params.map((param, field) => {
        const value = values[param.name] ?? '';
        const problem = valueProblem(param, value);
        return (
          <Line key={param.name}>
            {' '}
            <Tone tone="focus">{field === input.field ? '▸' : ' '}</Tone> {fit(param.name, width)}{' '}
            <Tone tone={problem === undefined ? 'strong' : 'fail'}>{value === '' ? '–' : value}</Tone>
            {'  '}
            <Tone
              tone={problem === undefined ? 'muted' : 'fail'}
            >{`${problem === undefined ? '' : '✖ '}${allowedValues(param)}`}</Tone>
          </Line>
        );
      })}
      {action.confirm !== null && (
        <Line>
          {' '}
          <Tone tone="focus">{input.field === action.params.length ? '▸' : ' '}</Tone>{' '}
          <Tone tone="warn">{action.confirm}</Tone>
        </Line>
      )}
    </Panel>
  );
}
