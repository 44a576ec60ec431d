// The facts about one service, as a label and a sentence each; the most important fact first.

import { programStatusInWords } from '../../../core/terminal/program-status.ts';
import type { ServiceView } from '../../../core/session/snapshot.ts';
import { hostPort, projectPath } from '../../../format/address.ts';
import { causeOf, causeText } from '../../../format/cause.ts';
import { formatLatency } from '../../../format/quantity.ts';
import { sparkline } from '../../../format/charts/sparkline.ts';
import { serviceLabel } from '../../../format/status-label.ts';
import { formatAge } from '../../state/age.ts';
import type { DetailSubject } from '../../subjects/detail.ts';
import type { Past } from '../../subjects/past.ts';
import { isActive } from '../../state/selectors.ts';
import type { ScreenTone } from '../../paint/theme.ts';
import type { Span, SpanRow } from '../kit/rows.tsx';
import { pastSpans } from '../past-spans.ts';
import { listenersInWords } from '../../../format/run-body.ts';

export interface Fact {
  /** Empty if the fact above continues. */
  readonly label: string;
  readonly text: string;
  readonly tone: ScreenTone;
  /** The text in several tones, used if it is shown whole. */
  readonly spans?: SpanRow;
}

/** A faster answer always gets the lowest bar, at any scale. */
const LEAST_SCALE_MS = 10;

/** The present state, problems first. With `inspection`, leaves out what the detail lists separately. */
export function presentFacts({ service, services, inspection, nowMs, past }: DetailSubject): readonly Fact[] {
  const facts: Fact[] = [];
  const add = (label: string, text: string | undefined, tone: ScreenTone = 'plain'): void => {
    if (text !== undefined && text !== '') facts.push({ label, text, tone });
  };
  const exit = (inspection?.exits ?? []).length > 0 ? undefined : exitText(service, nowMs);
  const exitTone = service.exit !== null && service.exit.code !== 0 ? 'warn' : 'plain';
  const isDown = !isActive(service) || service.state === 'backoff';
  const health = healthFacts(service, nowMs);
  const isHealthy = health.every(({ tone }) => tone !== 'warn' && tone !== 'fail');
  if (service.question !== null) add('asks', `? ${service.question.text}`, 'warn');
  add('tells', service.told && programStatusInWords(service.told), toldTone(service));
  add('why', whyText(service, services), whyTone(service));
  for (const { message } of service.alerts) add('alert', `▲ ${message}`, 'warn');
  for (const { text } of service.insights) add('history', text, 'warn');
  if (isDown) add('last exit', exit, exitTone);
  if (!isHealthy) facts.push(...health);
  add(service.url === null ? 'address' : 'url', service.url ?? service.address ?? undefined, 'accent');
  if (past !== undefined) facts.push(pastFact(past));
  facts.push(...listeningFacts(service));
  if (isHealthy) facts.push(...health);
  if ((inspection?.processes ?? []).length === 0)
    add(service.container === null ? 'process' : 'container', processText(service));
  if (!isDown) add('last exit', exit, exitTone);
  return facts;
}

/** The last ten minutes, with the selected moment. */
function pastFact(past: Past): Fact {
  const spans = pastSpans(past, past.at);
  return { label: 'last 10m', text: spans.map(({ text }) => text).join(''), tone: 'plain', spans };
}

/** The probe's answer, the parts that it names below it, and the earlier probes. */
function healthFacts(service: ServiceView, nowMs: number): readonly Fact[] {
  const { health } = service;
  if (health === null) return [];
  const { text, tone } = healthLine(service, health, nowMs);
  const parts = health.components.map(({ name, status, message, ok }): Fact => {
    const partTone = ok ? 'plain' : isDegraded(status) ? 'warn' : health.status === 'fail' ? 'fail' : 'warn';
    const glyph = { plain: '✓', warn: '▲', fail: '✖' }[partTone];
    return {
      label: '',
      text: `${glyph} ${name}  ${status}${message === undefined ? '' : `  ${message}`}`,
      tone: partTone,
    };
  });
  return [{ label: 'health', text, tone }, ...parts, ...probeFacts(service)];
}

function isDegraded(status: string): boolean {
  return /^(?:degraded|warn|warning)$/i.test(status);
}

/** The settings of the service. */
export function setupFacts({ service, root }: DetailSubject): readonly Fact[] {
  const facts: readonly (readonly [string, string])[] = [
    ['command', service.command],
    ['folder', projectPath(service.cwd, root)],
    ['needs', service.dependsOn.join(', ')],
    ['log file', projectPath(service.logFile, root)],
  ];
  return facts.filter(([, text]) => text !== '').map(([label, text]) => ({ label, text, tone: 'plain' }));
}

/** The chain of causes down to the first, if that lies in another service. */
function whyText(service: ServiceView, services: readonly ServiceView[]): string {
  const cause = causeOf(services, service);
  return cause.causes.length > 0 ? causeText(cause) : service.why;
}

/** A warning where it waits for somebody, or says that it fails. */
function toldTone({ told }: ServiceView): ScreenTone {
  return told?.state === 'blocked' || told?.state === 'error' ? 'warn' : 'plain';
}

function whyTone(service: ServiceView): ScreenTone {
  if (service.secondListener !== null) return 'warn';
  const { tone } = serviceLabel(service);
  return tone === 'busy' || tone === 'ok' ? 'plain' : tone;
}

