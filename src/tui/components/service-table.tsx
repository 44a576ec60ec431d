import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceView } from '../../core/model/snapshot.ts';
import type { SlotHistory } from '../../core/view/slot-history.ts';
import { formatBytes, formatDuration, formatLatency, formatPercent } from '../../format/quantity.ts';
import { sparkline } from '../../format/sparkline.ts';
import { serviceLabel } from '../../format/status-label.ts';
import { displayWidth, fit } from '../../format/text.ts';
import { formatAge } from '../state/age.ts';
import type { Rectangle } from '../paint/compositor.ts';
import { firstVisible } from '../state/layout.ts';
import { isActive } from '../state/selectors.ts';
import { COLUMN_GAP, planColumns, ROW_PREFIX, type ColumnId, type TableColumn } from '../state/service-columns.ts';
import type { ScreenTone, Theme } from '../paint/theme.ts';
import { Pane } from './pane.tsx';
import { bodyText, isRunning } from '../../format/run-body.ts';

export interface ServiceTableProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly services: readonly ServiceView[];
  /** Of the services, or of those the config names while the session has not answered and `services` is empty. */
  readonly names: readonly ServiceName[];
  readonly selected: ServiceName | undefined;
  readonly isFocused: boolean;
  readonly cpuHistory: Readonly<Record<ServiceName, SlotHistory>>;
  readonly nowMs: number;
}

/** Heading and one row for each service; scrolls so that the selected one is in sight. */
export function ServiceTable(props: ServiceTableProps) {
  const { area, services, names, selected } = props;
  const columns = planColumns({
    width: area.columns - 1,
    longestName: Math.max(0, ...names.map(displayWidth)),
    longestPort: Math.max(0, ...services.map((service) => displayWidth(portText(service)))),
    longestBody: Math.max(0, ...services.map((service) => displayWidth(bodyText(service)))),
  });
  const visible = area.rows - 1;
  const from = firstVisible(names.length, visible, selected === undefined ? 0 : names.indexOf(selected));
  const hidden = names.length - visible;
  const position = hidden > 0 ? `${from + 1}–${from + visible} of ${names.length}` : '';
  const rows = [headingRow(columns, position, area.columns, props.theme)];
  for (const [index, name] of names.slice(from, from + visible).entries()) {
    const service = services[from + index];
    rows.push(service === undefined ? expectedRow(name, columns, props) : serviceRow(service, columns, props));
  }
  return <Pane area={area} rows={rows} />;
}

function headingRow(columns: readonly TableColumn[], position: string, width: number, theme: Theme): string {
  const cells = columns.map((column) => fit(column.heading, column.width, column.align));
  const heading = ' '.repeat(ROW_PREFIX) + cells.join(' '.repeat(COLUMN_GAP)).trimEnd();
  const room = width - 1 - displayWidth(position);
  const line = displayWidth(heading) < room ? fit(heading, room) + position : heading;
  return theme.paint('muted', line);
}

function expectedRow(
  name: ServiceName,
  columns: readonly TableColumn[],
  { theme, selected, isFocused }: ServiceTableProps,
): string {
  const first = columns[0];
  const shown = first === undefined ? name : fit(name, first.width);
  return `${marker(name === selected, isFocused, theme)} ${theme.paint('muted', `· ${shown}`)}`;
}

function serviceRow(service: ServiceView, columns: readonly TableColumn[], props: ServiceTableProps): string {
  const { theme, selected, isFocused } = props;
  const isSelected = service.name === selected;
  const { glyph, tone } = serviceLabel(service);
  const cells = columns.map((column) => {
    const { text, tone: cellTone } = cell(column, service, props);
    const painted = fit(text, column.width, column.align);
    return theme.paint(column.id === 'name' && isSelected ? 'strong' : cellTone, painted);
  });
  return `${marker(isSelected, isFocused, theme)} ${theme.paint(tone, glyph)} ${cells.join(' '.repeat(COLUMN_GAP))}`;
}

