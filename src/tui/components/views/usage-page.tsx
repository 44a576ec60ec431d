import { Box } from 'ink';
import type { ServiceName } from '../../../core/model/project.ts';
import type { UsageValues } from '../../../core/session/inspection.ts';
import { brailleChart } from '../../../format/charts/braille.ts';
import { stackedChart, stackGlyph, stretched } from '../../../format/charts/stacked.ts';
import { formatBytes, formatDuration, formatPercent } from '../../../format/quantity.ts';
import { displayWidth, fit } from '../../../format/text.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import { firstVisible } from '../../state/layout.ts';
import { selectDetail } from '../../subjects/detail.ts';
import { selectNames } from '../../state/selectors.ts';
import { selectRowNames } from '../../state/service-rows.ts';
import { processRows } from '../detail/detail-rows.ts';
import { byteScale, peak, roundScale } from '../detail/usage-rows.ts';
import { Line } from '../kit/line.tsx';
import { Panel } from '../kit/panel.tsx';
import { Rows } from '../kit/rows.tsx';
import { useScreen, useTheme } from '../kit/stage.tsx';
import { Cell, Hue, Tone } from '../kit/tone.tsx';
import { planUsage, shownUsage, type ShownUsage } from './usage-plan.ts';

const MAX_NAME = 16;

/** What the services use: all together over time, each one now, and the processes of the selected one. */
export function UsagePage({ area }: { readonly area: Rectangle }) {
  const usage = shownUsage(useScreen((state) => state.usage));
  const names = useScreen(selectRowNames);
  const all = useScreen(selectNames);
  const selected = useScreen((state) => state.selected);
  const subject = useScreen(selectDetail);
  const processes = subject?.inspection?.processes ?? [];
  const room = planUsage({ rows: area.rows - 1, columns: area.columns }, names.length, processes.length);
  const from = firstVisible(names.length, room.serviceRows, Math.max(0, names.indexOf(selected ?? '')));
  const span = usage.spanMs === 0 ? '' : `last ${formatDuration(usage.spanMs)}`;
  const isCut = names.length > room.serviceRows;
  const place = isCut ? `${from + 1}–${from + room.serviceRows} of ${names.length}` : '';
  return (
    <Panel area={area} title="usage" aside={[place, span].filter((text) => text !== '').join(' · ')} isFocused>
      {room.chartRows > 0 && (
        <Together usage={usage} names={all} width={area.columns} rows={room.chartRows} isBeside={room.isBeside} />
      )}
      <Heading names={names} width={area.columns} />
      {names.slice(from, from + room.serviceRows).map((name) => (
        <ServiceUsage
          key={name}
          name={name}
          index={all.indexOf(name)}
          values={usage.services[name]}
          isSelected={name === selected}
          names={names}
          width={area.columns}
        />
      ))}
      {room.processRows > 0 && (
        <>
          <Line> </Line>
          <Line>
            {' '}
            <Tone tone="strong">{`processes of ${subject?.service.name ?? ''}`}</Tone>
          </Line>
          <Rows
            rows={processRows(processes, subject?.root, { width: area.columns, nowMs: 0 }).slice(
              0,
              room.processRows + 1,
            )}
          />
        </>
      )}
    </Panel>
  );
}

interface TogetherProps {
  readonly usage: ShownUsage;
  readonly names: readonly ServiceName[];
  readonly width: number;
  readonly rows: number;
  readonly isBeside: boolean;
}

/** The services stacked: CPU and memory, over one time axis. */
function Together({ usage, names, width, rows, isBeside }: TogetherProps) {
  const half = isBeside ? Math.floor(width / 2) : width;
  const { all, services, spanMs } = usage;
  // A column shows a mean, so the scale follows the means, not the highest value.
  const measures = (of: keyof UsageValues) =>
    names.map((name) => stretched(services[name]?.[of] ?? [], Math.max(0, half - 2)));
  const cpu = measures('cpuPercent');
  const memory = measures('rssBytes');
  const [mostCpu, mostMemory] = [roundScale(highest(cpu)), byteScale(highest(memory))];
  return (
    <>
      <Box flexDirection={isBeside ? 'row' : 'column'} flexShrink={0}>
        <Box flexDirection="column" width={half} flexShrink={0}>
          <Head
            name="CPU"
            value={formatPercent(all.cpuPercent.at(-1) ?? null)}
            most={formatPercent(mostCpu)}
            width={half}
          />
          <Stack measures={cpu} max={mostCpu} width={half} rows={rows} />
        </Box>
        <Box flexDirection="column" width={half} flexShrink={0}>
          <Head
            name="memory"
            value={formatBytes(all.rssBytes.at(-1) ?? null)}
            most={formatBytes(mostMemory)}
            width={half}
          />
          <Stack measures={memory} max={mostMemory} width={half} rows={rows} />
        </Box>
      </Box>
      <Line>
        <Tone tone="muted">{isBeside ? axis(spanMs, half) + axis(spanMs, half) : axis(spanMs, half)}</Tone>
      </Line>
      <Line> </Line>
    </>
  );
}

