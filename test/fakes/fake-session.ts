// A Session without services: tests set what it shows, say what it answers, and read which calls were made.
// Every change goes through `change`, `write` or `end`, which tell the subscribers as the real one does,
// only at once instead of at most 30 times a second.

import type { ServiceName } from '../../src/core/model/project.ts';
import type { LogLine } from '../../src/core/session/log-query.ts';
import type {
  ServiceTerminal,
  Session,
  SessionEvent,
  ShutdownReport,
  TerminalEvent,
  TerminalSize,
} from '../../src/core/session/session.ts';
import type { AlertView, ServiceView, SessionSnapshot } from '../../src/core/session/snapshot.ts';
import { sessionRequests, type SessionRequest, type SessionRequests } from '../../src/core/session/session-requests.ts';
import { searchLog } from '../../src/supervisor/output/log-search.ts';

export type SessionMethod = keyof Session;

export interface SessionCall {
  readonly method: SessionMethod;
  readonly args: readonly unknown[];
}

/** A terminal that somebody opened: what was done with it, and `say` to speak as the service. */
export interface FakeTerminal {
  readonly service: ServiceName;
  typed: string;
  readonly sizes: TerminalSize[];
  isClosed: boolean;
  say(event: TerminalEvent): void;
}

export function alertView(alert: Pick<AlertView, 'kind' | 'message' | 'since'>): AlertView {
  return { severity: 'warning', value: null, limit: null, ...alert };
}

/** A service that is ready, except for what `overrides` says. */
export function serviceView(overrides: Partial<ServiceView> & { readonly name: ServiceName }): ServiceView {
  return {
    state: 'ready',
    ready: true,
    wanted: true,
    external: false,
    pid: 4242,
    container: null,
    pids: [4242],
    port: null,
    wantedPort: null,
    ports: [],
    listening: [],
    secondListener: null,
    isStuck: false,
    url: null,
    address: typeof overrides.port === 'number' ? `localhost:${overrides.port}` : null,
    cpuPercent: 0,
    rssBytes: 0,
    threads: 1,
    connections: 0,
    health: null,
    restarts: 0,
    startedAt: '2026-01-02T03:04:05.000Z',
    readyAt: '2026-01-02T03:04:06.000Z',
    exit: null,
    probes: [],
    insights: [],
    question: null,
    alerts: [],
    lastLines: [],
    logFile: `/shop/.devdeck/logs/${overrides.name}.log`,
    why: '',
    run: 1,
    dueAt: null,
    conflict: null,
    dependsOn: [],
    command: `run-${overrides.name}`,
    cwd: '/shop',
    tty: true,
    ...overrides,
  };
}

type SendRequest = Parameters<typeof sessionRequests>[0];

/** The requests of a Session as methods that hand over to one function. */
const Requests = function Requests(this: object, send: SendRequest) {
  Object.assign(this, sessionRequests(send));
} as unknown as new (send: SendRequest) => SessionRequests;

export class FakeSession extends Requests implements Session {
  /** Every call but `snapshot` and `subscribe`, in order. */
  readonly calls: SessionCall[] = [];
  readonly terminals: FakeTerminal[] = [];
  closed = false;
  private current: SessionSnapshot;
  private readonly listeners = new Set<(event: SessionEvent) => void>();
  private readonly lines = new Map<ServiceName, LogLine[]>();
  private readonly answers = new Map<SessionMethod, (...args: never[]) => unknown>();

  constructor(
    options: {
      readonly services?: readonly ServiceView[];
      readonly project?: SessionSnapshot['project'];
      readonly session?: Partial<SessionSnapshot['session']>;
    } = {},
  ) {
    super((method, args) => this.request(method, args));
    this.current = {
      project: options.project ?? { name: 'shop', root: '/shop' },
      session: {
        running: true,
        pid: 4000,
        startedAt: '2026-01-02T03:04:00.000Z',
        version: '0.0.0-test',
        ending: false,
        ...options.session,
      },
      services: options.services ?? [],
    };
  }

  /** Replaces the answer of one method, for all later calls. It may throw, or never resolve. */
  answer<Method extends SessionMethod>(method: Method, reply: Session[Method]): void {
    this.answers.set(method, reply);
  }

  /** Changes services by name (an unknown name is a new service) and, if given, the session's own facts. */
  change(
    services: readonly (Partial<ServiceView> & { readonly name: ServiceName })[],
    session: Partial<SessionSnapshot['session']> = {},
  ): void {
    const views = new Map(this.current.services.map((view) => [view.name, view]));
    for (const change of services) {
      const before = views.get(change.name);
      views.set(change.name, before === undefined ? serviceView(change) : { ...before, ...change });
    }
    this.current = {
      ...this.current,
      session: { ...this.current.session, ...session },
      services: [...views.values()],
    };
    const changed = new Set(services.map((change) => change.name));
    this.emit({
      type: 'services',
      services: this.current.services.filter((view) => changed.has(view.name)),
      session: this.current.session,
    });
  }

  /** The config on disk is the one in force again. */
  dropConfigNews(): void {
    const { config: _, ...session } = this.current.session;
    this.current = { ...this.current, session };
    this.change([]);
  }

  /** Services leave, as after a change of the config. */
  remove(...names: readonly ServiceName[]): void {
    const services = this.current.services.filter(({ name }) => !names.includes(name));
    this.current = { ...this.current, services };
    const { session } = this.current;
    this.emit({ type: 'services', services: [], session, names: services.map(({ name }) => name) });
  }

  /** Lines of output, one second apart. */
  write(service: ServiceName, ...texts: readonly string[]): void {
    const lines = this.lines.get(service) ?? [];
    this.lines.set(service, lines);
    for (const text of texts) {
      const seq = lines.length;
      lines.push({ seq, time: new Date(Date.UTC(2026, 0, 2, 3, 4, 5 + seq)).toISOString(), text });
    }
    this.emit({ type: 'logs', next: { [service]: lines.length } });
  }

