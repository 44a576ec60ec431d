// What a command gets: the real terminal, clock, config, session and screen.
// Trap: this file is on the path of `status`. What only some commands need is imported where it is used.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ListedSession, Session } from '../../core/session/session.ts';
import type { KnownSession, CliContext } from '../../cli/context/context.ts';
import type { Output } from '../../cli/context/output.ts';
import { loadCommand } from '../../cli/dispatch.ts';
import type { GlobalOptions } from '../../cli/arguments/request.ts';
import { agentMarker } from '../../core/actors/markers.ts';
import type { ClientClaim } from '../../core/model/actor.ts';
import type { SessionRole } from '../../core/model/vocabulary.ts';
import { findSession, openSession } from '../../ipc/launch.ts';
import type { RecordedSupervisor } from '../../system/state/recorded-session.ts';
import { runtimePaths, type RuntimePaths } from '../../system/state/runtime-dir.ts';
import type { ScreenPlace } from '../screen/screen-place.ts';
import type { LoadedUserConfig } from '../screen/user-config.ts';
import { createPlace } from './place.ts';
import { ask, onSignal, realTerminal } from './real-terminal.ts';

/** For services that start where nobody has a terminal. */
const UNKNOWN_SIZE = { columns: 120, rows: 40 };

/**
 * The same as in bin/devdeck. The lock is an SQLite file, which Node calls experimental. And what a supervisor of 120
 * services throws away would fill 50 MB before it is collected, though it keeps no more than 15. A young generation of
 * one size is neither collected twice during the start nor grown by a flood: 10 MB less after 300 000 lines.
 */
const SUPERVISOR_FLAGS = [
  '--disable-warning=ExperimentalWarning',
  '--min-semi-space-size=2',
  '--max-semi-space-size=2',
];

