// What client and supervisor say to each other: frames as in frames.ts over a private Unix socket.
// A client says hello, and may send its first request right behind; the answer is a welcome or a refusal.
// Then come requests with their answers, in any order, and the events of a session that was subscribed to.
// Frozen for all versions: `hello`, `refused`, and the request `shutdown` with its answer, so that every
// devdeck can end the session of every other one. For anything else that changes, PROTOCOL is raised.
// Guards are written by hand: a schema library takes longer to load than `./dev status` may take.

import { ACTOR_VIAS, type ClientClaim } from '../core/model/actor.ts';
import type { SessionRole } from '../core/model/vocabulary.ts';
import { type ErrorCode, type ExitCode, DevError, EXIT, messageOf } from '../errors.ts';
import { systemFailure } from '../system-error.ts';
import type { ServiceName } from '../core/model/project.ts';
import type { SessionEvent, StartOptions, TerminalEvent } from '../core/session/session.ts';

export const PROTOCOL = 1;
export const MAX_CLIENT_FRAME_BYTES = 256 * 1024;
/**
 * More than the views of a thousand services take: 8 Mi characters of what others say (publisher.ts), and what the config
 * says, whose text is bounded as well (config/parse.ts).
 */
export const MAX_SERVER_FRAME_BYTES = 64 * 1024 * 1024;
const LONGEST_CLAIM = 60;
/** How long a client waits for a sign of life, and a server for a hello: a command ends within 5 s, its own start included. */
export const ANSWER_LIMIT_MS = 4_000;

/** The first frame of a client, as `{hello}`. */
export interface Hello {
  readonly protocol: number;
  readonly version: string;
  readonly role: SessionRole;
  /** Absent in the hello of an earlier version. */
  readonly client?: ClientClaim;
}

export interface Welcome {
  readonly protocol: number;
  readonly version: string;
  readonly pid: number;
}

export interface Request {
  readonly id: number;
  readonly method: string;
  /** The arguments of the Session method; null stands for one that was left out. */
  readonly params: readonly unknown[];
}

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly exitCode: number;
}

/** What a supervisor is started with, as JSON in its first argument. It inherits the caller's environment. */
export interface LaunchRequest {
  readonly root: string;
  readonly configFile?: string;
  readonly role: SessionRole;
  readonly columns: number;
  readonly rows: number;
  readonly client?: ClientClaim;
  readonly start?: { readonly names: readonly ServiceName[]; readonly options: StartOptions };
}

/** What a supervisor says on descriptor 3, once, as one line of JSON. */
export type LaunchAnswer =
  | {
      readonly ready: true;
      /** What a person should know about the start, as one sentence. */
      readonly notice?: string;
    }
  /** Another supervisor holds the project; this one ends. */
  | { readonly joined: true }
  | { readonly error: WireError };

export type ServerFrame =
  | { readonly welcome: Welcome }
  | { readonly refused: WireError }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: WireError }
  | { readonly event: SessionEvent }
  /** Of the terminal that the client opened under this number. */
  | { readonly terminal: number; readonly said: WireTerminalEvent };

/** As TerminalEvent, with bytes in base64: JSON has no other place for them. */
export type WireTerminalEvent =
  | Exclude<TerminalEvent, { readonly type: 'output' }>
  | { readonly type: 'output'; readonly base64: string };

/** Undefined when `value` is not a hello of any version. */
export function parseHello(value: unknown): Hello | undefined {
  const hello = isRecord(value) ? value['hello'] : undefined;
  if (!isRecord(hello)) return undefined;
  const { protocol, version, role } = hello;
  if (!isInteger(protocol) || typeof version !== 'string' || version.length > 100) return undefined;
  if (role !== 'screen' && role !== 'stream' && role !== 'command') return undefined;
  const client = parseClaim(hello['client']);
  return { protocol, version, role, ...(client === undefined ? {} : { client }) };
}

