import type { ServiceView } from '../../core/snapshot.ts';
import { formatLatency } from '../../format/quantity.ts';
import { sparkline } from '../../format/sparkline.ts';
import { statusLabel } from '../../format/status-label.ts';
import { truncate, wrap } from '../../format/text.ts';
import { formatAge } from '../age.ts';
import type { Rectangle } from '../compositor.ts';
import { textWidth } from '../styled-text.ts';
import type { ScreenTone, Theme } from '../theme.ts';
import { titleRow } from '../title-row.ts';
import { hostPort } from './owner-card.ts';
import { Pane } from './pane.tsx';

export interface DetailProps {
  readonly area: Rectangle;
  readonly theme: Theme;
  readonly service: ServiceView | undefined;
  readonly isFocused: boolean;
  readonly nowMs: number;
}

interface Fact {
  readonly label: string;
  readonly text: string;
  readonly tone: ScreenTone;
}

const LABEL_WIDTH = 10;
/** From here on the facts stand in two columns if one is too short for them. */
const TWO_COLUMNS = 100;

/** All there is to know about one service, what matters most first; long values wrap where there is room for it. */
export function Detail({ area, theme, service, isFocused, nowMs }: DetailProps) {
  const title = service === undefined ? 'detail' : `detail: ${service.name}`;
  const facts = service === undefined ? [] : factsOf(service, nowMs);
  const isRoomy = area.rows > facts.length;
  const rows =
    isRoomy || area.columns < TWO_COLUMNS
      ? factRows(facts, theme, area.columns, isRoomy)
      : twoColumns(facts, theme, area);
  return <Pane area={area} rows={[titleRow(theme, { title, isFocused, width: area.columns }), ...rows]} />;
}

/** The reason over the whole width, and what is left in two halves, read downward. */
function twoColumns(facts: readonly Fact[], theme: Theme, area: Rectangle): readonly string[] {
  const isReason = ({ label }: Fact): boolean => label === 'why' || label === 'alert';
  const top = factRows(facts.filter(isReason), theme, area.columns, false);
  const width = Math.floor(area.columns / 2);
  const others = facts.filter((fact) => !isReason(fact));
  const height = area.rows - 1 - top.length;
  const left = factRows(others.slice(0, height), theme, width, false);
  const right = factRows(others.slice(height), theme, area.columns - width, false);
  return [...top, ...left.map((row, index) => row + gapAfter(row, width, right[index]) + (right[index] ?? ''))];
}

function gapAfter(row: string, width: number, next: string | undefined): string {
  return next === undefined ? '' : ' '.repeat(Math.max(0, width - textWidth(row)));
}

function factRows(facts: readonly Fact[], theme: Theme, columns: number, isRoomy: boolean): readonly string[] {
  const width = Math.max(4, columns - LABEL_WIDTH - 4);
  return facts.flatMap(({ label, text, tone }) => {
    const lines = isRoomy ? wrap(text, width) : [truncate(text, width)];
    return lines.map((line, index) => {
      const head = (index === 0 ? label : '').padEnd(LABEL_WIDTH);
      return ` ${theme.paint('muted', head)}  ${theme.paint(tone, line)}`;
    });
  });
}

function factsOf(service: ServiceView, nowMs: number): readonly Fact[] {
  const facts: Fact[] = [];
  const add = (label: string, text: string | undefined, tone: ScreenTone = 'plain'): void => {
    if (text !== undefined && text !== '') facts.push({ label, text, tone });
  };
  add('why', service.why, whyTone(service));
  for (const { message } of service.alerts) add('alert', message, 'warn');
  add('url', service.url ?? undefined, 'accent');
  add('health', healthText(service), service.health?.status === 'fail' ? 'fail' : 'plain');
  add('probes', probesText(service));
  for (const component of service.health?.components ?? []) {
    const message = component.message === undefined ? '' : `  ${component.message}`;
    add(
      '',
      `${component.ok ? '✓' : '✖'} ${component.name}  ${component.status}${message}`,
      component.ok ? 'plain' : 'fail',
    );
  }
  add(
    'listens',
    service.listening.map(({ address, port, pid }) => `${hostPort(address, port)} (pid ${pid})`).join(', '),
  );
  add('processes', processes(service));
  add('last exit', exitText(service, nowMs), service.exit !== null && service.exit.code !== 0 ? 'warn' : 'plain');
  add('command', service.command);
  add('folder', service.cwd);
  add('needs', service.dependsOn.join(', '));
  add('log file', service.logFile);
  return facts;
}

function whyTone(service: ServiceView): ScreenTone {
  if (service.secondListener !== null) return 'warn';
  const { tone } = statusLabel(service.state);
  return tone === 'busy' || tone === 'ok' ? 'plain' : tone;
}

function healthText({ health }: ServiceView): string | undefined {
  if (health === null) return undefined;
  if (health.status === 'unknown') return 'not asked yet';
  return `${health.status === 'pass' ? '✓' : '✖'} ${health.message} in ${formatLatency(health.latencyMs)}`;
}

/** A bar for each answer, as high as it was slow; ✖ for one that failed. */
function probesText({ probes, health }: ServiceView): string | undefined {
  if (health === null || probes.length < 2) return undefined;
  const slowestMs = Math.max(...probes.map(({ latencyMs }) => latencyMs));
  const bars = probes.map(({ ok, latencyMs }) => (ok ? sparkline([latencyMs], slowestMs) : '✖')).join('');
  return `${bars} slowest ${formatLatency(slowestMs)}`;
}

function processes({ pid, pids, threads, connections }: ServiceView): string | undefined {
  if (pid === null) return undefined;
  const others = pids.filter((other) => other !== pid);
  const parts = [
    others.length === 0 ? `pid ${pid}` : `pid ${pid}, with ${others.join(', ')}`,
    ...(threads === null ? [] : [plural(threads, 'thread')]),
    ...(connections === null || connections === 0 ? [] : [plural(connections, 'connection')]),
  ];
  return parts.join(' · ');
}

function exitText({ exit }: ServiceView, nowMs: number): string | undefined {
  if (exit === null) return undefined;
  const how = exit.signal === null ? `code ${exit.code}` : exit.signal;
  return `${how}, ${formatAge(nowMs - Date.parse(exit.at))} ago`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
