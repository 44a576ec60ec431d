// What ps prints about processes, in the columns that macOS, the BSDs and procps share.
// Needs `LC_ALL=C` and `TZ=UTC` for the start time, which has whole seconds only.

import { basename } from 'node:path';
import type { ProcessRow } from '../platform.ts';

const COLUMNS = 'pid=,ppid=,pgid=,state=,lstart=,time=,rss=,comm=';
/** ps does not tell sessions everywhere. */
const NO_SESSION = 0;

export const psAll = ['-axo', COLUMNS];
export const psOne = (pid: number) => ['-p', String(pid), '-o', COLUMNS];
/** For `parseTexts`. */
export const psCommands = (pids: readonly number[]) => ['-ww', '-p', pids.join(','), '-o', 'pid=,args='];
export const psUser = (pid: number) => ['-p', String(pid), '-o', 'pid=,uid='];
/** For `parseTexts`: environments behind the commands, of one process or of all. macOS shows only those of our own user. */
export const psEnvironments = (pid?: number) => {
  const [dash, show] = process.platform === 'darwin' ? ['-', 'Eww'] : ['', 'eww'];
  const whose = pid === undefined ? [] : ['-p', String(pid)];
  return [`${dash}${pid === undefined ? 'ax' : ''}${show}`, '-o', 'pid=,command=', ...whose];
};

/** Rows of `psAll` and `psOne`; other lines are left out. */
export function parsePs(text: string): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const line of text.split('\n')) {
    const match = /^ *(\d+) +(\d+) +(\d+) +(\S+) +(\w+ +\w+ +\d+ +[\d:]+ +\d{4}) +([\d:.-]+) +(\d+) (.*)$/s.exec(line);
    if (!match) continue;
    const [, pid, ppid, pgid, state = '', started = '', time = '', rssKib, name = ''] = match;
    rows.push({
      pid: Number(pid),
      ppid: Number(ppid),
      pgid: Number(pgid),
      sid: NO_SESSION,
      state,
      startTicks: Date.parse(`${started} UTC`) / 1000,
      cpuMs: parseCpuTime(time),
      rssBytes: Number(rssKib) * 1024,
      threads: undefined,
      name: basename(name.trim()),
    });
  }
  return rows;
}

/** `[dd-]hh:mm:ss` of procps, `mm:ss.cc` of macOS. */
function parseCpuTime(text: string): number {
  const [clock = '', days = '0'] = text.split('-').toReversed();
  const seconds = clock.split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1000);
}

/** A pid and a text a line, by pid. */
export function parseTexts(text: string): Map<number, string> {
  const texts = new Map<number, string>();
  for (const line of text.split('\n')) {
    const match = /^ *(\d+) (.*)$/.exec(line);
    if (match) texts.set(Number(match[1]), match[2] ?? '');
  }
  return texts;
}

/**
 * A command with its environment as entries that end with NUL. ps does not tell where an entry ends: words stand for
 * entries, so a value ends at its first blank.
 */
export function toEnviron(words: string): string {
  return words.replaceAll(' ', '\0');
}