/** Undefined for an invalid value: the client then counts as one that sends none. */
function parseClaim(value: unknown): ClientClaim | undefined {
  if (!isRecord(value)) return undefined;
  const { pid, hasTerminal } = value;
  const via = ACTOR_VIAS.find((known) => known === value['via']);
  if (!isInteger(pid) || pid < 1 || via === undefined || typeof hasTerminal !== 'boolean') return undefined;
  const texts = Object.fromEntries(
    (['name', 'version', 'marker'] as const).flatMap((key) => {
      const said = value[key];
      return typeof said === 'string' && said !== '' ? [[key, said.slice(0, LONGEST_CLAIM)]] : [];
    }),
  );
  return { pid, via, hasTerminal, ...texts };
}

/** Undefined when `value` is not a request; whether the method exists is for the answer to say. */
export function parseRequest(value: unknown): Request | undefined {
  if (!isRecord(value)) return undefined;
  const { id, method, params } = value;
  if (!isInteger(id) || typeof method !== 'string' || !Array.isArray(params)) return undefined;
  return { id, method, params };
}

/** Undefined for a frame of a kind we do not know: a later version may send more, and it is skipped. */
export function parseServerFrame(value: unknown): ServerFrame | undefined {
  if (!isRecord(value)) return undefined;
  const { welcome, refused, event, id, error, terminal, said } = value;
  if (isRecord(welcome)) {
    const { protocol, version, pid } = welcome;
    const isWelcome = isInteger(protocol) && typeof version === 'string' && isInteger(pid);
    return isWelcome ? { welcome: { protocol, version, pid } } : undefined;
  }
  if (isWireError(refused)) return { refused };
  if (isRecord(event)) return isKnownEvent(event) ? { event } : undefined;
  if (isInteger(terminal)) return isTerminalEvent(said) ? { terminal, said } : undefined;
  if (!isInteger(id)) return undefined;
  if (isWireError(error)) return { id, error };
  return { id, result: value['result'] };
}

/** An expected failure as it is; anything else as the bug that it is, without its stack. */
export function toWireError(error: unknown): WireError {
  const expected = error instanceof DevError ? error : systemFailure(error);
  if (expected !== undefined) {
    const { code, message, hint = null, exitCode } = expected;
    return { code, message, hint, exitCode };
  }
  const message = messageOf(error);
  return { code: 'internal', message: `A bug in the supervisor: ${message}`, hint: null, exitCode: EXIT.bug };
}

export function fromWireError(error: WireError): DevError {
  const exitCode = Object.values(EXIT).find((code) => code === error.exitCode) ?? EXIT.bug;
  return new DevError({
    code: error.code as ErrorCode,
    exitCode: exitCode satisfies ExitCode,
    message: error.message,
    ...(error.hint === null ? {} : { hint: error.hint }),
  });
}

export function isWireError(value: unknown): value is WireError {
  return (
    isRecord(value) &&
    typeof value['code'] === 'string' &&
    typeof value['message'] === 'string' &&
    (value['hint'] === null || typeof value['hint'] === 'string') &&
    isInteger(value['exitCode'])
  );
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isKnownEvent(event: Readonly<Record<string, unknown>>): event is SessionEvent & Record<string, unknown> {
  switch (event['type']) {
    case 'services':
      return Array.isArray(event['services']) && isRecord(event['session']);
    case 'logs':
      return isRecord(event['next']);
    case 'ended':
      return event['report'] === null || isRecord(event['report']);
    default:
      return false;
  }
}

function isTerminalEvent(value: unknown): value is WireTerminalEvent {
  if (!isRecord(value)) return false;
  switch (value['type']) {
    case 'opened':
      return typeof value['screen'] === 'string' && typeof value['isRunning'] === 'boolean';
    case 'output':
      return typeof value['base64'] === 'string';
    case 'skipped':
      return isInteger(value['bytes']);
    case 'runBegan':
    case 'runEnded':
      return true;
    default:
      return false;
  }
}
