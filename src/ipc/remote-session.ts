// The Session of a client: every call is a request to the supervisor, every event comes from there.
// Events reach the listeners as they come; when the connection breaks, they hear that the session ended without a report.

import type { PortReport } from '../core/model/port-facts.ts';
import type { ServiceName } from '../core/model/project.ts';
import type {
  ConflictDecision,
  HeldPort,
  LogFindings,
  LogLine,
  LogQuery,
  LogSearch,
  LogWindow,
  ProbeReport,
  ReloadReport,
  ServiceInspection,
  ServiceTerminal,
  Session,
  SessionEvent,
  ShutdownReport,
  StartOptions,
  TerminalEvent,
  TerminalSize,
  UsageHistory,
} from '../core/model/session.ts';
import type { SessionSnapshot } from '../core/model/snapshot.ts';
import { type Connection, type ConnectOptions, openConnection } from './client.ts';
import type { Welcome, WireTerminalEvent } from './protocol.ts';

/** In base64 and a frame this stays far below what the server takes. */
const MAX_TYPED_BYTES = 64 * 1024;

/**
 * The session behind the socket, or undefined when nobody listens. Does not wait for the hello to be answered, so that a
 * command costs one round trip; whoever wants to wait awaits `welcome`.
 * A session of another protocol fails every call with `version_mismatch`, one that says nothing for 4 s with `session_unreachable`.
 * @throws DevError `permission` or `session_unreachable` when the socket cannot be opened
 */
export async function connectSession(options: ConnectOptions): Promise<RemoteSession | undefined> {
  const connection = await openConnection(options);
  return connection === undefined ? undefined : new RemoteSession(connection);
}

export class RemoteSession implements Session {
  private readonly connection: Connection;
  private readonly listeners = new Set<(event: SessionEvent) => void>();
  private readonly terminals = new Map<number, (event: TerminalEvent) => void>();
  private terminalsOpened = 0;
  private isSubscribed = false;
  private isEnded = false;

  constructor(connection: Connection) {
    this.connection = connection;
    connection.handle({
      onEvent: (event) => this.emit(event),
      onTerminal: (terminal, said) => this.terminals.get(terminal)?.(fromWire(said)),
      onBroken: () => this.emit({ type: 'ended', report: null }),
    });
  }

  /**
   * Resolves once the supervisor has accepted us; need not be awaited before a call.
   * @throws DevError `version_mismatch` or `session_unreachable`
   */
  get welcome(): Promise<Welcome> {
    return this.connection.welcome;
  }

  async snapshot(): Promise<SessionSnapshot> {
    return (await this.call('snapshot')) as SessionSnapshot;
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.listeners.add(listener);
    if (this.isEnded) {
      queueMicrotask(() => {
        if (this.listeners.has(listener)) listener({ type: 'ended', report: null });
      });
    } else if (!this.isSubscribed) {
      this.isSubscribed = true;
      // When it fails, the connection is broken, and the listeners are told so.
      this.call('subscribe').catch(() => undefined);
    }
    return () => this.listeners.delete(listener);
  }

  async start(names: readonly ServiceName[], options?: StartOptions): Promise<void> {
    await this.call('start', names, options);
  }

  async stop(names: readonly ServiceName[], options?: { readonly force?: boolean }): Promise<void> {
    await this.call('stop', names, options);
  }

  async restart(names: readonly ServiceName[]): Promise<void> {
    await this.call('restart', names);
  }

  async resolveConflict(service: ServiceName, decision: ConflictDecision): Promise<void> {
    await this.call('resolveConflict', service, decision);
  }

  /** A window of long lines comes in several, each asked for where the one before was cut. */
  async readLogs(query: LogQuery): Promise<LogWindow> {
    const lines: LogLine[] = [];
    for (let { from, count } = query; ;) {
      const request = await this.connection.request('readLogs', [{ ...query, from, count }]);
      const { isCut, ...window } = request as LogWindow;
      for (const line of window.lines) lines.push(line);
      const last = window.lines.at(-1);
      if (isCut !== true || last === undefined) return { ...window, lines };
      count -= last.seq + 1 - from;
      from = last.seq + 1;
    }
  }

  async searchLogs(search: LogSearch): Promise<LogFindings> {
    return (await this.call('searchLogs', search)) as LogFindings;
  }

  async probe(names: readonly ServiceName[]): Promise<readonly ProbeReport[]> {
    return (await this.call('probe', names)) as readonly ProbeReport[];
  }

  async inspectPort(port: number): Promise<PortReport> {
    return (await this.call('inspectPort', port)) as PortReport;
  }

  async findHeldPorts(names: readonly ServiceName[]): Promise<readonly HeldPort[]> {
    return (await this.call('findHeldPorts', names)) as readonly HeldPort[];
  }

  async inspectService(service: ServiceName): Promise<ServiceInspection> {
    return (await this.call('inspectService', service)) as ServiceInspection;
  }

  async readUsage(count: number): Promise<UsageHistory> {
    return (await this.call('readUsage', count)) as UsageHistory;
  }

  async typeAnswer(service: ServiceName, text: string): Promise<void> {
    await this.call('typeAnswer', service, text);
  }

  async reloadConfig(options?: { readonly dryRun?: boolean; readonly version?: number }): Promise<ReloadReport> {
    return (await this.call('reloadConfig', options)) as ReloadReport;
  }

  async shutdown(options?: { readonly force?: boolean }): Promise<ShutdownReport> {
    return (await this.call('shutdown', options)) as ShutdownReport;
  }

  async detach(): Promise<void> {
    await this.call('detach');
  }

  async resize(size: TerminalSize): Promise<void> {
    await this.call('resize', size);
  }

  async openTerminal(
    service: ServiceName,
    size: TerminalSize,
    listener: (event: TerminalEvent) => void,
  ): Promise<ServiceTerminal> {
    this.terminalsOpened += 1;
    const terminal = this.terminalsOpened;
    this.terminals.set(terminal, listener);
    // A request that fails from now on means that the connection is broken, and whoever subscribed is told so.
    const send = (method: string, ...params: readonly unknown[]): void =>
      void this.connection.request(method, [terminal, ...params]).catch(() => undefined);
    try {
      await this.connection.request('openTerminal', [terminal, service, size]);
    } catch (error) {
      this.terminals.delete(terminal);
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
        if (this.terminals.delete(terminal)) send('closeTerminal');
      },
    };
  }

  close(): void {
    this.listeners.clear();
    this.connection.close();
  }

  private async call(
    method: Exclude<keyof Session, 'readLogs' | 'close' | 'openTerminal'>,
    ...params: unknown[]
  ): Promise<unknown> {
    return this.connection.request(method, params);
  }

  private emit(event: SessionEvent): void {
    if (this.isEnded) return;
    this.isEnded = event.type === 'ended';
    for (const listener of this.listeners) listener(event);
  }
}

function fromWire(said: WireTerminalEvent): TerminalEvent {
  return said.type === 'output' ? { type: 'output', bytes: Buffer.from(said.base64, 'base64') } : said;
}