/** @param early the screen, if its first frame is there already */
export function createContext(globals: GlobalOptions, output: Output, early: ScreenPlace | undefined): CliContext {
  const place = createPlace(globals);
  const allSessions = async (): Promise<readonly KnownSession[]> => {
    const { knownSessions } = await import('./known-sessions.ts');
    return knownSessions(process.env, { client: claimOf('command'), version: DEVDECK_VERSION });
  };
  const listAll = async (): Promise<readonly ListedSession[]> => {
    const { listSessions } = await import('../../cli/context/list-sessions.ts');
    return listSessions(await allSessions());
  };
  return {
    output,
    env: process.env,
    globals,
    version: DEVDECK_VERSION,
    terminal: realTerminal,
    clock: {
      nowMs: () => performance.now(),
      wallMs: () => Date.now(),
      after: (delayMs, callback) => {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
    },
    onSignal,
    ask,
    findSession: async (role, purpose = 'use') => {
      const found = { env: process.env, role, client: claimOf(role), version: DEVDECK_VERSION, findSupervisor };
      if (purpose === 'look') return findSession({ ...found, purpose, root: place.rootOrHere() });
      const session = await findSession({ ...found, root: place.root(), purpose });
      if (session === undefined) await place.loadProject();
      else if (purpose === 'use' && place.configFile !== undefined) await requireSameConfig(place.configFile, session);
      return session;
    },
    openSession: async (role, start, onUnderway) => {
      if (place.configFile !== undefined) {
        const running = await findSession({
          env: process.env,
          role: 'command',
          version: DEVDECK_VERSION,
          root: place.root(),
          findSupervisor,
        });
        if (running !== undefined) await requireSameConfig(place.configFile, running);
        running?.close();
      }
      return openSession({
        root: place.root(),
        env: process.env,
        role,
        client: claimOf(role),
        version: DEVDECK_VERSION,
        findSupervisor,
        start,
        ...(onUnderway === undefined ? {} : { onUnderway }),
        ...earlySupervisor(),
        ...(realTerminal.size() ?? UNKNOWN_SIZE),
        ...(place.configFile === undefined ? {} : { configFile: place.configFile }),
        supervisor: {
          entry: fileURLToPath(new URL('supervisor.js', import.meta.url)),
          nodeFlags: SUPERVISOR_FLAGS,
        },
      });
    },
    loadProject: () => place.loadProject(),
    forgetProject: () => place.forget(),
    explainUserConfig: async () => (await import('../screen/user-config.ts')).explainUserConfig(process.env),
    logHistory: async (mayPass) => {
      const { createLogHistory } = await import('./log-history.ts');
      return createLogHistory(runtimePaths(place.root(), process.env).logsDir, mayPass);
    },
    sessionEvents: async () => {
      const { openEventReader } = await import('../../system/state/event-file.ts');
      return openEventReader(runtimePaths(place.root(), process.env).eventsFile);
    },
    caller: async () => {
      const [{ createPlatform }, { createIdentify }] = await Promise.all([
        import('../platform/platform.ts'),
        import('../platform/identify-client.ts'),
      ]);
      return createIdentify(createPlatform().processes)(claimOf('command'));
    },
    loadCommand,
    actAs: (agent) => {
      mcpClient = agent;
    },
    onInputEnd: (listener) => void process.stdin.once('end', listener).once('close', listener),
    environmentOf: async (service, ports) => {
      const { environmentOf } = await import('./run-for-service.ts');
      return environmentOf(await place.loadProject(), service, ports);
    },
    runOnTerminal: async ([file = '', ...args], env) => {
      const { runHere } = await import('./run-for-service.ts');
      return runHere(file, args, { cwd: process.cwd(), env: env as Record<string, string> });
    },
    history: async () => {
      const { openHistoryReader } = await import('../../system/history/history-reader.ts');
      return openHistoryReader(runtimePaths(place.root(), process.env).historyFile);
    },
    openRecording: async (path) => (await import('../screen/open-recording.ts')).openRecording(path),
    portAccess: async () => {
      const [{ createPlatform }, { createPorts }, { leftRuns }] = await Promise.all([
        import('../platform/platform.ts'),
        import('../../system/ports/ports.ts'),
        import('../../system/state/recorded-session.ts'),
      ]);
      const platform = createPlatform();
      const paths = runtimePaths(place.rootOrHere(), process.env);
      const recorded = leftRuns(paths, platform)?.runs ?? [];
      return { ports: createPorts(platform), root: paths.root, recorded };
    },
    machine: async () => {
      const { createMachine } = await import('./machine.ts');
      return createMachine(() => runtimePaths(place.root(), process.env));
    },
    knownSessions: allSessions,
    realFolder: async (folder) => (await import('./known-sessions.ts')).realFolder(folder),
    portLedger: async () => (await import('./port-memory.ts')).openLedger(process.env),
    runForService: async (service, request) => {
      const { runForService } = await import('./run-for-service.ts');
      return runForService(await place.loadProject(), service, request);
    },
    runInContainer: async (container, command) => {
      const { runInContainer } = await import('./run-in-container.ts');
      return runInContainer(container, command);
    },
    endHungSession: async () => {
      const { endHungSession } = await import('../lost/end-hung-session.ts');
      return endHungSession(runtimePaths(place.root(), process.env));
    },
    stopLostSession: async (options) => {
      const { stopLostSession } = await import('../lost/stop-lost-session.ts');
      return stopLostSession(runtimePaths(place.root(), process.env), options);
    },
    clean: async (options) => {
      const { clean } = await import('../lost/clean.ts');
      return clean(runtimePaths(place.root(), process.env), options);
    },
    portMemory: async () => {
      const { createPortMemory } = await import('./port-memory.ts');
      return createPortMemory(runtimePaths(place.root(), process.env), process.env);
    },
    loadScreen: async (look) => {
      const taste = early === undefined ? loadTaste(globals) : undefined;
      // While the taste is read: most people draw.
      const drawn = Promise.all([import('../screen/run-screen.ts'), import('../screen/screen-place.ts')]);
      const [{ createScreenHost }, userConfig] = await Promise.all([import('../screen/screen-host.ts'), taste]);
      const host = createScreenHost({ listSessions: listAll });
      if (userConfig !== undefined && (look ?? userConfig.config.screen) === 'plain') {
        const { runPlainScreen } = await import('../screen/run-plain-screen.ts');
        return (options) => runPlainScreen({ ...options, root: place.root(), ends: process, userConfig, host });
      }
      const [{ runScreen }, { createScreenPlace }] = await drawn;
      return ({ session, isJoined, replay, ...project }) => {
        const nowMs = replay?.toMs ?? Date.now();
        return runScreen({
          session,
          isJoined,
          place: early ?? createScreenPlace(process, { ...project, nowMs }, userConfig),
          root: replay === undefined ? place.root() : process.cwd(),
          host,
          now: () => replay?.nowMs() ?? Date.now(),
          replay,
        });
      };
    },
    loadServiceTerminal: async () => {
      const [{ runServiceTerminal }, { createScreenHost }, { config: userConfig }] = await Promise.all([
        import('../screen/service-terminal.ts'),
        import('../screen/screen-host.ts'),
        loadTaste(globals),
      ]);
      const { stdin, stdout, env } = process;
      return (options) =>
        runServiceTerminal({
          ...options,
          stdin,
          stdout,
          env,
          userConfig,
          host: createScreenHost({ listSessions: listAll }),
        });
    },
  };
}

/** The agent that an MCP server works for. */
let mcpClient: Pick<ClientClaim, 'name' | 'version'> | undefined;

/** What the session is told of us; it looks at our process too. */
function claimOf(role: SessionRole): ClientClaim {
  const marker = agentMarker(process.env);
  const hasTerminal = realTerminal.hasInput && realTerminal.hasOutput;
  const claim = { pid: process.pid, hasTerminal, ...(marker === undefined ? {} : { marker }) };
  return mcpClient === undefined ? { ...claim, via: role } : { ...claim, via: 'mcp', ...mcpClient };
}

async function findSupervisor(paths: RuntimePaths): Promise<RecordedSupervisor | undefined> {
  const [{ createPlatform }, { recordedSupervisor }] = await Promise.all([
    import('../platform/platform.ts'),
    import('../../system/state/recorded-session.ts'),
  ]);
  return recordedSupervisor(paths, createPlatform());
}

async function requireSameConfig(configFile: string, running: Session): Promise<void> {
  const { requireSameConfig: require } = await import('./same-config.ts');
  try {
    require(configFile, runtimePaths(dirname(configFile), process.env));
  } catch (error) {
    running.close();
    throw error;
  }
}

/** The supervisor that bin/devdeck started beside us. Told once, and never to what we start. */
function earlySupervisor(): { readonly earlyPid?: number } {
  const pid = Number(process.env['DEVDECK_EARLY']);
  delete process.env['DEVDECK_EARLY'];
  return Number.isInteger(pid) && pid > 1 ? { earlyPid: pid } : {};
}

/** What the person likes to see; --no-color goes before it. */
async function loadTaste(globals: GlobalOptions): Promise<LoadedUserConfig> {
  const { loadUserConfig } = await import('../screen/user-config.ts');
  const loaded = await loadUserConfig(process.env);
  return !globals.mayColor ? { ...loaded, config: { ...loaded.config, theme: 'none' } } : loaded;
}
