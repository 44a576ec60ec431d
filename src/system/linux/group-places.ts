// Where the control group of a session lies, and how to find the group of a killed session again. The group's name
// identifies it: the root's device and inode, the pid namespace, and the supervisor's pid and start time. So nothing
// in the project's folder has to be trusted.

import { lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, join, normalize } from 'node:path';
import type { ProcessIdentity } from '../system.ts';
import type { SessionGroup } from '../process/session-group.ts';
import { groupsIn, openSessionGroup, removeGroup } from './control-group.ts';
import { readStat } from './proc.ts';

/** A session's group and its maker. */
export interface OwnedGroup {
  readonly path: string;
  readonly supervisor: ProcessIdentity;
}

export interface OwnGroup {
  /** The group that this process was started in; undefined if there are none. */
  readonly home: string | undefined;
  /** The session's group, if available. */
  readonly session: SessionGroup | undefined;
}

/** Makes the group of a session of the project at `root`, whose supervisor is this process. */
export async function openOwnGroup(root: string): Promise<OwnGroup> {
  const home = ownGroup();
  const name = home === undefined ? undefined : ownName(root);
  if (home === undefined || name === undefined) return { home, session: undefined };
  return { home, session: await openSessionGroup(home, name) };
}

function ownName(root: string): string | undefined {
  const { pid } = process;
  const startTicks = readStat(pid)?.startTicks;
  try {
    return startTicks === undefined ? undefined : groupName(root, { pid, startTicks });
  } catch {
    return undefined; // the folder does not exist; the next code that needs it reports that
  }
}

/** The group that this process is in; undefined without cgroup v2, or where it cannot be seen. */
export function ownGroup(): string | undefined {
  const mount = findMount();
  const within = /^0::(\/.*)$/m.exec(readText('/proc/self/cgroup'))?.[1];
  if (mount === undefined || within === undefined) return undefined;
  if (mount.root === '/') return join(mount.folder, within);
  return within === mount.root || within.startsWith(`${mount.root}/`)
    ? join(mount.folder, within.slice(mount.root.length))
    : undefined;
}

/** What the group of a session is called: by its supervisor. */
function groupName(root: string, { pid, startTicks }: ProcessIdentity): string {
  return `${namePrefix(root)}${pid}-${startTicks}`;
}

/**
 * Groups of sessions of the project at `root` that lie in the group `home`, and the one at `recorded` if it is such a
 * group. Whether their supervisors live is left to the caller.
 * @param recorded what a file in the project's folder says: untrusted
 */
export function findSessionGroups(
  root: string,
  home: string | undefined,
  recorded: string | undefined,
): readonly OwnedGroup[] {
  if (home === undefined) return [];
  const prefix = namePrefix(root);
  const places = new Set([...groupsIn(home), ...(recorded === undefined || !isBelowMount(recorded) ? [] : [recorded])]);
  return [...places].flatMap((path) => {
    const name = basename(path);
    const supervisor = name.startsWith(prefix) ? parseOwner(name.slice(prefix.length)) : undefined;
    return supervisor !== undefined && isOwnFolder(path) ? [{ path, supervisor }] : [];
  });
}

/** Removes empty groups in `home`, of any project, whose supervisors were killed. */
export function removeDeadGroups(home: string, isAlive: (supervisor: ProcessIdentity) => boolean): void {
  const prefix = new RegExp(`^devdeck-\\d+-\\d+-${ownNamespace()}-`);
  for (const path of groupsIn(home)) {
    const owner = prefix.exec(basename(path));
    const supervisor = owner === null ? undefined : parseOwner(basename(path).slice(owner[0].length));
    if (supervisor !== undefined && isOwnFolder(path) && !isAlive(supervisor)) removeGroup(path);
  }
}

function isBelowMount(path: string): boolean {
  const mount = findMount();
  return mount !== undefined && normalize(path) === path && path.startsWith(`${mount.folder}/`);
}

function namePrefix(root: string): string {
  const { dev, ino } = statSync(root);
  return `devdeck-${dev}-${ino}-${ownNamespace()}-`;
}

function ownNamespace(): string {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
}

function parseOwner(text: string): ProcessIdentity | undefined {
  const [, pid, startTicks] = /^(\d{1,10})-(\d{1,15})$/.exec(text) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), startTicks: Number(startTicks) };
}

function isOwnFolder(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && stats.uid === process.getuid?.();
}

/** Where cgroup v2 is mounted, and which of its groups lies there. See proc_pid_mountinfo(5). */
function findMount(): { readonly folder: string; readonly root: string } | undefined {
  const line = /^(?:\S+ ){3}(\/\S*) (\/\S*) .* - cgroup2 /m.exec(readText('/proc/self/mountinfo'));
  const [, root = '', folder = ''] = line ?? [];
  // Blanks and the like are written as numbers there; nobody mounts it at such a place.
  return line === null || root.includes('\\') || folder.includes('\\') ? undefined : { root, folder };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
