// The Session of one client. Requests that anyone may make go straight to the session, the others through the guard.

import type { Session } from '../../core/session/session.ts';
import { GUARDED_REQUESTS, sessionRequests } from '../../core/session/session-requests.ts';
import { Guard, type Guarded } from './guard.ts';
import type { ActorSessionOptions } from './permits.ts';

export function actorSession(options: ActorSessionOptions): Session {
  const { inner } = options;
  const passedOn = sessionRequests((method, params) => {
    const call = inner[method] as (...given: readonly unknown[]) => Promise<unknown>;
    return call.apply(inner, [...params]);
  });
  const guard = new Guard(options);
  const guarded = Object.fromEntries(
    ([...GUARDED_REQUESTS, 'openTerminal'] as const).map((method) => {
      const call = guard[method] as (...given: readonly unknown[]) => unknown;
      return [method, call.bind(guard)];
    }),
  ) as unknown as Guarded;
  return { ...passedOn, subscribe: (listener) => inner.subscribe(listener), close: () => inner.close(), ...guarded };
}
