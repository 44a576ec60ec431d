// Limits of the system that development servers run into: open files, and on Linux what may be watched for changes.

import { readFileSync } from 'node:fs';
import type { Finding } from './finding.ts';

/** A service needs three or so in the supervisor; the bundlers and watchers beside it need hundreds. */
const FEW_FILES = 1024;
/** A front end with its dependencies has tens of thousands of files, and an editor watches them too. */
const FEW_WATCHES = 65_536;
const FEW_INSTANCES = 128;

export type ReadLimit = (path: string) => string | undefined;

/** @param read reads `/proc`; without it, no limit is checked */
export function checkLimits(read: ReadLimit = readProc): readonly Finding[] {
  const files = /^Max open files\s+(\d+|unlimited)/m.exec(read('/proc/self/limits') ?? '')?.[1];
  const watches = read('/proc/sys/fs/inotify/max_user_watches');
  const instances = read('/proc/sys/fs/inotify/max_user_instances');
  return [
    ...judge('open files', files, FEW_FILES, 'ulimit -n 8192, for good in /etc/security/limits.conf'),
    ...judge('watched files', watches, FEW_WATCHES, 'sudo sysctl fs.inotify.max_user_watches=524288'),
    ...judge('watchers', instances, FEW_INSTANCES, 'sudo sysctl fs.inotify.max_user_instances=512'),
  ];
}

function judge(subject: string, written: string | undefined, few: number, fix: string): readonly Finding[] {
  if (written === undefined) return [];
  const limit = written.trim() === 'unlimited' ? Infinity : Number(written);
  if (Number.isNaN(limit)) return [];
  if (limit >= few)
    return [{ area: 'limits', subject, level: 'ok', message: `at most ${limit === Infinity ? 'any number' : limit}` }];
  const message = `at most ${limit}, which development servers may exceed (${few} is a fair minimum)`;
  return [{ area: 'limits', subject, level: 'warn', message, fix }];
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