function marker(isSelected: boolean, isFocused: boolean, theme: Theme): string {
  if (!isSelected) return ' ';
  return theme.paint(isFocused ? 'focus' : 'muted', '▌');
}

interface Cell {
  readonly text: string;
  readonly tone: ScreenTone;
}

function cell(column: TableColumn, service: ServiceView, { cpuHistory, nowMs }: ServiceTableProps): Cell {
  const tone = isActive(service) ? 'plain' : 'muted';
  const cells: Readonly<Record<ColumnId, () => Cell>> = {
    name: () => ({ text: service.name, tone }),
    state: () => stateCell(service, nowMs),
    port: () => ({ text: portText(service), tone: portTone(service) ?? tone }),
    pid: () => ({ text: bodyText(service), tone: 'muted' }),
    cpu: () => ({ text: service.cpuPercent === null ? '' : formatPercent(service.cpuPercent), tone }),
    chart: () => ({ text: chart(cpuHistory[service.name], column.width, service), tone: 'muted' }),
    memory: () => ({ text: service.rssBytes === null ? '' : formatBytes(service.rssBytes), tone }),
    health: () => healthCell(service),
    restarts: () => ({
      text: service.restarts === 0 ? '' : String(service.restarts),
      tone: service.restarts > 2 ? 'warn' : tone,
    }),
    uptime: () => ({ text: uptime(service, nowMs), tone }),
    note: () => ({ text: service.why === '' ? (service.url ?? service.address ?? '') : service.why, tone: 'muted' }),
  };
  return cells[column.id]();
}

/** The word, and how long until something happens by itself: "backoff 4s"; ▲ says that there is an alert, ? that it asks something. */
function stateCell(service: ServiceView, nowMs: number): Cell {
  const { word, tone } = serviceLabel(service);
  const leftMs = service.dueAt === null ? 0 : Date.parse(service.dueAt) - nowMs;
  if (leftMs > 0) return { text: `${word} ${formatDuration(leftMs + 999)}`, tone };
  if (service.question !== null) return { text: `${word} ?`, tone: 'warn' };
  return service.alerts.length > 0 ? { text: `${word} ▲`, tone: 'warn' } : { text: word, tone };
}

function isMoved(service: ServiceView): boolean {
  return service.port !== null && service.wantedPort !== null && service.port !== service.wantedPort;
}

/** A stranger on the port is an alarm; a move is news. */
function portTone(service: ServiceView): ScreenTone | undefined {
  if (service.secondListener !== null) return 'warn';
  return isMoved(service) ? 'accent' : undefined;
}

function portText(service: ServiceView): string {
  if (service.port === null) return service.wantedPort === null ? '' : String(service.wantedPort);
  const text = isMoved(service) ? `${service.wantedPort}→${service.port}` : String(service.port);
  return service.secondListener === null ? text : `${text} ▲`;
}

/** Full height is one core, or the highest value there was. */
function chart(history: SlotHistory | undefined, width: number, service: ServiceView): string {
  if (history === undefined || service.cpuPercent === null) return '';
  const values = history.values.slice(-width);
  return fit(sparkline(values, Math.max(100, ...values.map((value) => value ?? 0))), width, 'right');
}

function healthCell({ health }: ServiceView): Cell {
  if (health === null) return { text: '', tone: 'muted' };
  if (health.status === 'unknown') return { text: '· pending', tone: 'muted' };
  if (health.status === 'probing') return { text: '· probing', tone: 'muted' };
  if (health.status === 'failing') return { text: `▲ ${health.message}`, tone: 'warn' };
  if (health.status === 'fail') return { text: '✖ failing', tone: 'fail' };
  const bad = health.components.filter((component) => !component.ok).length;
  return { text: `✓ ${formatLatency(health.latencyMs)}`, tone: bad > 0 ? 'warn' : 'ok' };
}

function uptime(service: ServiceView, nowMs: number): string {
  if (!isRunning(service) || service.startedAt === null) return '';
  return formatAge(nowMs - Date.parse(service.startedAt));
}
