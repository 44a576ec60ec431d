import type { ServiceStart } from '../../../core/session/startup.ts';
import { waterfallBar, waterfallLegend, type BarKind } from '../../../format/charts/waterfall.ts';
import { startTime, startupOutcome, startupWay } from '../../../format/startup.ts';
import { displayWidth, fit, truncate } from '../../../format/text.ts';
import { timeOfDay } from '../../logs/log-rows.ts';
import type { Rectangle } from '../../paint/compositor.ts';
import type { ScreenTone } from '../../paint/theme.ts';
import { firstVisible } from '../../state/layout.ts';
import { Line } from '../kit/line.tsx';
import { Panel } from '../kit/panel.tsx';
import { useScreen } from '../kit/stage.tsx';
import { Cell, Tone } from '../kit/tone.tsx';

const MAX_NAME = 24;
const TIME_WIDTH = 8;
const LEAST_BAR = 8;
/** With fewer rows, scale and legend give their room to services. */
const ROOMY_ROWS = 9;

/** How the services started: a bar for each over one time scale. The critical path stands out. */
export function StartupPage({ area }: { readonly area: Rectangle }) {
  const startup = useScreen((state) => state.views.startup);
  const selected = useScreen((state) => state.selected);
  if (startup === undefined) {
    return (
      <Panel area={area} title="start-up" isFocused>
        <Line>{'  Nothing was started in this session yet.'}</Line>
      </Panel>
    );
  }
  const { services, criticalPath, elapsedMs } = startup;
  const critical = new Set(criticalPath.map(({ service }) => service));
  const nameWidth = Math.min(MAX_NAME, Math.max(7, ...services.map(({ service }) => displayWidth(service))));
  const barWidth = Math.max(LEAST_BAR, area.columns - nameWidth - TIME_WIDTH - 5);
  const isRoomy = area.rows >= ROOMY_ROWS;
  const visible = Math.max(1, area.rows - 2 - (isRoomy ? 3 : 0));
  const place = services.findIndex(({ service }) => service === selected);
  const from = firstVisible(services.length, visible, Math.max(0, place));
  const way = startupWay(criticalPath);
  return (
    <Panel
      area={area}
      title={`start-up: ${startupOutcome(startup)}`}
      aside={timeOfDay(startup.at).slice(0, 8)}
      isFocused
    >
      <Line>
        {' '}
        <Tone tone="muted">longest: </Tone>
        <Tone tone="accent">{truncate(way, area.columns - 11)}</Tone>
      </Line>
      {services.slice(from, from + visible).map((start) => (
        <StartRow
          key={start.service}
          start={start}
          isCritical={critical.has(start.service)}
          isSelected={start.service === selected}
          nameWidth={nameWidth}
          barWidth={barWidth}
          totalMs={elapsedMs}
        />
      ))}
      {isRoomy && <Scale indent={nameWidth + 4} width={barWidth} totalMs={elapsedMs} />}
      {isRoomy && <Line> </Line>}
      {isRoomy && (
        <Line>
          {'  '}
          {waterfallLegend(services).map(({ kind, text }, index) => (
            <Tone key={kind} tone={toneOf(kind, true)}>{`${index === 0 ? '' : '   '}${text}`}</Tone>
          ))}
        </Line>
      )}
    </Panel>
  );
}

interface StartRowProps {
  readonly start: ServiceStart;
  readonly isCritical: boolean;
  readonly isSelected: boolean;
  readonly nameWidth: number;
  readonly barWidth: number;
  readonly totalMs: number;
}

function StartRow({ start, isCritical, isSelected, nameWidth, barWidth, totalMs }: StartRowProps) {
  const { outcome, doneMs, service } = start;
  const time = outcome === 'ready' ? startTime(doneMs ?? 0) : outcome === 'coming' ? '…' : outcome;
  return (
    <Line>
      <Tone tone="focus">{isSelected ? '▌' : ' '}</Tone>
      <Tone tone="accent">{isCritical ? '→' : ' '}</Tone>
      <Cell before={1} width={nameWidth} tone={outcome === 'failed' ? 'fail' : 'plain'} isStrong={isCritical}>
        {service}
      </Cell>{' '}
      {waterfallBar(start, { totalMs, width: barWidth }).map(({ kind, text }, index) => (
        <Tone key={`${index} ${kind}`} tone={toneOf(kind, isCritical)}>
          {text}
        </Tone>
      ))}
      <Cell width={TIME_WIDTH} align="right" tone={outcome === 'failed' ? 'fail' : isCritical ? 'plain' : 'muted'}>
        {time}
      </Cell>
    </Line>
  );
}

/** Off the critical path only problems are bright. */
function toneOf(kind: BarKind, isCritical: boolean): ScreenTone {
  const tones: Readonly<Record<BarKind, ScreenTone>> = {
    waiting: 'muted',
    conflict: 'warn',
    before: isCritical ? 'busy' : 'muted',
    starting: isCritical ? 'accent' : 'muted',
    backoff: 'fail',
    failed: 'fail',
    nothing: 'plain',
  };
  return tones[kind];
}

/** "0        5 s        10 s   15.7 s": as many marks as fit. */
function Scale({
  indent,
  width,
  totalMs,
}: {
  readonly indent: number;
  readonly width: number;
  readonly totalMs: number;
}) {
  const end = startTime(totalMs);
  const stepMs = scaleStep(totalMs, Math.max(1, Math.floor(width / 12)));
  const marks = Array.from({ length: Math.ceil(totalMs / stepMs) }, (_, index) => index * stepMs);
  const room = width - displayWidth(end) - 2;
  const text = marks.reduce((line, ms) => {
    const column = Math.round((ms / Math.max(1, totalMs)) * width);
    const mark = ms === 0 ? '0' : startTime(ms);
    return column >= line.length && column + mark.length <= room ? line.padEnd(column) + mark : line;
  }, '');
  return (
    <Line>
      <Tone tone="muted">{' '.repeat(indent) + fit(text, width - displayWidth(end)) + end}</Tone>
    </Line>
  );
}

/** The next of 1, 2, 5, 10, 20 … milliseconds that cuts the whole into at most so many parts. */
function scaleStep(totalMs: number, parts: number): number {
  const least = Math.max(1, totalMs / parts);
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((step) => step * power >= least) ?? 10) * power;
}
