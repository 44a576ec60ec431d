// Reads what ps prints about processes, in the columns that macOS, the BSDs and procps share.

import { basename } from 'node:path';
import type { ProcessFacts } from '../ports/machine.ts';

export interface PsRow extends ProcessFacts {
  readonly uid: number;
}

const COLUMNS = 'pid=,ppid=,uid=,state=,lstart=,comm=';

export const psTable = ['-axo', COLUMNS];
export const psOne = (pid: number) => ['-p', String(pid), '-o', COLUMNS];
export const psCommand = (pid: number) => ['-ww', '-p', String(pid), '-o', 'args='];
/** The command followed by its environment, as far as we may see it. */
export const psEnvironment = (pid: number) => [
  process.platform === 'darwin' ? '-Eww' : 'eww',
  '-o',
  'args=',
  '-p',
  String(pid),
];

/** Needs `LC_ALL=C` and `TZ=UTC` for the start time, which has whole seconds only. */
export function parsePs(text: string): PsRow[] {
  const rows: PsRow[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(-?\d+)\s+(\S+)\s+(\w{3} \w{3} [ \d]\d [\d:]{8} \d{4})\s+(.*)$/.exec(line);
    if (!match) continue;
    const [, pid, ppid, uid, state = '', started = '', program = ''] = match;
    rows.push({
      pid: Number(pid),
      ppid: Number(ppid),
      uid: Number(uid),
      alive: !/^[ZX]/.test(state),
      startTicks: Date.parse(`${started} UTC`) / 1000,
      name: basename(program.trim()),
    });
  }
  return rows;
}

/** Entries that begin with `DEV_`. Values end at a blank: ps does not tell where an entry ends. */
export function parseDevVariables(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/\s(DEV_\w+)=(\S*)/g)].map(([, name = '', value = '']) => [name, value]));
}
