// Whether the system allows this user a few more processes. Before a start on a terminal this must be known:
// node-pty's native part starts a thread for each, and ends the whole supervisor if there is no room for it.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { spawnFailure } from './command-lookup.ts';
import type { DevError } from '../../errors.ts';

/** The process, its thread here, and what a shell starts at once. */
const TASKS_PER_START = 4;
/** With more allowed than this, counting costs more than it is worth. */
const FEW_TASKS = 4_096;

export function hasRoomForTasks(): boolean {
  return hasRoomInGroup() && hasRoomForUser();
}

export function noRoomForTasks(): DevError {
  return spawnFailure(
    'The system has no room for another process (EAGAIN).',
    'Stop what you do not need, or raise the limit of processes (ulimit -u, or the pids limit of the container).',
  );
}

/** As of a container. Seen from inside, its own group is the root. */
function hasRoomInGroup(): boolean {
  const most = Number(read('/sys/fs/cgroup/pids.max'));
  const current = Number(read('/sys/fs/cgroup/pids.current'));
  return Number.isNaN(most) || Number.isNaN(current) || current + TASKS_PER_START <= most;
}

/** Threads count as processes do; root has no such limit. */
function hasRoomForUser(): boolean {
  const uid = process.getuid?.() ?? 0;
  const most = mostOfUser();
  return uid === 0 || most === undefined || most > FEW_TASKS || countTasks(uid) + TASKS_PER_START <= most;
}

let known: { readonly most: number | undefined } | undefined;

function mostOfUser(): number | undefined {
  if (known === undefined) {
    const most = /^Max processes\s+(\d+)/m.exec(read('/proc/self/limits') ?? '')?.[1];
    known = { most: most === undefined ? undefined : Number(most) };
  }
  return known.most;
}

function countTasks(uid: number): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .reduce((sum, pid) => sum + tasksOf(`/proc/${pid}`, uid), 0);
}

function tasksOf(folder: string, uid: number): number {
  if (statSync(folder, { throwIfNoEntry: false })?.uid !== uid) return 0;
  return Number(/^Threads:\s+(\d+)/m.exec(read(`${folder}/status`) ?? '')?.[1] ?? 0);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