/** Where the service listens. It is an alarm if that differs from the config. */
function listeningFacts(service: ServiceView): readonly Fact[] {
  const { listening, port, wantedPort, secondListener } = service;
  const facts: Fact[] = [];
  const add = (text: string, tone: ScreenTone): void => {
    facts.push({ label: facts.length === 0 ? 'listens' : '', text, tone });
  };
  if (listening.length > 0) {
    add(listenersInWords(service), 'plain');
  }
  const isElsewhere = listening.length > 0 && port !== null && listening.every((one) => one.port !== port);
  if (isElsewhere && isActive(service)) add(`▲ not on its port ${port}`, 'warn');
  else if (port !== null && wantedPort !== null && port !== wantedPort) add(`moved from ${wantedPort}`, 'accent');
  for (const more of service.ports.filter((one) => one.port !== port)) {
    const from = more.port === more.wantedPort ? '' : `, moved from ${more.wantedPort}`;
    add(`${more.name} ${more.port}${from}`, from === '' ? 'plain' : 'accent');
  }
  if (secondListener !== null) {
    const who = secondListener.pid === null ? 'a hidden process' : `pid ${secondListener.pid}`;
    const what = secondListener.command === '' ? who : `${who}, ${secondListener.command}`;
    add(`▲ ${hostPort(secondListener.address, secondListener.port)} is another program’s (${what})`, 'warn');
  }
  return facts;
}

const HEALTH_LOOKS = {
  pass: { glyph: '✓', tone: 'plain' },
  failing: { glyph: '▲', tone: 'warn' },
  fail: { glyph: '✖', tone: 'fail' },
  probing: { glyph: '·', tone: 'plain' },
  unknown: { glyph: '·', tone: 'muted' },
} as const;

function healthLine(
  { state }: ServiceView,
  health: NonNullable<ServiceView['health']>,
  nowMs: number,
): Pick<Fact, 'text' | 'tone'> {
  if (health.status === 'unknown') return { text: 'not asked yet', tone: 'muted' };
  const age = health.checkedAt === null ? 0 : nowMs - Date.parse(health.checkedAt);
  const when = age < 60_000 ? '' : `, ${formatAge(age)} ago`;
  const said = `${health.message} in ${formatLatency(health.latencyMs)}${when}`;
  // A starting service does not have to answer yet.
  if (health.status === 'fail' && state === 'starting') return { text: `· not yet: ${said}`, tone: 'muted' };
  const { slowAboveMs } = health;
  if (slowAboveMs !== undefined) return { text: `▲ ${said}, slower than ${formatLatency(slowAboveMs)}`, tone: 'warn' };
  const { glyph, tone } = HEALTH_LOOKS[health.status];
  return { text: `${glyph} ${said}`, tone };
}

/** A bar for each answer; a slower answer has a higher bar. ✖ is a failure, · a probe while the service started. */
function probeFacts({ probes, state, readyAt }: ServiceView): readonly Fact[] {
  if (probes.length < 2) return [];
  const answered = probes.filter(({ ok }) => ok).map(({ latencyMs }) => latencyMs);
  const scaleMs = probeScaleMs(answered);
  const isEarly = (at: string): boolean => (readyAt === null ? state === 'starting' : at < readyAt);
  const bars = probes.map(({ ok, latencyMs, at }): Span => {
    if (ok) return { text: sparkline([latencyMs], scaleMs), tone: latencyMs > scaleMs ? 'warn' : 'ok' };
    return isEarly(at) ? { text: '·', tone: 'muted' } : { text: '✖', tone: 'fail' };
  });
  const failed = probes.filter(({ ok, at }) => !ok && !isEarly(at)).length;
  const said = [
    ...(answered.length === 0 ? [] : [rangeText(Math.min(...answered), Math.max(...answered))]),
    ...(failed === 0 ? [] : [`${failed} of ${probes.length} failed`]),
  ].join(', ');
  const text = `${bars.map((bar) => bar.text).join('')}  ${said}`;
  return [{ label: 'probes', text, tone: 'plain', spans: [...bars, { text: `  ${said}`, tone: 'muted' }] }];
}

/** A full bar is three times the usual answer, so that one slow answer (often the first) does not flatten the others. */
function probeScaleMs(answeredMs: readonly number[]): number {
  const median = answeredMs.toSorted((a, b) => a - b)[Math.floor(answeredMs.length / 2)] ?? 0;
  return Math.max(LEAST_SCALE_MS, 3 * median);
}

function rangeText(fastestMs: number, slowestMs: number): string {
  const [fastest, slowest] = [formatLatency(fastestMs), formatLatency(slowestMs)];
  return fastest === slowest ? slowest : `${fastest} to ${slowest}`;
}

function processText({ pid, pids, external, container }: ServiceView): string | undefined {
  if (container !== null) {
    return `container ${container.name} (${container.id.slice(0, 12)}) of ${container.image}, run by ${container.engine}`;
  }
  if (pid === null) return undefined;
  const others = pids.filter((other) => other !== pid);
  const text = others.length === 0 ? `pid ${pid}` : `pid ${pid}, with ${others.join(', ')}`;
  return external ? `${text}, not started by devdeck` : text;
}

function exitText({ exit }: ServiceView, nowMs: number): string | undefined {
  if (exit === null) return undefined;
  const how = exit.signal === null ? `code ${exit.code}` : exit.signal;
  return `${how}, ${formatAge(nowMs - Date.parse(exit.at))} ago`;
}
