// A CliContext without a process around it: what was written, a clock that stands still, signals on demand.

import type { Actor } from '../../src/core/model/actor.ts';
import { Writable } from 'node:stream';
import { parseArgs } from '../../src/cli/arguments/args.ts';
import type {
  CliContext,
  EndSignal,
  Machine,
  OpenedSession,
  PortMemories,
  StartRequest,
  Terminal,
} from '../../src/cli/context/context.ts';
import { loadCommand } from '../../src/cli/dispatch.ts';
import { createOutput } from '../../src/cli/context/output.ts';
import { reportFailure } from '../../src/cli/text/render-error.ts';
import { callerMasker } from '../../src/cli/context/project-masker.ts';
import type { Project } from '../../src/core/model/project.ts';
import type { FakeSession } from '../fakes/fake-session.ts';

/** Where no file is. */
const emptyMachine: Machine = {
  files: {
    read: () => undefined,
    readEnvFile: () => ({ kind: 'none' }),
    readPipe: unexpected('pipe'),
    isPipe: () => false,
  },
  shortCommands: { run: unexpected('shortCommands') },
  lookUpCommand: unexpected('lookUpCommand'),
  unmatchedGlobs: unexpected('unmatchedGlobs'),
  containerEngine: unexpected('containerEngine'),
  readSourceTree: unexpected('readSourceTree'),
  sessionTraces: unexpected('sessionTraces'),
};

const NOW = Date.UTC(2026, 0, 2, 3, 14, 5);

export interface Script extends Partial<Omit<CliContext, 'output' | 'globals' | 'clock' | 'onSignal'>> {
  /** Who runs the command; a person unless given. */
  readonly actor?: Actor;
  /** The running session; undefined when none runs. */
  readonly running?: FakeSession;
  /** The session that is opened when none runs. */
  readonly opens?: FakeSession;
  readonly columns?: number;
  readonly services?: readonly string[];
}

export interface Run {
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exitCode: Promise<number>;
  readonly opened: readonly StartRequest[];
  signal(signal: EndSignal): void;
  /** Lets time pass: fires every timer that is due by then. */
  advance(ms: number): void;
}

