// The machine as the port desk sees it where there is no Linux /proc: lsof for owners, netstat for what lsof hides,
// ps for processes, find-process where lsof is missing. Every program has a time limit, for lsof can hang on a dead
// network mount. Identity is coarser than on Linux: pid and the second of the start.

import { spawnSync } from 'node:child_process';
import type { Listener, Machine } from '../ports/machine.ts';
import {
  lsofListeners,
  lsofWorkingDirectory,
  NETSTAT_TCP,
  parseLsof,
  parseNetstat,
  parseWorkingDirectory,
} from './lsof.ts';
import { parseDevVariables, parsePs, psCommand, psEnvironment, psOne, psTable } from './ps.ts';

const TIMEOUT_MS = 3000;

/** Runs a program for its output. Undefined when it is missing or took too long; an exit code is no failure. */
export interface Programs {
  run(program: string, args: readonly string[]): Promise<string | undefined>;
  runSync(program: string, args: readonly string[]): string | undefined;
  /** The one pid that find-process has for the port. */
  findProcess(port: number): Promise<readonly number[]>;
}

export function createPortableMachine(programs: Programs = installedPrograms): Machine {
  const owned = async (port: number): Promise<readonly Listener[]> => {
    const text = await programs.run('lsof', lsofListeners(port));
    if (text !== undefined) return parseLsof(text);
    const sockets = await everybodys(port);
    const pids = sockets.length > 0 ? await programs.findProcess(port) : [];
    return sockets.map((socket) => ({ ...socket, pids }));
  };
  const everybodys = async (port: number): Promise<readonly Listener[]> =>
    parseNetstat((await programs.run('netstat', NETSTAT_TCP)) ?? '').filter((listener) => listener.port === port);

  const find = async (pid: number) => parsePs((await programs.run('ps', psOne(pid))) ?? '')[0];

  const isListening = (port: number): boolean => {
    const table = programs.runSync('netstat', NETSTAT_TCP);
    if (table !== undefined) return parseNetstat(table).some((listener) => listener.port === port);
    return parseLsof(programs.runSync('lsof', lsofListeners(port)) ?? '').length > 0;
  };

  return {
    isListening,
    occupation: (port) => (isListening(port) ? 'listening' : 'free'),
    listeningPorts: async () =>
      new Set(parseNetstat((await programs.run('netstat', NETSTAT_TCP)) ?? '').map((listener) => listener.port)),
    listeners: async (port) => {
      const [ours, all] = await Promise.all([owned(port), everybodys(port)]);
      const hidden = all.filter(({ address }) => !ours.some((listener) => listener.address === address));
      return [...ours, ...hidden];
    },
    holders: async (port, among) => {
      const holders = new Set((await owned(port)).flatMap((listener) => listener.pids));
      return among.filter((pid) => holders.has(pid));
    },
    find,
    table: async () => parsePs((await programs.run('ps', psTable)) ?? ''),
    details: async (pid) => {
      const [row, command, environment, folder] = await Promise.all([
        find(pid),
        programs.run('ps', psCommand(pid)),
        programs.run('ps', psEnvironment(pid)),
        programs.run('lsof', lsofWorkingDirectory(pid)),
      ]);
      if (row === undefined) return undefined;
      return {
        uid: row.uid,
        argv: (command ?? '').trim().split(/\s+/),
        cwd: parseWorkingDirectory(folder ?? ''),
        devVariables: parseDevVariables(environment ?? ''),
        startedAtMs: row.startTicks * 1000,
        inOtherContainer: false,
      };
    },
  };
}

const ENV = { LC_ALL: 'C', TZ: 'UTC' };

const installedPrograms: Programs = {
  run: async (program, args) => {
    const { execa } = await import('execa');
    const result = await execa(program, args, { timeout: TIMEOUT_MS, reject: false, stdin: 'ignore', env: ENV });
    return result.exitCode === undefined ? undefined : result.stdout;
  },
  runSync: (program, args) => {
    const result = spawnSync(program, args, {
      timeout: TIMEOUT_MS,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...ENV },
    });
    return result.status === null ? undefined : result.stdout;
  },
  findProcess: async (port) => {
    const { default: findProcess } = await import('find-process');
    return (await findProcess('port', port, { logLevel: 'error' })).map(({ pid }: { readonly pid: number }) => pid);
  },
};
