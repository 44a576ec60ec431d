// The methods of Session that are one request with one answer. Client, server and the fake of the tests are made from
// this list. The other methods need the connection: `subscribe`, `close`, and terminals.

import type { Session } from './session.ts';

/** They need the connection. */
type WithConnection = 'subscribe' | 'close' | 'openTerminal';

/**
 * The rights of each request: `everybody` looks, or changes nothing for others; `guarded` has a method in the guard of
 * the supervisor (`supervisor/actors/guard`), which refuses agents and keeps leases.
 */
const SESSION_REQUESTS = {
  snapshot: 'everybody',
  start: 'guarded',
  stop: 'guarded',
  restart: 'guarded',
  takeEnvironment: 'guarded',
  environmentOf: 'guarded',
  resolveConflict: 'guarded',
  readLogs: 'everybody',
  searchLogs: 'everybody',
  probe: 'everybody',
  inspectPort: 'everybody',
  findHeldPorts: 'everybody',
  removeContainers: 'guarded',
  inspectService: 'everybody',
  readUsage: 'everybody',
  syncHistory: 'everybody',
  readTallies: 'everybody',
  readFacts: 'everybody',
  readStartup: 'everybody',
  typeAnswer: 'guarded',
  reloadConfig: 'guarded',
  shutdown: 'guarded',
  clients: 'guarded',
  requestPermission: 'guarded',
  answerRequest: 'guarded',
  lockService: 'guarded',
  unlockService: 'guarded',
  runAction: 'guarded',
  beginAction: 'guarded',
  endAction: 'guarded',
  stopAction: 'guarded',
  detach: 'everybody',
  resize: 'everybody',
} as const satisfies Record<Exclude<keyof Session, WithConnection>, 'everybody' | 'guarded'>;

export type SessionRequest = keyof typeof SESSION_REQUESTS;
export type SessionRequests = Pick<Session, SessionRequest>;

/** Requests that need more than a connection. */
export type GuardedRequest = {
  [Method in SessionRequest]: (typeof SESSION_REQUESTS)[Method] extends 'guarded' ? Method : never;
}[SessionRequest];

export const GUARDED_REQUESTS = requestNames().filter(
  (method): method is GuardedRequest => SESSION_REQUESTS[method] === 'guarded',
);

/** These methods of a Session, each by `send` with its arguments. `send` vouches for the type of the answer. */
export function sessionRequests(
  send: (method: SessionRequest, params: readonly unknown[]) => Promise<unknown>,
): SessionRequests {
  const methods = requestNames().map((method) => [
    method,
    async (...params: readonly unknown[]): Promise<unknown> => send(method, params),
  ]);
  return Object.fromEntries(methods) as SessionRequests;
}

function requestNames(): readonly SessionRequest[] {
  return Object.keys(SESSION_REQUESTS) as SessionRequest[];
}