  /** The session is over, as after a shutdown or (null) the death of its supervisor. */
  end(report: ShutdownReport | null): void {
    this.emit({ type: 'ended', report });
    this.listeners.clear();
  }

  emit(event: SessionEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  get subscribers(): number {
    return this.listeners.size;
  }

  callsOf(method: SessionMethod): readonly (readonly unknown[])[] {
    return this.calls.filter((call) => call.method === method).map((call) => call.args);
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  openTerminal(
    service: ServiceName,
    size: TerminalSize,
    listener: (event: TerminalEvent) => void,
  ): Promise<ServiceTerminal> {
    return this.call('openTerminal', [service, size], async () => {
      const terminal: FakeTerminal = { service, typed: '', sizes: [size], isClosed: false, say: listener };
      this.terminals.push(terminal);
      listener({ type: 'opened', screen: '', isRunning: true });
      return {
        write: (bytes) => {
          terminal.typed += Buffer.from(bytes).toString();
        },
        resize: (next) => void terminal.sizes.push(next),
        close: () => {
          terminal.isClosed = true;
        },
      };
    });
  }

  close(): void {
    this.closed = true;
    this.listeners.clear();
  }

  /** What each request answers unless the test says otherwise. */
  private readonly usual: SessionRequests = {
    snapshot: async () => this.current,
    start: async () => undefined,
    stop: async () => undefined,
    restart: async () => undefined,
    takeEnvironment: async () => [],
    environmentOf: async (service) => ({ DEV_SERVICE: service }),
    resolveConflict: async () => undefined,
    clients: async () => [],
    requestPermission: async () => undefined,
    answerRequest: async () => undefined,
    lockService: async (_service, { why }) => ({
      holder: 'anna (command, pid 1)',
      why,
      until: '2026-01-02T03:24:05.000Z',
    }),
    unlockService: async () => undefined,
    runAction: async (action) => ({
      action,
      run: 1,
      ok: true,
      exitCode: 0,
      message: 'exited with code 0',
      durationMs: 5,
      log: `do:${action}`,
      from: 0,
      to: 0,
    }),
    beginAction: async () => ({ run: 1, command: { kind: 'argv', argv: ['true'] }, cwd: '/shop', env: {} }),
    endAction: async () => undefined,
    stopAction: async () => undefined,
    readLogs: async ({ service, from: wanted, count }) => {
      const lines = this.lines.get(service) ?? [];
      const from = Math.max(0, wanted);
      return { service, lines: lines.slice(from, Math.max(from, wanted + count)), first: 0, next: lines.length };
    },
    /** Like the real one, a stretch of lines at a time. */
    searchLogs: async (search) => {
      const all = this.lines.get(search.service) ?? [];
      const file = {
        next: all.length,
        first: () => 0,
        read: (from: number, count: number) =>
          all
            .slice(Math.max(0, from), Math.max(0, from + count))
            .map(({ seq, time, text }) => ({ seq, timeMs: Date.parse(time), text })),
      };
      return searchLog(file, search, { nowMs: () => 0 }, { stretchLines: 100 });
    },
    probe: async (names) =>
      this.current.services
        .filter((view) => names.length === 0 || names.includes(view.name))
        .map((view) => ({ service: view.name, health: view.health, message: view.health?.message ?? 'no probe' })),
    inspectPort: async (port) => ({ port, owners: [], inUse: false, addresses: [], container: null }),
    findHeldPorts: async () => [],
    removeContainers: async () => undefined,
    /** A leader with as many children as it has other pids. */
    inspectService: async (service) => {
      const view = this.current.services.find(({ name }) => name === service);
      const pids = view?.pids ?? [];
      const processes = pids.map((pid, index) => ({
        pid,
        ppid: index === 0 ? 1 : (pids[0] ?? 1),
        name: service,
        command: index === 0 ? (view?.command ?? service) : `${service} worker ${index}`,
        cpuPercent: 1.5,
        rssBytes: 10 * 1024 * 1024,
        threads: 2,
        depth: index === 0 ? 0 : 1,
      }));
      return { service, processes, exits: [], environment: [] };
    },
    readUsage: async () => ({ everyMs: 2000, cpuPercent: [], rssBytes: [] }),
    syncHistory: async () => undefined,
    readTallies: async () => ({
      services: {},
      conflicts: { killed: 0, rerouted: 0, reused: 0, retried: 0, skipped: 0, failed: 0 },
    }),
    readFacts: async () => ({ facts: [], next: 0 }),
    readStartup: async () => undefined,
    typeAnswer: async () => undefined,
    reloadConfig: async () => ({ changes: [], isApplied: false }),
    shutdown: async () => ({ leftovers: [] }),
    detach: async () => undefined,
    resize: async () => undefined,
  };

  private async request(method: SessionRequest, args: readonly unknown[]): Promise<unknown> {
    const usual = this.usual[method] as (...given: readonly unknown[]) => Promise<unknown>;
    const answer = await this.call(method, args, () => usual(...args));
    if (method === 'shutdown') this.end(answer as ShutdownReport);
    return answer;
  }

  private async call<Result>(
    method: SessionMethod,
    args: readonly unknown[],
    usual: () => Promise<Result>,
  ): Promise<Result> {
    if (method !== 'snapshot') this.calls.push({ method, args: args.filter((arg) => arg !== undefined) });
    const reply = this.answers.get(method) as ((...given: readonly unknown[]) => Promise<Result>) | undefined;
    return await (reply === undefined ? usual() : reply(...args));
  }
}
