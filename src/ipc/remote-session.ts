// The Session of a client: every call is a request to the supervisor, every event comes from there.
// Events reach the listeners as they come; when the connection breaks, they hear that the session ended without a report.

import type { ServiceName } from '../core/model/project.ts';
import type { LogLine, LogQuery, LogWindow } from '../core/session/log-query.ts';
import type { ServiceTerminal, Session, SessionEvent, TerminalEvent, TerminalSize } from '../core/session/session.ts';
import { type Connection, type ConnectOptions, openConnection } from './client.ts';
import type { Welcome, WireTerminalEvent } from './protocol.ts';
import { sessionRequests } from '../core/session/session-requests.ts';

/** In base64 and a frame this stays far below what the server takes. */
const MAX_TYPED_BYTES = 64 * 1024;

/**
 * The session behind the socket, or undefined without a listener. Does not wait for the answer to the hello, so that a
 * command costs one round trip; `welcome` can be awaited.
 * A session of another protocol fails every call with `version_mismatch`, one that says nothing for 4 s with `session_unreachable`.
 * @throws DevError `permission` or `session_unreachable` when the socket cannot be opened
 */
export async function connectSession(options: ConnectOptions): Promise<RemoteSession | undefined> {
  const connection = await openConnection(options);
  return connection === undefined ? undefined : remoteSession(connection);
}

export interface RemoteSession extends Session {
  /**
   * Resolves once the supervisor has accepted us; need not be awaited before a call.
   * @throws DevError `version_mismatch` or `session_unreachable`
   */
  readonly welcome: Promise<Welcome>;
}

function remoteSession(connection: Connection): RemoteSession {
  // In JSON null stands for undefined: no request is answered with null.
  const requests = sessionRequests(async (method, params) => (await connection.request(method, params)) ?? undefined);
  const events = createEvents(connection);
  const terminals = createTerminals(connection);
  connection.handle({
    onEvent: events.emit,
    onTerminal: terminals.say,
    onBroken: () => events.emit({ type: 'ended', report: null }),
  });
  return {
    ...requests,
    get welcome() {
      return connection.welcome;
    },
    readLogs: async (query) => readWindow(query, requests.readLogs),
    subscribe: events.subscribe,
    openTerminal: terminals.open,
    close() {
      events.clear();
      connection.close();
    },
  };
}

/** A window of long lines comes in several, each asked for where the one before was cut. */
async function readWindow(query: LogQuery, read: Session['readLogs']): Promise<LogWindow> {
  const lines: LogLine[] = [];
  for (let { from, count } = query; ;) {
    const { isCut, ...window } = await read({ ...query, from, count });
    for (const line of window.lines) lines.push(line);
    const last = window.lines.at(-1);
    if (isCut !== true || last === undefined) return { ...window, lines };
    count -= last.seq + 1 - from;
    from = last.seq + 1;
  }
}

function createEvents(connection: Connection): {
  readonly emit: (event: SessionEvent) => void;
  readonly subscribe: Session['subscribe'];
  readonly clear: () => void;
} {
  const listeners = new Set<(event: SessionEvent) => void>();
  let isSubscribed = false;
  let isEnded = false;
  return {
    emit(event) {
      if (isEnded) return;
      isEnded = event.type === 'ended';
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      if (isEnded) {
        queueMicrotask(() => {
          if (listeners.has(listener)) listener({ type: 'ended', report: null });
        });
      } else if (!isSubscribed) {
        isSubscribed = true;
        // When it fails, the connection is broken, and the listeners hear of it.
        connection.request('subscribe', []).catch(() => undefined);
      }
      return () => listeners.delete(listener);
    },
    clear: () => listeners.clear(),
  };
}

function createTerminals(connection: Connection): {
  readonly say: (terminal: number, said: WireTerminalEvent) => void;
  readonly open: Session['openTerminal'];
} {
  const listeners = new Map<number, (event: TerminalEvent) => void>();
  let opened = 0;

  async function open(
    service: ServiceName,
    size: TerminalSize,
    listener: (event: TerminalEvent) => void,
  ): Promise<ServiceTerminal> {
    opened += 1;
    const terminal = opened;
    listeners.set(terminal, listener);
    // A request that fails from now on means that the connection is broken; the subscribers hear of it.
    const send = (method: string, ...params: readonly unknown[]): void =>
      void connection.request(method, [terminal, ...params]).catch(() => undefined);
    try {
      await connection.request('openTerminal', [terminal, service, size]);
    } catch (error) {
      listeners.delete(terminal);
      throw error;
    }
    return {
      write: (bytes) => {
        for (let at = 0; at < bytes.length; at += MAX_TYPED_BYTES) {
          send('writeTerminal', Buffer.from(bytes.subarray(at, at + MAX_TYPED_BYTES)).toString('base64'));
        }
      },
      resize: (next) => send('resizeTerminal', next),
      close: () => {
        if (listeners.delete(terminal)) send('closeTerminal');
      },
    };
  }

  return { say: (terminal, said) => listeners.get(terminal)?.(fromWire(said)), open };
}

function fromWire(said: WireTerminalEvent): TerminalEvent {
  return said.type === 'output' ? { type: 'output', bytes: Buffer.from(said.base64, 'base64') } : said;
}