/** The highest stack. */
function highest(measures: StackProps['measures']): number {
  const [first = []] = measures;
  return peak(first.map((_, column) => measures.reduce((sum, values) => sum + (values[column] ?? 0), 0)));
}

interface HeadProps {
  readonly name: string;
  readonly value: string;
  /** The value of a full chart. */
  readonly most: string;
  readonly width: number;
}

function Head({ name, value, most, width }: HeadProps) {
  const top = `max ${most}`;
  const gap = width - 2 - displayWidth(`${name}  ${value}`) - displayWidth(top);
  return (
    <Line>
      <Tone tone="muted">{` ${name}  `}</Tone>
      {value}
      {gap > 0 && <Tone tone="muted">{' '.repeat(gap) + top}</Tone>}
    </Line>
  );
}

interface StackProps {
  readonly measures: readonly (readonly (number | null)[])[];
  readonly max: number;
  readonly width: number;
  readonly rows: number;
}

function Stack({ measures, max, width, rows }: StackProps) {
  const isShaded = !useTheme().hasColor;
  const columns = Math.max(0, width - 2);
  const size = { columns, rows, max, isShaded };
  return stackedChart(measures, size).map((runs, row) => (
    <Line key={row}>
      {' '}
      {runs.map(({ series, text }, index) =>
        series === undefined ? (
          text
        ) : (
          <Hue key={index} index={series}>
            {text}
          </Hue>
        ),
      )}
    </Line>
  ));
}

/** "5m 12s ago         2m 36s ago          now". */
function axis(spanMs: number, width: number): string {
  const room = Math.max(0, width - 2);
  const label = (ms: number): string => `${formatDuration(ms)} ago`;
  const half = Math.floor(room / 2);
  const left = fit(label(spanMs), half);
  const right = fit(label(spanMs / 2), Math.max(0, room - half - 3));
  return fit(` ${left}${right}now`, width);
}

interface Columns {
  readonly name: number;
  /** Rows of each of the two charts; 0: no charts. */
  readonly chart: number;
}

/** Marker, colour, two values, and the gaps between them. */
const BESIDE_CHARTS = 26;

function columnsOf(names: readonly ServiceName[], width: number): Columns {
  const name = Math.min(MAX_NAME, Math.max(7, ...names.map((each) => displayWidth(each))));
  const chart = Math.floor((width - name - BESIDE_CHARTS) / 2);
  return { name, chart: chart < 4 ? 0 : chart };
}

function Heading({ names, width }: { readonly names: readonly ServiceName[]; readonly width: number }) {
  const { name, chart } = columnsOf(names, width);
  return (
    <Line>
      <Tone tone="muted">
        {`   ${fit('SERVICE', name)}  ${fit('CPU', 5, 'right')}  ${' '.repeat(chart)}  ${fit('MEMORY', 9, 'right')}`}
      </Tone>
    </Line>
  );
}

interface ServiceUsageProps {
  readonly name: ServiceName;
  readonly index: number;
  readonly values: UsageValues | undefined;
  readonly isSelected: boolean;
  readonly names: readonly ServiceName[];
  readonly width: number;
}

/** Each chart has its own scale. The charts of all services show the shares. */
function ServiceUsage({ name, index, values, isSelected, names, width }: ServiceUsageProps) {
  const isShaded = !useTheme().hasColor;
  const columns = columnsOf(names, width);
  const cpu = values?.cpuPercent ?? [];
  const memory = values?.rssBytes ?? [];
  const chart = (of: readonly (number | null)[], scaleOf: (most: number) => number): string => {
    const shown = stretched(of, columns.chart * 2);
    return brailleChart(shown, { columns: columns.chart, rows: 1, max: scaleOf(peak(shown)) })[0] ?? '';
  };
  return (
    <Line>
      <Tone tone="focus">{isSelected ? '▌' : ' '}</Tone>
      <Hue index={index}>{stackGlyph(index, isShaded)}</Hue>
      <Cell before={1} width={columns.name} isStrong={isSelected}>
        {name}
      </Cell>
      <Cell before={2} width={5} align="right">
        {formatPercent(cpu.at(-1) ?? null)}
      </Cell>
      {'  '}
      <Tone tone="ok">{chart(cpu, roundScale)}</Tone>
      <Cell before={2} width={9} align="right">
        {formatBytes(memory.at(-1) ?? null)}
      </Cell>
      {'  '}
      <Tone tone="busy">{chart(memory, byteScale)}</Tone>
    </Line>
  );
}
