// The methods of Session that are one request with one answer. Client, server and the fake of the tests are made from
// this list. The other methods need the connection: `subscribe`, `close`, and terminals.

import type { Session } from './session.ts';

const SESSION_REQUESTS = [
  'snapshot',
  'start',
  'stop',
  'restart',
  'takeEnvironment',
  'environmentOf',
  'resolveConflict',
  'readLogs',
  'searchLogs',
  'probe',
  'inspectPort',
  'findHeldPorts',
  'removeContainers',
  'inspectService',
  'readUsage',
  'syncHistory',
  'readTallies',
  'readFacts',
  'readStartup',
  'typeAnswer',
  'reloadConfig',
  'shutdown',
  'clients',
  'requestPermission',
  'answerRequest',
  'lockService',
  'unlockService',
  'detach',
  'resize',
] as const satisfies readonly (keyof Session)[];

export type SessionRequest = (typeof SESSION_REQUESTS)[number];
export type SessionRequests = Pick<Session, SessionRequest>;

/** These methods of a Session, each by `send` with its arguments. `send` vouches for the type of the answer. */
export function sessionRequests(
  send: (method: SessionRequest, params: readonly unknown[]) => Promise<unknown>,
): SessionRequests {
  const methods = SESSION_REQUESTS.map((method) => [
    method,
    async (...params: readonly unknown[]): Promise<unknown> => send(method, params),
  ]);
  return Object.fromEntries(methods) as SessionRequests;
}
