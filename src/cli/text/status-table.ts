// The services as a table, as `status` and `up -d` print it: one row each, and why below those that are not ready.

import { programStatusInWords } from '../../core/terminal/program-status.ts';
import type { HealthView, ServiceView } from '../../core/session/snapshot.ts';
import { assertNever } from '../../errors.ts';
import { formatBytes, formatDuration, formatLatency, formatPercent, UNKNOWN } from '../../format/quantity.ts';
import { bodyText, isRunning } from '../../format/run-body.ts';
import { serviceLabel } from '../../format/status-label.ts';
import { renderTable, type Cell, type Column, type Paint, type Row } from '../../format/table.ts';
import { wrap } from '../../format/text.ts';
import type { CliContext } from '../context/context.ts';

const COLUMNS: readonly Column[] = [
  { heading: 'NAME', minWidth: 8 },
  { heading: 'STATE' },
  { heading: 'PORT', align: 'right' },
  { heading: 'PID', align: 'right', dropOrder: 4 },
  { heading: 'CPU', align: 'right', dropOrder: 2 },
  { heading: 'MEM', align: 'right', dropOrder: 3 },
  { heading: 'HEALTH', minWidth: 8, dropOrder: 1 },
  { heading: 'RESTARTS', align: 'right', dropOrder: 6 },
  { heading: 'UPTIME', align: 'right', dropOrder: 5 },
  { heading: 'URL', minWidth: 21, dropOrder: 0 },
];

/** As wide as the terminal; without one, lines are not cut. */
export function statusTable(
  { output, terminal, clock }: Pick<CliContext, 'output' | 'terminal' | 'clock'>,
  views: readonly ServiceView[],
): string[] {
  const nowMs = clock.wallMs();
  return serviceTable(views, {
    paint: output.paint,
    width: terminal.size()?.columns ?? Infinity,
    uptimeOf: ({ startedAt }) => (startedAt === null ? UNKNOWN : formatDuration(nowMs - Date.parse(startedAt))),
  });
}

export interface TableStyle {
  readonly paint: Paint;
  /** In columns; Infinity when lines are not cut. */
  readonly width: number;
  readonly uptimeOf: (view: ServiceView) => string;
}

export function serviceTable(views: readonly ServiceView[], style: TableStyle): string[] {
  return renderTable(
    COLUMNS,
    views.map((view) => toRow(view, style)),
    style.width,
    style.paint,
  );
}

function toRow(view: ServiceView, { width, uptimeOf }: TableStyle): Row {
  const runs = isRunning(view);
  return {
    cells: [
      { text: view.name },
      stateCell(view),
      { text: portText(view), ...(view.secondListener === null ? {} : { tone: 'warn' as const }) },
      { text: runs ? bodyText(view) : UNKNOWN },
      { text: runs ? formatPercent(view.cpuPercent) : UNKNOWN },
      { text: runs ? formatBytes(view.rssBytes) : UNKNOWN },
      healthCell(runs ? view.health : null),
      { text: String(view.restarts), ...(view.restarts > 0 ? { tone: 'warn' as const } : {}) },
      { text: uptimeOf(view) },
      { text: view.ready ? (view.url ?? view.address ?? '') : '' },
    ],
    notes: notesOf(view).flatMap((note) => noteLines(note, width)),
  };
}

/** ? says that it asks something, ▲ that there is an alert. */
function stateCell(view: ServiceView): Cell {
  const { glyph, word, tone } = serviceLabel(view);
  const mark = view.question === null ? (view.alerts.length === 0 ? '' : ' ▲') : ' ?';
  return mark === '' ? { text: `${glyph} ${word}`, tone } : { text: `${glyph} ${word}${mark}`, tone: 'warn' };
}

function portText({ port, wantedPort, ports, secondListener }: ServiceView): string {
  const first = port === null ? [] : [movedText(wantedPort ?? port, port)];
  const others = ports.filter((more) => more.port !== port).map((more) => movedText(more.wantedPort, more.port));
  const text = [...first, ...others].join(' ') || UNKNOWN;
  return secondListener === null ? text : `${text} ▲`;
}

function movedText(wanted: number, port: number): string {
  return wanted === port ? String(port) : `${wanted}→${port}`;
}

function healthCell(health: HealthView | null): Cell {
  if (health === null) return { text: UNKNOWN };
  switch (health.status) {
    case 'pass':
      return health.slowAboveMs === undefined
        ? { text: `ok ${formatLatency(health.latencyMs)}`, tone: 'ok' }
        : { text: `slow ${formatLatency(health.latencyMs)}`, tone: 'warn' };
    case 'failing':
      return { text: `failing ${health.consecutiveFailures}/${health.failureThreshold}`, tone: 'warn' };
    case 'probing':
      return { text: 'probing', tone: 'busy' };
    case 'fail':
      return { text: `fail ${formatLatency(health.latencyMs)}`, tone: 'warn' };
    case 'unknown':
      return { text: 'unknown', tone: 'muted' };
    default:
      return assertNever(health.status);
  }
}

/** Why it is not ready or what is odd about it, and which of its components are in trouble even if it is. */
function notesOf(view: ServiceView): string[] {
  const why = view.why === '' ? [] : [view.why];
  const told = view.told === undefined ? [] : [`tells: ${programStatusInWords(view.told)}`];
  const components = (isRunning(view) ? (view.health?.components ?? []) : [])
    .filter((component) => !component.ok)
    .map(({ name, status, message }) => `${name}: ${status}${message === undefined ? '' : `, ${message}`}`);
  const alerts = view.alerts.map(({ message }) => `alert: ${message}`);
  return [...why, ...told, ...alerts, ...view.insights.map(({ text }) => text), ...components];
}

function noteLines(note: string, width: number): Cell[] {
  const lines = width === Infinity ? [note] : wrap(note, Math.max(10, width - 4));
  return lines.map((line, index) => ({ text: `${index === 0 ? '  └ ' : '    '}${line}`, tone: 'muted' }));
}
