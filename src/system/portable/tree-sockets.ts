// Which TCP sockets processes have open, by lsof. It may take seconds on macOS, so it runs beside us:
// each look asks for the next answer and gets the last one.

import { execFile } from 'node:child_process';

import type { Listening } from '../../core/model/snapshot.ts';

const TOOL_TIMEOUT_MS = 3000;

interface ProcessSockets {
  readonly listening: Listening[];
  connections: number;
}

export interface TreeSockets {
  /** Starts a look at these processes, unless one is under way. */
  refresh(pids: readonly number[]): void;
  /** What the last look saw of these processes. */
  of(pids: readonly number[]): { readonly listening: readonly Listening[]; readonly connections: number };
}

export function createTreeSockets(): TreeSockets {
  let latest = new Map<number, ProcessSockets>();
  let isBusy = false;
  return {
    refresh: (pids) => {
      if (isBusy || pids.length === 0) return;
      isBusy = true;
      const args = ['-nP', '-iTCP', '-a', '-p', pids.join(','), '-F', 'pnTt'];
      execFile('lsof', args, { timeout: TOOL_TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 }, (_failed, stdout) => {
        isBusy = false;
        latest = parseLsof(stdout); // an exit code of 1 only means that some pid had nothing to show
      }).unref();
    },
    of: (pids) => {
      const found = pids.map((pid) => latest.get(pid)).filter((sockets) => sockets !== undefined);
      return {
        listening: found.flatMap((sockets) => sockets.listening),
        connections: found.reduce((total, sockets) => total + sockets.connections, 0),
      };
    },
  };
}

/** Output of `lsof -F pnTt`: a letter and a value a line; `p` opens a process, `f` one of its files. */
export function parseLsof(text: string): Map<number, ProcessSockets> {
  const processes = new Map<number, ProcessSockets>();
  let pid = 0;
  let current: ProcessSockets | undefined;
  let type = '';
  let name = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) {
      pid = Number(value);
      current = { listening: [], connections: 0 };
      processes.set(pid, current);
    } else if (line.startsWith('t')) type = value;
    else if (line.startsWith('n')) name = value;
    else if (line === 'TST=LISTEN') current?.listening.push({ ...parseName(name, type), pid });
    else if (line === 'TST=ESTABLISHED' && current) current.connections += 1;
  }
  return processes;
}

/** `127.0.0.1:8000`, `[::1]:8000` or `*:8000`. */
function parseName(name: string, type: string): { address: string; port: number } {
  const colon = name.lastIndexOf(':');
  const host = name.slice(0, colon).replace(/^\[|\]$/g, '');
  const anyAddress = type === 'IPv6' ? '::' : '0.0.0.0';
  return { address: host === '*' ? anyAddress : host, port: Number(name.slice(colon + 1)) };
}
