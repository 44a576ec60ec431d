// Notifies a person who is not looking that a service needs them: it failed for good, became unhealthy, broke one of
// its alert rules, or waits for a decision about its port. Once for each event, and not while the person types and
// sees it anyway. Bell: BEL, as the terminal is set up to show it. Desktop: OSC 9 or OSC 777, whichever the terminal
// knows.

import type { Environment } from '../../core/env/environment.ts';
import type { AlertView, ServiceView } from '../../core/session/snapshot.ts';
import type { NotifyWay } from '../../core/model/user-config.ts';
import { plainText } from '../paint/plain-text.ts';
import { conflictKey } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

/** An event this soon after a key comes from the person, or is seen. */
const AT_THE_KEYS_MS = 3000;
const MAX_TEXT = 200;

export interface Alarm {
  /** The state is about to change. */
  watch(before: ScreenState, after: ScreenState): void;
}

export function createAlarm(options: {
  readonly ways: readonly NotifyWay[];
  readonly env: Environment;
  readonly write: (text: string) => void;
}): Alarm {
  const { ways, env, write } = options;
  return {
    watch(before, after) {
      if (after.services === before.services || after.leaving !== 'no') return;
      if (after.nowMs - after.lastKeyMs < AT_THE_KEYS_MS) return;
      const news = after.services.flatMap((service) =>
        [eventOf(service, before) ?? [], newAlerts(service, before)].flat(),
      );
      if (news.length === 0) return;
      if (ways.includes('desktop')) write(desktopNotice(after.projectName, news.join('; '), env));
      if (ways.includes('bell')) write('\u0007');
    },
  };
}

/** What is new about a service. Problems from before the screen are not new, except a conflict, which waits. */
function eventOf(service: ServiceView, { services, session }: ScreenState): string | undefined {
  const before = services.find(({ name }) => name === service.name);
  const isNew = before === undefined ? session !== undefined : before.state !== service.state;
  switch (service.state) {
    case 'failed':
      return isNew ? `${service.name} has failed` : undefined;
    case 'unhealthy':
      return isNew ? `${service.name} is unhealthy` : undefined;
    case 'conflict':
      if (service.conflict === null || service.conflict.progress !== null) return undefined;
      if (before?.state === 'conflict' && conflictKey(before) === conflictKey(service)) return undefined;
      return `port ${service.conflict.port} of ${service.name} is taken`;
    default:
      return undefined;
  }
}

/** The alerts raised meanwhile. Alerts from before the screen are not new. */
function newAlerts({ name, alerts }: ServiceView, { services }: ScreenState): readonly string[] {
  const before = services.find((service) => service.name === name);
  if (before === undefined) return [];
  const isKnown = ({ kind, since }: AlertView): boolean =>
    before.alerts.some((alert) => alert.kind === kind && alert.since === since);
  return alerts.filter((alert) => !isKnown(alert)).map(({ message }) => `${name}: ${message}`);
}

/** A terminal that knows neither sequence shows nothing. tmux passes it on if allowed. */
export function desktopNotice(title: string, text: string, env: Environment): string {
  const body = plainText(text).slice(0, MAX_TEXT);
  const head = plainText(title).replaceAll(';', ',').slice(0, MAX_TEXT);
  const isUrxvtLike = /^(?:rxvt|foot)/.test(env['TERM'] ?? '') || env['VTE_VERSION'] !== undefined;
  // ConEmu and Windows Terminal read an OSC 9 that starts with a number differently.
  const sequence = isUrxvtLike ? `\u001b]777;notify;${head};${body}\u001b\\` : `\u001b]9;${head}: ${body}\u001b\\`;
  return env['TMUX'] === undefined ? sequence : `\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\`;
}
