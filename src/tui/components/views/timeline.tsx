import type { ServiceView } from '../../../core/session/snapshot.ts';
import { displayWidth, fit, truncate } from '../../../format/text.ts';
import { timeOfDay } from '../../logs/log-rows.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { firstVisible } from '../../state/layout.ts';
import type { ScreenState } from '../../state/state.ts';
import { pastOf, stripCells, stripEndMs, stripSpan } from '../../subjects/past.ts';
import { timelineCursor, timelineRows, type TimelineRow } from '../../subjects/timeline.ts';
import { pastSpans } from '../past-spans.ts';
import { Line } from '../kit/line.tsx';
import { Panel } from '../kit/panel.tsx';
import { Spans } from '../kit/rows.tsx';
import { useScreen } from '../kit/stage.tsx';
import { Cell, Tone } from '../kit/tone.tsx';

const MAX_NAME = 16;
/** With fewer rows, only the events fit. */
const STRIP_ROWS = 12;

/** The events in order of time, and above them the last ten minutes of each service. */
export function TimelinePage({ area }: { readonly area: Rectangle }) {
  const state = useScreen(whole);
  const rows = timelineRows(state);
  const cursor = timelineCursor(state);
  const nameWidth = Math.min(MAX_NAME, Math.max(7, ...state.services.map(({ name }) => displayWidth(name))));
  const strips = area.rows < STRIP_ROWS ? [] : shownStrips(state, Math.floor(area.rows / 3));
  const visible = Math.max(1, area.rows - 1 - (strips.length === 0 ? 0 : strips.length + 2));
  const from = firstVisible(rows.length, visible, Math.max(0, cursor));
  const place = rows.length > visible ? `${Math.max(0, cursor) + 1} of ${rows.length}` : '';
  return (
    <Panel area={area} title="timeline" aside={place} isFocused>
      {strips.map((service) => (
        <StripRow key={service.name} service={service} state={state} nameWidth={nameWidth} width={area.columns} />
      ))}
      {strips.length > 0 && <StripScale state={state} nameWidth={nameWidth} width={area.columns} />}
      {strips.length > 0 && <Line> </Line>}
      {rows.length === 0 && <Line>{'  Nothing has happened yet.'}</Line>}
      {rows.slice(from, from + visible).map((row, index) => (
        <FactRow
          key={row.fact.seq}
          row={row}
          isHere={from + index === cursor}
          nameWidth={nameWidth}
          room={area.columns - nameWidth - 16}
        />
      ))}
    </Panel>
  );
}

/** The rows around the selected one, if not all fit. */
function shownStrips({ services, selected }: ScreenState, most: number): readonly ServiceView[] {
  const place = services.findIndex(({ name }) => name === selected);
  const from = firstVisible(services.length, most, Math.max(0, place));
  return services.slice(from, from + most);
}

interface StripProps {
  readonly state: ScreenState;
  readonly nameWidth: number;
  readonly width: number;
}

function StripRow({ service, state, nameWidth, width }: StripProps & { readonly service: ServiceView }) {
  const past = pastOf(state, service, stripCells(width, nameWidth));
  const isSelected = service.name === state.selected;
  return (
    <Line>
      <Tone tone="focus">{isSelected ? '▌' : ' '}</Tone>
      <Cell before={1} width={nameWidth} isStrong={isSelected}>
        {service.name}
      </Cell>{' '}
      <Spans spans={pastSpans(past, isSelected ? (past.at ?? past.cells.length - 1) : undefined)} />
    </Line>
  );
}

function StripScale({ state, nameWidth, width }: StripProps) {
  const cells = stripCells(width, nameWidth);
  const [from, to] = scaleEnds(state, cells);
  return (
    <Line>
      <Tone tone="muted">{' '.repeat(nameWidth + 3) + fit(from, Math.max(0, cells - displayWidth(to))) + to}</Tone>
    </Line>
  );
}

function scaleEnds(state: ScreenState, cells: number): readonly [from: string, to: string] {
  const { momentMs } = state.views;
  const clock = (atMs: number): string => timeOfDay(atMs).slice(0, 8);
  if (state.recording === undefined) return ['10 min ago', momentMs === undefined ? 'now' : clock(momentMs)];
  const { fromMs, toMs } = stripSpan(stripEndMs(state), cells);
  return [clock(fromMs), clock(toMs)];
}

interface FactRowProps {
  readonly row: TimelineRow;
  readonly isHere: boolean;
  readonly nameWidth: number;
  readonly room: number;
}

function FactRow({ row: { fact, service, words }, isHere, nameWidth, room }: FactRowProps) {
  return (
    <Line>
      <Tone tone="focus">{isHere ? '▌' : ' '}</Tone>
      <Tone tone="muted">{` ${timeOfDay(fact.time).slice(0, 8)} `}</Tone>
      <Cell before={1} width={nameWidth} isStrong={isHere}>
        {service ?? ''}
      </Cell>{' '}
      <Tone tone={words.tone}>{words.glyph}</Tone>{' '}
      <Tone tone={words.tone === 'fail' ? 'fail' : isHere ? 'strong' : 'plain'}>
        {truncate(words.text, Math.max(4, room))}
      </Tone>
    </Line>
  );
}

function whole(state: ScreenState): ScreenState {
  return state;
}
