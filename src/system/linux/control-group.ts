// Control groups (cgroup v2): the kernel's own list of what a session started. A process is born into the group of its
// parent and cannot leave it by losing its environment, its session or its parents. So a process in the group of a run
// belongs to that run, and a group that can be removed proves that nothing of the run is left.
// A session's group lies below the one that its supervisor was started in, and the group of each run inside of it. No
// other group is touched. No process is moved but this one, which steps into the group of a run for as long as it forks.
// Groups of runs are "threaded": one thread changes between those in microseconds, a whole process in 10 ms.
// Left to others: what the members are, and how they are signalled. See group-places.ts for how a group is found again.

import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  write,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SessionGroup } from '../process/session-group.ts';

/** To the kernel, whoever writes it: the thread or its process. */
const MYSELF = '0';

/**
 * Makes a group `name` below `home`, the group of this process. Undefined where it is not allowed or the kernel is too old.
 * Often takes 10 ms, of which this thread works less than one.
 */
export async function openSessionGroup(home: string, name: string): Promise<SessionGroup | undefined> {
  const path = join(home, name);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch {
    return undefined;
  }
  try {
    return await createSessionGroup(home, path);
  } catch {
    removeGroup(path);
    return undefined;
  }
}

/**
 * A thread moves between threaded groups below one that is not. Where `home` may be that one, this process stays in it:
 * it is the root of all groups, or has threaded groups already, as the group of a run has. Else it would become another
 * kind of group for whoever else is in it; so the session's group is that one, and this process moves there, once.
 */
async function createSessionGroup(home: string, path: string): Promise<SessionGroup> {
  const staysHome = !existsSync(typeOf(home)) || readText(typeOf(path)).trim() === 'domain invalid';
  if (staysHome) writeFileSync(typeOf(path), 'threaded');
  else await moveTo(path);
  // Kept open: the way back must not fail when what was started took the last descriptor.
  const wayBack = openSync(threadsOf(staysHome ? home : path), 'w');
  let isWhole = true;
  return {
    path,
    isWhole: () => isWhole,
    startIn(name, start) {
      const group = enter(join(path, name));
      isWhole &&= group !== undefined;
      if (group === undefined) return { started: start(), group };
      let hasStarted = false;
      try {
        const started = start();
        hasStarted = true;
        return { started, group };
      } finally {
        writeSync(wayBack, MYSELF);
        if (!hasStarted) removeGroup(group);
      }
    },
    async close() {
      closeSync(wayBack);
      if (!staysHome) await moveTo(home).catch(() => undefined);
      removeGroup(path);
    },
  };
}

/** Moves the whole process. In the background from the first, for the kernel takes its time. */
async function moveTo(group: string): Promise<void> {
  const file = openSync(join(group, 'cgroup.procs'), 'w');
  try {
    await promisify(write)(file, MYSELF);
  } finally {
    closeSync(file);
  }
}

/** Makes it if needed. Undefined if it is not available: then this process is where it was. */
function enter(group: string): string | undefined {
  try {
    if (!existsSync(group)) {
      mkdirSync(group, { mode: 0o700 });
      writeFileSync(typeOf(group), 'threaded');
    }
    writeFileSync(threadsOf(group), MYSELF);
    return group;
  } catch {
    removeGroup(group);
    return undefined;
  }
}

/**
 * Ids of the living threads in a group, those of this process left out. The id of a process is that of its first thread.
 * Empty when there is no such group.
 */
export function readGroup(path: string): readonly number[] {
  const threads = readThreads(path);
  return threads.includes(process.pid) ? withoutOurs(threads) : threads;
}

/** The groups inside the group. */
export function groupsIn(path: string): readonly string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [join(path, entry.name)] : []));
  } catch {
    return [];
  }
}

/** Removes a group and its subgroups, if they are empty. False when a process is in them, this one not counted. */
export function removeGroup(path: string): boolean {
  if (!groupsIn(path).every(removeGroup)) return false;
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    const threads = readThreads(path);
    return threads.includes(process.pid) && withoutOurs(threads).length === 0;
  }
}

function readThreads(path: string): readonly number[] {
  try {
    const lines = readText(threadsOf(path)).split('\n');
    return lines.flatMap((line) => (line === '' ? [] : [Number(line)]));
  } catch {
    return [];
  }
}

function withoutOurs(threads: readonly number[]): readonly number[] {
  const ours = new Set(readdirSync('/proc/self/task').map(Number));
  return threads.filter((id) => !ours.has(id));
}

function typeOf(group: string): string {
  return join(group, 'cgroup.type');
}

function threadsOf(group: string): string {
  return join(group, 'cgroup.threads');
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
