// A system without processes: time moves when the test says so, children live in a map, ports are taken by decree.

import type { EnvFile } from '../../src/core/env/env-file.ts';
import { commandText } from '../../src/core/model/project.ts';
import { withRemembered, type RememberedChoice } from '../../src/core/ports/remembered-choice.ts';
import type { OwnerCard, Obstacle } from '../../src/core/model/port-owner.ts';
import { DevError, EXIT } from '../../src/errors.ts';
import type { ContainerEngine } from '../../src/system/container-engine.ts';
import type {
  LogFile,
  StoredLog,
  ProbeResult,
  SpawnHandlers,
  SpawnRequest,
  System,
  TreeRoot,
} from '../../src/system/system.ts';

export interface FakeChild {
  readonly pid: number;
  readonly request: SpawnRequest;
  readonly handlers: SpawnHandlers;
  readonly signals: string[];
  typed: string;
  /** Of its terminal: "80x24". */
  readonly sizes: string[];
  isAlive: boolean;
  /** Ports on which it is seen to listen. */
  listensOn: number[];
}

export class FakeSystem implements System {
  readonly children: FakeChild[] = [];
  readonly takenPorts = new Map<number, OwnerCard[]>();
  readonly obstacles = new Map<number, Obstacle[]>();
  /** What the tree of each service has used. */
  cpuMs = 0;
  readonly probeAnswers = new Map<number, ProbeResult>();
  readonly logs = new Map<string, string[]>();
  /** What the disk does to the log of a service. */
  readonly logProblems = new Map<string, string>();
  readonly texts = new Map<string, string>();
  /** What a child does when it gets a signal; by default it ends. */
  onSignal: (child: FakeChild, signal: string) => void = (child, signal) => this.end(child, null, signal);
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  readonly clock: System['clock'] = {
    nowMs: () => this.#nowMs,
    wallMs: () => Date.UTC(2026, 0, 1) + this.#nowMs,
    after: (delayMs, callback) => {
      this.#timers.push({ atMs: this.#nowMs + delayMs, callback });
    },
  };

