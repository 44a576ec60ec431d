// What is said about one service beside its name: a label and a sentence each, what matters most first.

import type { ServiceView } from '../../../core/model/snapshot.ts';
import { hostPort, projectPath } from '../../../format/address.ts';
import { causeOf, causeText } from '../../../format/cause.ts';
import { formatLatency } from '../../../format/quantity.ts';
import { sparkline } from '../../../format/sparkline.ts';
import { serviceLabel } from '../../../format/status-label.ts';
import { formatAge } from '../../state/age.ts';
import type { DetailSubject } from '../../state/selectors.ts';
import { isActive } from '../../state/selectors.ts';
import type { ScreenTone, Theme } from '../../paint/theme.ts';
import { listenersInWords } from '../../../format/run-body.ts';

export interface Fact {
  /** Empty for what goes on from the fact above. */
  readonly label: string;
  readonly text: string;
  readonly tone: ScreenTone;
  /** The text in more than one tone, for where it is shown whole. */
  readonly painted?: (theme: Theme) => string;
}

/** An answer faster than this is no slower than another one, whatever the chart's scale would make of it. */
const LEAST_SCALE_MS = 10;

/** How it is right now. What is listed elsewhere, one by one, is left out where `inspection` is known. */
export function presentFacts({ service, services, inspection, nowMs }: DetailSubject): readonly Fact[] {
  const facts: Fact[] = [];
  const add = (label: string, text: string | undefined, tone: ScreenTone = 'plain'): void => {
    if (text !== undefined && text !== '') facts.push({ label, text, tone });
  };
  add('why', whyText(service, services), whyTone(service));
  for (const { message } of service.alerts) add('alert', `▲ ${message}`, 'warn');
  add(service.url === null ? 'address' : 'url', service.url ?? service.address ?? undefined, 'accent');
  facts.push(...listeningFacts(service));
  add('health', healthText(service, nowMs), service.health?.status === 'fail' ? 'fail' : 'plain');
  facts.push(...probeFacts(service));
  for (const { name, status, message, ok } of service.health?.components ?? []) {
    const text = `${ok ? '✓' : '✖'} ${name}  ${status}${message === undefined ? '' : `  ${message}`}`;
    add('', text, ok ? 'plain' : 'fail');
  }
  if ((inspection?.processes ?? []).length === 0)
    add(service.container === null ? 'process' : 'container', processText(service));
  if ((inspection?.exits ?? []).length === 0) {
    add('last exit', exitText(service, nowMs), service.exit !== null && service.exit.code !== 0 ? 'warn' : 'plain');
  }
  return facts;
}

/** How it was set up. */
export function setupFacts({ service, root }: DetailSubject): readonly Fact[] {
  const facts: readonly (readonly [string, string])[] = [
    ['command', service.command],
    ['folder', projectPath(service.cwd, root)],
    ['needs', service.dependsOn.join(', ')],
    ['log file', projectPath(service.logFile, root)],
  ];
  return facts.filter(([, text]) => text !== '').map(([label, text]) => ({ label, text, tone: 'plain' }));
}

/** Down to the first cause, when that lies in another service. */
function whyText(service: ServiceView, services: readonly ServiceView[]): string {
  const cause = causeOf(services, service);
  return cause.causes.length > 0 ? causeText(cause) : service.why;
}

function whyTone(service: ServiceView): ScreenTone {
  if (service.secondListener !== null) return 'warn';
  const { tone } = serviceLabel(service);
  return tone === 'busy' || tone === 'ok' ? 'plain' : tone;
}

/** Where it listens; and the alarm, when that is elsewhere than asked or not it alone. */
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

const HEALTH_GLYPHS = { pass: '✓', failing: '▲', fail: '✖', probing: '·', unknown: '·' } as const;

function healthText({ health }: ServiceView, nowMs: number): string | undefined {
  if (health === null) return undefined;
  if (health.status === 'unknown') return 'not asked yet';
  const age = health.checkedAt === null ? 0 : nowMs - Date.parse(health.checkedAt);
  const when = age < 60_000 ? '' : `, ${formatAge(age)} ago`;
  return `${HEALTH_GLYPHS[health.status]} ${health.message} in ${formatLatency(health.latencyMs)}${when}`;
}

/** A bar for each answer, as high as it was slow; ✖ for one that failed, · while the service was on its way up. */
function probeFacts({ probes, health, state, readyAt }: ServiceView): readonly Fact[] {
  if (health === null || probes.length < 2) return [];
  const answered = probes.filter(({ ok }) => ok).map(({ latencyMs }) => latencyMs);
  const slowestMs = Math.max(0, ...answered);
  const isEarly = (at: string): boolean => (readyAt === null ? state === 'starting' : at < readyAt);
  const bars = probes.map(({ ok, latencyMs, at }) => {
    if (ok) return { text: sparkline([latencyMs], Math.max(LEAST_SCALE_MS, slowestMs)), tone: 'ok' };
    return isEarly(at) ? { text: '·', tone: 'muted' } : { text: '✖', tone: 'fail' };
  });
  const failed = probes.filter(({ ok, at }) => !ok && !isEarly(at)).length;
  const said = [
    ...(answered.length === 0 ? [] : [rangeText(Math.min(...answered), slowestMs)]),
    ...(failed === 0 ? [] : [`${failed} of ${probes.length} failed`]),
  ].join(', ');
  const text = `${bars.map((bar) => bar.text).join('')}  ${said}`;
  const painted = (theme: Theme): string =>
    `${bars.map((bar) => theme.paint(bar.tone as ScreenTone, bar.text)).join('')}  ${theme.paint('muted', said)}`;
  return [{ label: 'probes', text, tone: 'plain', painted }];
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
