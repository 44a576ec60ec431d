import { useMemo } from 'react';
import { displayWidth, fit, truncate } from '../../format/text.ts';
import { bodyText } from '../../format/run-body.ts';
import type { Rectangle } from '../paint/compositor.ts';
import { isTrouble, reasonOf } from '../state/reason.ts';
import { selectMode, selectNames } from '../state/selectors.ts';
import { pastOf } from '../subjects/past.ts';
import {
  COLUMN_GAP,
  PAST_CELLS,
  planColumns,
  ROW_PREFIX,
  type TableColumn,
  type TableNeeds,
} from '../subjects/service-columns.ts';
import { selectRowNames, selectRowWindow, tableFilterOf } from '../state/service-rows.ts';
import type { ScreenState, ServiceOrder } from '../state/state.ts';
import { Line } from './kit/line.tsx';
import { Place } from './kit/place.tsx';
import { useScreen } from './kit/stage.tsx';
import { Tone } from './kit/tone.tsx';
import { portText } from './service-cells.ts';
import { ExpectedRow, ServiceRow, type RowMark } from './service-row.tsx';

const ORDER_WORDS: Readonly<Record<ServiceOrder, string>> = {
  config: '',
  problems: 'problems first',
  cpu: 'by CPU',
  memory: 'by memory',
  name: 'by name',
};

/** A heading and one row for each service. It scrolls to keep the selected row visible, and counts the hidden rows. */
export function ServiceTable({ area }: { readonly area: Rectangle }) {
  const services = useScreen((state) => state.services);
  const cpuHistory = useScreen((state) => state.cpuHistory);
  const nowMs = useScreen((state) => state.nowMs);
  const selected = useScreen((state) => state.selected);
  const told = useScreen(({ views, nowMs, recording }) => ({ views, nowMs, recording }));
  const isFocused = useScreen((state) => selectMode(state) === 'services' || selectMode(state) === 'find-service');
  const needs = useScreen((state) => tableNeeds(state, area.columns));
  // Only rows with a change are drawn again.
  const columns = useMemo(() => planColumns(needs), [needs]);
  const hasPast = columns.some(({ id }) => id === 'past');
  const shown = useScreen((state) => selectRowWindow(state, area).shown);
  const { above, below } = useScreen((state) => {
    const window = selectRowWindow(state, area);
    return { above: window.above, below: window.below };
  });
  const aside = useScreen(asideOf);
  const markOf = (name: string): RowMark => (name !== selected ? 'none' : isFocused ? 'here' : 'selected');
  return (
    <Place area={area}>
      <Heading columns={columns} aside={above === '' ? aside : `▲ ${above}`} width={area.columns} />
      {shown.map((name) => {
        const service = services.find((candidate) => candidate.name === name);
        return service === undefined ? (
          <ExpectedRow key={name} name={name} width={area.columns} mark={markOf(name)} />
        ) : (
          <ServiceRow
            key={name}
            columns={columns}
            service={service}
            services={services}
            history={cpuHistory[name]}
            nowMs={nowMs}
            past={hasPast ? pastOf(told, service, PAST_CELLS) : undefined}
            mark={markOf(name)}
          />
        );
      })}
      {shown.length === 0 && (
        <Line>
          {' '}
          <Tone tone="muted">No service has this in its name. Esc shows all.</Tone>
        </Line>
      )}
      {below !== '' && (
        <Line>
          {' '.repeat(ROW_PREFIX - 2)}
          <Tone tone="accent">{`▼ ${below}`}</Tone>
        </Line>
      )}
    </Place>
  );
}

function Heading({
  columns,
  aside,
  width,
}: {
  readonly columns: readonly TableColumn[];
  readonly aside: string;
  readonly width: number;
}) {
  const cells = columns.map((column) => fit(column.heading, column.width, column.align));
  const heading = ' '.repeat(ROW_PREFIX) + cells.join(' '.repeat(COLUMN_GAP)).trimEnd();
  const room = aside === '' ? width : Math.max(0, width - displayWidth(aside) - 3);
  return (
    <Line>
      <Tone tone="muted">{aside === '' ? truncate(heading, room) : fit(heading, room)}</Tone>
      {aside !== '' && (
        <>
          {'  '}
          <Tone tone="accent">{aside}</Tone>
        </>
      )}
    </Line>
  );
}

function tableNeeds(state: ScreenState, width: number): TableNeeds {
  const { services } = state;
  return {
    width: width - 1,
    longestName: Math.max(0, ...selectNames(state).map(displayWidth)),
    longestPort: Math.max(0, ...services.map((service) => displayWidth(portText(service)))),
    longestBody: Math.max(0, ...services.map((service) => displayWidth(bodyText(service)))),
    hasPast: state.views.facts.length > 0,
    hasReasons: services.some((service) => {
      const reason = reasonOf(service, services);
      return isTrouble(reason) || (reason.text !== '' && reason.tone === 'busy');
    }),
  };
}

/** How the table differs from the config: a filter, or another order. */
function asideOf(state: ScreenState): string {
  const filter = tableFilterOf(state);
  const rows = selectRowNames(state).length;
  return [
    ...(filter === '' ? [] : [`"${filter}" · ${rows} of ${selectNames(state).length}`]),
    ...(state.order === 'config' ? [] : [ORDER_WORDS[state.order]]),
  ].join(' · ');
}
