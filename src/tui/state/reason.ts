// Why a service is as it is, in the words of the table: the first cause first, and how bad it is.

import { programStatusInWords, type ProgramStatus } from '../../core/terminal/program-status.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { causeOf, type Cause } from '../../format/cause.ts';
import { serviceLabel } from '../../format/status-label.ts';
import type { ScreenTone } from '../paint/theme.ts';

export interface Reason {
  /** Empty when all is well. */
  readonly text: string;
  readonly tone: ScreenTone;
}

/** @param services all of the session: the cause of one may lie in another */
export function reasonOf(service: ServiceView, services: readonly ServiceView[]): Reason {
  const { question, alerts, secondListener, why, told } = service;
  if (question !== null) return { text: `asks: ${question.text}`, tone: 'warn' };
  const [alert] = alerts;
  if (service.ready && alert !== undefined) return { text: alert.message, tone: 'warn' };
  if (service.state === 'waiting') return waitingReason(service, services);
  if (told !== undefined && secondListener === null) return toldReason(told, service);
  return { text: why, tone: secondListener === null ? reasonTone(service) : 'warn' };
}

/** What the program waits for or fails at; what it does, only where nothing else is to be said. */
function toldReason(told: ProgramStatus, service: ServiceView): Reason {
  const text = programStatusInWords(told);
  if (told.state === 'blocked' || told.state === 'error') return { text, tone: 'warn' };
  const isAllToSay = service.why === '' || service.state === 'starting';
  if (!isAllToSay) return { text: service.why, tone: reasonTone(service) };
  return { text, tone: told.state === 'working' ? 'busy' : reasonTone(service) };
}

/** Whether somebody has to look at it: the reason says more than that all goes its way. */
export function isTrouble({ tone, text }: Reason): boolean {
  return text !== '' && (tone === 'warn' || tone === 'fail');
}

/** What is on its way is no trouble, and what has ended is over. */
function reasonTone(service: ServiceView): ScreenTone {
  const { tone } = serviceLabel(service);
  return tone === 'ok' ? 'muted' : tone;
}

function waitingReason(service: ServiceView, services: readonly ServiceView[]): Reason {
  const first = firstCauses(causeOf(services, service)).filter(({ service: name }) => name !== service.name);
  const [cause, ...others] = first;
  const tone: ScreenTone = service.isStuck ? 'warn' : 'busy';
  if (cause === undefined) return { text: service.why, tone };
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  const held = cause.port === null ? '' : `: port ${cause.port.port} is taken`;
  return { text: `${cause.service} ${cause.reason}${held}${more}`, tone };
}

function firstCauses(cause: Cause): readonly Cause[] {
  return cause.causes.length === 0 ? [cause] : cause.causes.flatMap(firstCauses);
}
