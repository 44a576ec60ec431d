// What runs as a service, for people: a process by its pid, a container by its name and the start of its id.

import { listeningAt } from './address.ts';
import type { ServiceView } from '../core/session/snapshot.ts';

type Body = Pick<ServiceView, 'pid' | 'container'>;

/** As the engine's own command shows ids. */
const SHORT_ID = 12;

export function isRunning({ pid, container }: Body): boolean {
  return pid !== null || container !== null;
}

/** Where a pid stands: `4242`, `shop-db 6b111393566b`; empty when nothing runs. */
export function bodyText({ pid, container }: Body): string {
  if (container !== null) return `${container.name} ${container.id.slice(0, SHORT_ID)}`;
  return pid === null ? '' : String(pid);
}

/** In a sentence: `pid 4242`, `container shop-db`; empty when nothing runs. */
export function bodyInWords({ pid, container }: Body): string {
  if (container !== null) return `container ${container.name}`;
  return pid === null ? '' : `pid ${pid}`;
}

/** `127.0.0.1:8000 (pid 4242), [::1]:8000 (pid 4242)`. */
export function listenersInWords({ listening, container }: Pick<ServiceView, 'listening' | 'container'>): string {
  const who = (pid: number): string => (container === null ? `pid ${pid}` : `container ${container.name}`);
  return listening.map((at) => `${listeningAt(at)} (${who(at.pid)})`).join(', ');
}
