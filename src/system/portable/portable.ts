// The platform without Linux /proc: ps for processes, lsof for the owners of sockets, netstat for the listeners
// that lsof hides, find-process where lsof is missing.
// Coarser than Linux: start times have whole seconds, so a pid reused within one second passes for the process before
// it; nothing tells threads, sessions, pid namespaces, or why a free port is refused.
// pidusage is not used: one `ps` already tells time and memory of everybody, and its figures for a tree are wrong
// (children left out, or their past counted again at each look).

import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { NODE_THREAD, type Listener, type Platform, type ProcessReader, type SocketReader } from '../platform.ts';
import {
  lsofListeners,
  lsofSocketsOf,
  lsofWorkingDirectory,
  NETSTAT_TCP,
  parseLsof,
  parseNetstat,
  parseWorkingDirectory,
  toListeners,
  type HeldSocket,
} from './lsof.ts';
import { installedPrograms, type Programs } from './programs.ts';
import { parsePs, parseTexts, psAll, psCommands, psEnvironments, psOne, psUser, toEnviron } from './ps.ts';

/** @param programs replaces what is installed */
export function createPortablePlatform(programs: Programs = installedPrograms): Platform {
  return {
    processes: createProcessReader(programs),
    sockets: createSocketReader(programs),
    createTreeSockets: () => createTreeSockets(programs),
    createListenerCheck: () => () => ({ kind: 'unknown' }),
    currentBoot: () => 'any',
    randomId: () => randomUUID(),
    mayWorkIn: () => true,
  };
}

function createProcessReader({ run, runSync }: Programs): ProcessReader {
  const ps = (args: readonly string[]): string => runSync('ps', args) ?? '';
  const commandsOf: ProcessReader['commandsOf'] = (pids) =>
    pids.length === 0 ? new Map() : parseTexts(ps(psCommands(pids)));
  const readOne: ProcessReader['readOne'] = (pid) => parsePs(ps(psOne(pid)))[0];
  return {
    readOne,
    readAll: () => parsePs(ps(psAll)),
    environments: () => {
      // All at once, when the first one is wanted.
      let environments: ReadonlyMap<number, string> | undefined;
      return (pid) => {
        environments ??= parseTexts(ps(psEnvironments()));
        return toEnviron(environments.get(pid) ?? '');
      };
    },
    areEnvironmentsCheap: false,
    nameOf: ({ pid, name }) =>
      name === NODE_THREAD ? basename(commandsOf([pid]).get(pid)?.split(' ')[0] ?? name) : name,
    commandsOf,
    details: async (pid) => {
      const row = readOne(pid);
      if (row === undefined) return undefined;
      const [user, command, environment, folder] = await Promise.all([
        run('ps', psUser(pid)),
        run('ps', psCommands([pid])),
        run('ps', psEnvironments(pid)),
        run('lsof', lsofWorkingDirectory(pid)),
      ]);
      const uid = parseTexts(user ?? '').get(pid);
      return {
        uid: uid === undefined ? undefined : Number(uid),
        argv: (parseTexts(command ?? '').get(pid) ?? '').trim().split(/\s+/),
        cwd: parseWorkingDirectory(folder ?? ''),
        environ: toEnviron(parseTexts(environment ?? '').get(pid) ?? ''),
        startedAtMs: row.startTicks * 1000,
        inOtherContainer: false,
      };
    },
  };
}

function createSocketReader({ run, runSync, findProcess }: Programs): SocketReader {
  /** Those of everybody where netstat speaks as on BSD; else what lsof may see. */
  const everybodys = async (): Promise<readonly Listener[]> => {
    const listeners = parseNetstat((await run('netstat', NETSTAT_TCP)) ?? '');
    return listeners.length > 0 ? listeners : toListeners(parseLsof((await run('lsof', lsofListeners())) ?? ''));
  };
  const owned = async (port: number): Promise<readonly Listener[]> => {
    const text = await run('lsof', lsofListeners(port));
    if (text !== undefined) return toListeners(parseLsof(text));
    const sockets = (await everybodys()).filter((listener) => listener.port === port);
    const pids = sockets.length > 0 ? await findProcess(port) : [];
    return sockets.map((socket) => ({ ...socket, pids }));
  };
  const isListening = (port: number): boolean => {
    const listeners = parseNetstat(runSync('netstat', NETSTAT_TCP) ?? '');
    if (listeners.length > 0) return listeners.some((listener) => listener.port === port);
    return parseLsof(runSync('lsof', lsofListeners(port)) ?? '').length > 0;
  };
  return {
    isListening,
    occupation: (port) => (isListening(port) ? 'listening' : 'free'),
    listeningPorts: async () => new Set((await everybodys()).map((listener) => listener.port)),
    listeners: async (port) => {
      const [ours, all] = await Promise.all([owned(port), everybodys()]);
      const ofPort = all.filter((listener) => listener.port === port);
      const hidden = ofPort.filter(({ address }) => !ours.some((listener) => listener.address === address));
      return [...ours, ...hidden];
    },
    mayListen: () => true,
    datagramListeners: () => [],
    holders: async (port, among) => {
      const holders = new Set((await owned(port)).flatMap((listener) => listener.pids));
      return among.filter((pid) => holders.has(pid));
    },
    obstacleFacts: () => undefined,
  };
}

/** lsof may take seconds on macOS, so it runs beside us: each look asks for the next answer and gets the last one. */
function createTreeSockets({ run }: Programs): ReturnType<Platform['createTreeSockets']> {
  let latest = new Map<number, readonly HeldSocket[]>();
  let isBusy = false;
  const refresh = async (pids: readonly number[]): Promise<void> => {
    if (isBusy || pids.length === 0) return;
    isBusy = true;
    // An exit code of 1 only means that some pid had nothing to show.
    latest = Map.groupBy(parseLsof((await run('lsof', lsofSocketsOf(pids))) ?? ''), ({ pid }) => pid);
    isBusy = false;
  };
  return {
    read: (trees) => {
      void refresh(trees.flat());
      return trees.map((pids) => {
        const sockets = pids.flatMap((pid) => latest.get(pid) ?? []);
        return {
          listening: sockets
            .filter(({ state }) => state === 'listening')
            .map(({ address, port, pid }) => ({ address, port, pid })),
          connections: sockets.filter(({ state }) => state === 'connected').length,
          holders: [],
          strangers: [],
        };
      });
    },
  };
}