/** Runs a command line against a script, as main does with the real things. */
export function runScripted(line: string, script: Script = {}): Run {
  const argv = line.split(' ').filter((word) => word !== '');
  const stdout = collect();
  const stderr = collect();
  const listeners = new Set<(signal: EndSignal) => void>();
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  const opened: StartRequest[] = [];
  let nowMs = 0;

  const size = script.columns === undefined ? undefined : { columns: script.columns, rows: 24 };
  const env = script.env ?? {};
  const output = createOutput({
    stdout: { isTerminal: false, stream: () => stdout.stream },
    stderr: { isTerminal: false, stream: () => stderr.stream },
    env,
    mayColor: !argv.includes('--no-color'),
    isQuiet: argv.includes('-q'),
    isVerbose: argv.includes('-v'),
  });
  const context = (globals: CliContext['globals']): CliContext => ({
    output,
    env,
    globals,
    version: '0.0.0-test',
    terminal: script.terminal ?? terminal(size),
    clock: {
      nowMs: () => nowMs,
      wallMs: () => NOW + nowMs,
      after: (delayMs, callback) => {
        const timer = { atMs: nowMs + delayMs, callback };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    onSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask: script.ask ?? unexpected('ask'),
    findSession: script.findSession ?? (async () => script.running),
    openSession:
      script.openSession ??
      (async (_role, start): Promise<OpenedSession> => {
        opened.push(start);
        const session = script.running ?? script.opens;
        if (session === undefined) throw new Error('the script opens no session');
        return { session, isNew: script.running === undefined };
      }),
    explainUserConfig: async () => {
      throw new Error('no user config in this test');
    },
    loadProject: script.loadProject ?? (async () => projectOf(script.services ?? [])),
    forgetProject: () => {},
    logHistory: script.logHistory ?? unexpected('logHistory'),
    sessionEvents: script.sessionEvents ?? unexpected('sessionEvents'),
    loadCommand: script.loadCommand ?? unexpected('loadCommand'),
    actAs: () => undefined,
    onInputEnd: () => undefined,
    environmentOf: script.environmentOf ?? unexpected('environmentOf'),
    runOnTerminal: script.runOnTerminal ?? unexpected('runOnTerminal'),
    knownSessions: script.knownSessions ?? unexpected('knownSessions'),
    realFolder: async (folder) => ({ path: folder, isThere: true }),
    caller: () =>
      Promise.resolve({
        actor: script.actor ?? { kind: 'person', name: 'anna', via: 'command', pid: 1 },
        key: 'anna',
        home: undefined,
      }),
    history: async () => undefined,
    openRecording: unexpected('openRecording'),
    portAccess: script.portAccess ?? unexpected('portAccess'),
    machine: script.machine ?? (async () => emptyMachine),
    portLedger: script.portLedger ?? unexpected('portLedger'),
    portMemory: script.portMemory ?? (async () => ({ problem: undefined, list: noMemories, forget: noMemories })),
    runInContainer: script.runInContainer ?? unexpected('runInContainer'),
    runForService: script.runForService ?? unexpected('runForService'),
    endHungSession: script.endHungSession ?? unexpected('endHungSession'),
    stopLostSession: script.stopLostSession ?? (async () => undefined),
    clean: script.clean ?? unexpected('clean'),
    loadScreen: script.loadScreen ?? unexpected('loadScreen'),
    loadServiceTerminal: script.loadServiceTerminal ?? unexpected('loadServiceTerminal'),
  });

  async function run(): Promise<number> {
    try {
      const { command, globals, ...request } = parseArgs(argv);
      const loaded = loadCommand(command);
      loading = loaded;
      const run = await loaded;
      return await run(context(globals), request);
    } catch (error) {
      return reportFailure(error, {
        output,
        asJson: argv.includes('--json'),
        isVerbose: argv.includes('-v'),
        mask: callerMasker(env).mask,
        writeDebugLog: () => '/state/devdeck/crash.log',
      });
    }
  }

  return {
    stdout: stdout.text,
    stderr: stderr.text,
    opened,
    exitCode: run(),
    signal: (signal) => {
      for (const listener of listeners) listener(signal);
    },
    advance: (ms) => {
      nowMs += ms;
      for (const timer of [...timers].filter(({ atMs }) => atMs <= nowMs)) {
        timers.delete(timer);
        timer.callback();
      }
    },
  };
}

export const PERSON: Terminal = { hasInput: true, hasOutput: true, size: () => ({ columns: 100, rows: 30 }) };

function terminal(size: { readonly columns: number; readonly rows: number } | undefined): Terminal {
  return { hasInput: false, hasOutput: size !== undefined, size: () => size };
}

function collect(): { readonly stream: Writable; readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString('utf8');
      done();
    },
  });
  return { stream, text: () => text };
}

function unexpected(what: string): () => never {
  return () => {
    throw new Error(`the script has no ${what}`);
  };
}

/** The code of the command that was run last. */
let loading: Promise<unknown> | undefined;

/** Lets everything that waits for nothing but promises happen. */
export async function settle(): Promise<void> {
  await loading;
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function projectOf(names: readonly string[]): Project {
  return {
    name: 'shop',
    root: '/shop',
    configFile: '/shop/.project.config',
    onHangup: 'stop',
    reload: 'ask',
    profiles: {},
    checks: [],
    secrets: [],
    services: names.map((name) => ({
      name,
      command: { kind: 'shell', line: `run-${name}` },
      cwd: '/shop',
      env: {},
      envFiles: [],
      dependsOn: [],
      watch: [],
      before: [],
      after: [],
      restart: { when: 'no', max: 10, backoffMs: 1, maxBackoffMs: 1, resetAfterMs: 1, coolDownMs: 1 },
      stop: { signal: 'SIGTERM', graceMs: 10_000 },
      onConflict: 'ask',
      tty: true,
      log: { maxSizeBytes: 1024, keep: 1 },
      autostart: true,
    })),
  };
}

async function noMemories(): Promise<PortMemories> {
  return { choices: [], ports: [] };
}
