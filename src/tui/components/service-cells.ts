// The content and tone of each cell in the table of services.

import type { ServiceView } from '../../core/session/snapshot.ts';
import type { SlotHistory } from '../../core/view/slot-history.ts';
import { formatBytes, formatDuration, formatLatency, formatPercent } from '../../format/quantity.ts';
import { bodyText, isRunning } from '../../format/run-body.ts';
import { sparkline } from '../../format/charts/sparkline.ts';
import { serviceLabel } from '../../format/status-label.ts';
import { fit } from '../../format/text.ts';
import type { ScreenTone } from '../paint/theme.ts';
import type { SpanRow } from './kit/rows.tsx';
import { pastSpans } from './past-spans.ts';
import { formatAge } from '../state/age.ts';
import { reasonOf } from '../state/reason.ts';
import { isActive } from '../state/selectors.ts';
import type { Past } from '../subjects/past.ts';
import type { ColumnId, TableColumn } from '../subjects/service-columns.ts';

export interface TableCell {
  readonly text: string;
  readonly tone: ScreenTone;
  /** The text in several tones. */
  readonly spans?: SpanRow;
}

export interface CellSubject {
  readonly service: ServiceView;
  readonly services: readonly ServiceView[];
  readonly history: SlotHistory | undefined;
  readonly nowMs: number;
  /** Undefined for a cell without a column. */
  readonly past?: Past | undefined;
}

export function cellOf(
  { id, width }: TableColumn,
  { service, services, history, nowMs, past }: CellSubject,
): TableCell {
  const tone = rowTone(service);
  const cells: Readonly<Record<ColumnId, () => TableCell>> = {
    name: () => ({ text: service.name, tone }),
    state: () => stateCell(service, nowMs),
    port: () => ({ text: portText(service), tone: portTone(service) ?? tone }),
    pid: () => ({ text: bodyText(service), tone: 'muted' }),
    cpu: () => ({ text: service.cpuPercent === null ? '' : formatPercent(service.cpuPercent), tone }),
    chart: () => ({ text: chart(history, width, service), tone: 'muted' }),
    memory: () => ({ text: service.rssBytes === null ? '' : formatBytes(service.rssBytes), tone }),
    health: () => healthCell(service),
    restarts: () => ({
      text: service.restarts === 0 ? '' : String(service.restarts),
      tone: service.restarts > 2 ? 'warn' : tone,
    }),
    uptime: () => ({ text: uptime(service, nowMs), tone }),
    past: () => pastCell(past),
    note: () => noteCell(service, services),
  };
  return cells[id]();
}

/** Failures are the loudest; services at rest are grey. */
function rowTone(service: ServiceView): ScreenTone {
  if (service.state === 'failed') return 'fail';
  return isActive(service) ? 'plain' : 'muted';
}

/** The state, and how long until it changes by itself: "backoff 4s". ▲ marks an alert, ? a question of the service. */
function stateCell(service: ServiceView, nowMs: number): TableCell {
  const { word, tone } = serviceLabel(service);
  const leftMs = service.dueAt === null ? 0 : Date.parse(service.dueAt) - nowMs;
  if (leftMs > 0) return { text: `${word} ${formatDuration(leftMs + 999)}`, tone };
  if (service.question !== null) return { text: `${word} ?`, tone: 'warn' };
  return service.alerts.length > 0 ? { text: `${word} ▲`, tone: 'warn' } : { text: word, tone };
}

function pastCell(past: Past | undefined): TableCell {
  const spans = past === undefined ? [] : pastSpans(past, undefined);
  return { text: spans.map(({ text }) => text).join(''), tone: 'plain', spans };
}

function noteCell(service: ServiceView, services: readonly ServiceView[]): TableCell {
  const reason = reasonOf(service, services);
  return reason.text === '' ? { text: service.url ?? service.address ?? '', tone: 'muted' } : reason;
}

function isMoved(service: ServiceView): boolean {
  return service.port !== null && service.wantedPort !== null && service.port !== service.wantedPort;
}

/** A foreign process on the port is an alarm; a reroute is news. */
function portTone(service: ServiceView): ScreenTone | undefined {
  if (service.secondListener !== null) return 'warn';
  return isMoved(service) ? 'accent' : undefined;
}

export function portText(service: ServiceView): string {
  if (service.port === null) return service.wantedPort === null ? '' : String(service.wantedPort);
  const text = isMoved(service) ? `${service.wantedPort}→${service.port}` : String(service.port);
  return service.secondListener === null ? text : `${text} ▲`;
}

/** Full height is one core, or the highest value if that is more. Zero draws nothing. */
function chart(history: SlotHistory | undefined, width: number, service: ServiceView): string {
  if (history === undefined || service.cpuPercent === null) return '';
  const values = history.values.slice(-width).map((value) => (value !== null && value < IDLE_PERCENT ? null : value));
  return fit(sparkline(values, Math.max(100, ...values.map((value) => value ?? 0))), width, 'right');
}

/** Lower bars would look like an underline. */
const IDLE_PERCENT = 1;

function healthCell({ health, state }: ServiceView): TableCell {
  if (health === null) return { text: '', tone: 'muted' };
  if (health.status === 'unknown') return { text: '· pending', tone: 'muted' };
  if (health.status === 'probing') return { text: '· probing', tone: 'muted' };
  if (health.status === 'failing') return { text: `▲ ${health.message}`, tone: 'warn' };
  // A starting service does not have to answer yet.
  if (health.status === 'fail') {
    return state === 'starting' ? { text: '· not yet', tone: 'muted' } : { text: '✖ failing', tone: 'fail' };
  }
  const isOdd = health.slowAboveMs !== undefined || health.components.some((component) => !component.ok);
  return { text: `${isOdd ? '▲' : '✓'} ${formatLatency(health.latencyMs)}`, tone: isOdd ? 'warn' : 'ok' };
}

function uptime(service: ServiceView, nowMs: number): string {
  if (!isRunning(service) || service.startedAt === null) return '';
  return formatAge(nowMs - Date.parse(service.startedAt));
}