  readonly processes: System['processes'] = {
    spawn: (request, handlers) => {
      const child: FakeChild = {
        pid: 1_001 + this.children.length,
        request,
        handlers,
        signals: [],
        typed: '',
        sizes: [],
        isAlive: true,
        listensOn: [],
      };
      this.children.push(child);
      return {
        identity: { pid: child.pid, startTicks: child.pid },
        write: (bytes) => {
          child.typed += Buffer.from(bytes).toString();
        },
        resize: (columns, rows) => void child.sizes.push(`${columns}x${rows}`),
      };
    },
    isAlive: ({ pid }) =>
      this.#childOf(pid)?.isAlive === true ||
      [...this.takenPorts.values()].some((owners) => owners.some((owner) => owner.pid === pid)),
    members: (root) => this.#members(root).map(({ pid }) => ({ pid, startTicks: pid, name: 'fake' })),
    isGone: (root) => this.#members(root).length === 0,
    signalNewcomers: () => undefined,
    signal: (root, signal) => {
      const members = this.#members(root);
      for (const child of members) {
        child.signals.push(signal);
        this.onSignal(child, signal);
      }
      return members.length;
    },
    sample: (roots) =>
      roots.map((root) => ({
        pids: this.#members(root).map(({ pid }) => pid),
        cpuPercent: 1.5,
        cpuMs: this.cpuMs,
        rssBytes: 1_000_000,
        threads: 1,
        connections: 0,
        holders: [],
        strangers: [],
        listening: this.#members(root).flatMap((child) =>
          child.listensOn.map((port) => ({ address: '127.0.0.1', port, pid: child.pid })),
        ),
      })),
    describe: async (root) =>
      this.#members(root).map(({ request }) => ({ argv: [commandText(request.command)], cwd: request.cwd })),
    inspect: (root) =>
      this.#members(root).map(({ pid, request }) => ({
        pid,
        startTicks: pid,
        ppid: 1,
        name: 'fake',
        command: commandText(request.command),
        cpuPercent: 1.5,
        rssBytes: 1_000_000,
        threads: 1,
      })),
  };

  readonly ports: System['ports'] = {
    use: async (port) => {
      const owners = this.takenPorts.get(port) ?? [];
      return { port, addresses: this.takenPorts.has(port) ? ['127.0.0.1'] : [], owners };
    },
    examine: async (port, context) => ({
      ...(await this.ports.use(port, context)),
      obstacles: this.obstacles.get(port) ?? [],
    }),
    isListening: (port) => this.takenPorts.has(port),
    candidates: (wanted, { to }) => Array.from({ length: to - wanted + 1 }, (_, index) => wanted + index),
    isFree: async (port) => !this.takenPorts.has(port),
    nextFree: async (wanted, _range, taken) => {
      let port = wanted;
      while (taken.has(port) || this.takenPorts.has(port)) port += 1;
      return port;
    },
    kill: async (port, owners, { onStep }) => {
      onStep?.({ step: 'terminating', pids: owners.map(({ pid }) => pid), remainingMs: 5_000 });
      this.takenPorts.delete(port);
      return { freed: true, message: `port ${port} is free`, signalled: [] };
    },
    stopContainer: async (port, { name }, { onStep } = {}) => {
      onStep?.({ step: 'stopping container', name, remainingMs: 10_000 });
      this.takenPorts.delete(port);
      return { freed: true, message: `Container ${name} has stopped. Port ${port} is free.`, signalled: [] };
    },
  };

  readonly probes: System['probes'] = {
    attempt: async ({ port }) =>
      this.probeAnswers.get(port ?? 0) ?? { ok: true, latencyMs: 2, message: '200 OK', components: [] },
  };

  readonly logFiles: System['logFiles'] = {
    pathOf: (service) => `/logs/${service}.log`,
    open: (service, _spec, { onLines }) => this.#openLog(service, onLines),
  };
  /** What is watched, to be told by the test of a change. */
  readonly watches: Parameters<System['fileWatch']['watch']>[0][] = [];
  readonly fileWatch: System['fileWatch'] = {
    watch: (options) => {
      this.watches.push(options);
      return () => {};
    },
  };
  /** Paths that are named pipes, and what somebody writes into them once they are read; undefined for nobody. */
  readonly pipes = new Map<string, string | undefined>();
  /** Whether nothing is heard from a pipe, not even that nobody writes. */
  isPipeSlow = false;
  readonly #pipeTexts = new Map<string, EnvFile>();
  readonly files: System['files'] = {
    read: (path) => this.texts.get(path),
    readEnvFile: (path) => {
      if (this.pipes.has(path)) return this.#pipeTexts.get(path) ?? { kind: 'pipe' };
      const text = this.texts.get(path);
      return text === undefined ? { kind: 'none' } : { kind: 'text', text };
    },
    readPipe: async (path) => {
      if (this.isPipeSlow) await new Promise(() => {});
      const text = this.pipes.get(path);
      const got: EnvFile =
        text === undefined ? { kind: 'unusable', why: 'is silent', hint: 'write' } : { kind: 'text', text };
      this.#pipeTexts.set(path, got);
      return text === undefined ? 'failed' : 'read';
    },
    isPipe: (path) => this.pipes.has(path),
  };
  /** What this session told; not to be confused with what the others did, in `portsOfOthers`. */
  readonly announced = { isEntered: false, inForce: new Map<string, number>(), kept: new Map<string, number>() };
  readonly portsOfOthers = new Map<number, { readonly service: string; readonly root: string }>();
  /** Another process keeps the ledger to itself. */
  isLedgerLocked = false;
  readonly ledger: System['ledger'] = {
    enter: async () => {
      if (this.isLedgerLocked) return false;
      this.announced.isEntered = true;
      return true;
    },
    leave: async () => {
      this.announced.isEntered = false;
      this.announced.inForce.clear();
    },
    find: async (service) => this.announced.kept.get(service),
    taken: async () => new Set(this.portsOfOthers.keys()),
    holderOf: async (port) => this.portsOfOthers.get(port),
    claim: async (service, candidates, isFree) => {
      for (const port of candidates) {
        if (this.portsOfOthers.has(port) || !(await isFree(port))) continue;
        this.announced.kept.set(service, port);
        this.announced.inForce.set(service, port);
        return port;
      }
      return undefined;
    },
    hold: async (service, port) => {
      if (!this.isLedgerLocked) this.announced.inForce.set(service, port);
      return !this.isLedgerLocked;
    },
    release: async (service) => {
      if (!this.isLedgerLocked) this.announced.inForce.delete(service);
      return !this.isLedgerLocked;
    },
  };
  /** The container engine; without one, none answers. */
  engine: ContainerEngine | undefined;
  readonly containers: System['containers'] = {
    connect: async () => {
      if (this.engine !== undefined) return this.engine;
      const message = 'there is no container engine';
      throw new DevError({ code: 'engine_unavailable', exitCode: EXIT.notReady, message, hint: 'install Docker' });
    },
  };
  remembered: readonly RememberedChoice[] = [];
  readonly choices: System['choices'] = {
    list: () => this.remembered,
    remember: (choice) => {
      this.remembered = withRemembered(this.remembered, choice);
    },
    forget: () => [],
  };
  /** What ran beside the services, in order. */
  readonly shortCommandLines: string[] = [];
  /** Command lines that end with code 1, and what they write. */
  readonly failingCommands = new Map<string, string>();
  readonly shortCommands: System['shortCommands'] = {
    run: async ({ command, onData }) => {
      const line = commandText(command);
      this.shortCommandLines.push(line);
      const failure = this.failingCommands.get(line);
      if (failure === undefined) return { ok: true, message: 'exited with code 0' };
      onData(Buffer.from(failure));
      return { ok: false, message: 'exited with code 1' };
    },
  };

  /** How often the machine would have been woken: instants at which timers fired. */
  wakeUps = 0;

  /** Lets time pass; timers fire in order, and what they promise happens in between. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    for (;;) {
      await new Promise(setImmediate);
      const next = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      if (next.atMs > this.#nowMs) this.wakeUps += 1;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = untilMs;
  }

  child(service: string): FakeChild {
    const found = this.children.findLast(({ request }) => request.env['DEV_SERVICE'] === service);
    if (found === undefined) throw new Error(`${service} was never spawned`);
    return found;
  }

  end(child: FakeChild, code: number | null, signal: string | null = null): void {
    if (!child.isAlive) return;
    child.isAlive = false;
    child.handlers.onExit({ code, signal });
  }

  #childOf(pid: number): FakeChild | undefined {
    return this.children.find((child) => child.pid === pid);
  }

  #members(root: TreeRoot): FakeChild[] {
    return this.children.filter((child) => child.pid === root.leader.pid && child.isAlive);
  }

  #openLog(service: string, onLines: () => void): StoredLog {
    const lines: string[] = [];
    const problems = this.logProblems;
    this.logs.set(service, lines);
    /** A line without an end. */
    let open = '';
    let listener: Parameters<LogFile['watchLines']>[0] = null;
    const times: number[] = [];
    const add = (line: string): void => {
      lines.push(line);
      times.push(this.clock.wallMs());
      listener?.(Buffer.from(line), { seq: lines.length - 1, timeMs: times.at(-1) ?? 0, continues: false });
      onLines();
    };
    return {
      path: this.logFiles.pathOf(service),
      append: (bytes) => {
        const pieces = (open + bytes.toString()).split('\n');
        open = pieces.pop() ?? '';
        pieces.filter(Boolean).forEach(add);
        if (open !== '') onLines();
      },
      endLine: () => {
        if (open !== '') add(open);
        open = '';
      },
      note: add,
      get next() {
        return lines.length;
      },
      first: () => 0,
      read: (from, count) =>
        lines
          .map((text, seq): ReturnType<LogFile['read']>[number] => ({ seq, timeMs: times[seq] ?? 0, text }))
          .slice(Math.max(0, from), Math.max(0, from + count))
          .concat(
            open === '' || from + count <= lines.length
              ? []
              : [{ seq: lines.length, timeMs: this.clock.wallMs(), text: open, partial: true }],
          ),
      watchLines: (next) => {
        listener = next;
      },
      rememberFold: () => {},
      foldedBefore: () => undefined,
      setLimits: () => {},
      get problem() {
        return problems.get(service) ?? null;
      },
      close: () => {},
    };
  }
}
