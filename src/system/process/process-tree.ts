// Which processes belong to a service, and how they are signalled. The same for every platform.
// A process belongs when it is in the control group of the run, is the leader, in the leader's group or session, a
// descendant of one that belongs, carries the service's token in its environment, or was seen to belong before (it may
// have lost its parent and its token since).
// Trap: the leader's pid may belong to another process. Its group is ours only while the leader is proven by its
// start time, or a member is proven otherwise.

import { monotonicMs } from '../clock.ts';
import type { ProcessReader, ProcessRow } from '../platform.ts';
import { printable } from '../printable.ts';
import { isLiving, ProcessTable, TokenMemory } from './process-table.ts';
import type { ProcessIdentity, Processes, TreeRoot } from '../system.ts';

export interface ProcessTree extends Pick<Processes, 'isAlive' | 'members' | 'isGone' | 'signal' | 'signalNewcomers'> {
  /** Living members in a given table, the leader first. */
  membersIn(table: ProcessTable, root: TreeRoot, options: { readonly sweep: boolean }): readonly ProcessRow[];
  /** A look at all processes, at most `maxAgeMs` old: calls that follow each other closely share one. */
  readTable(maxAgeMs: number): ProcessTable;
  /** A process that was started a moment ago. Start time 0 fits no process and stands for one that is already gone. */
  identify(pid: number): ProcessIdentity;
}

/** How old a look may be that answers who is alive: services that stop together ask for the same moment. */
const FRESH_MS = 5;
/** For whom to signal it may be older, as each is proven again; who was born since is found by the next look. */
const RECENT_MS = 20;

export function createProcessTree(reader: ProcessReader): ProcessTree {
  /** Members of the last look at each tree; a tree without members has no entry. */
  const seen = new Map<string, readonly ProcessIdentity[]>();
  /** The last signal to each tree that still has members, and who got it. */
  const signalled = new Map<string, { readonly signal: NodeJS.Signals; readonly to: Set<string> }>();

  const tokens = new TokenMemory();
  let shared: ProcessTable | undefined;

  function readTable(maxAgeMs: number): ProcessTable {
    if (shared !== undefined && monotonicMs() - shared.atMs <= maxAgeMs) return shared;
    const members = new Set([...seen.values()].flat().map(({ pid }) => pid));
    shared = new ProcessTable(reader.readAll(members), tokens, reader.environments());
    return shared;
  }

  function membersIn(table: ProcessTable, root: TreeRoot, options: { readonly sweep: boolean }): readonly ProcessRow[] {
    const key = treeKey(root);
    const members = findMembers(table, root, { ...options, seen: seen.get(key) ?? [], inGroup: inGroup(root) });
    if (members.length > 0) {
      seen.set(key, members.map(identityOf));
    } else {
      seen.delete(key);
      signalled.delete(key);
    }
    return members;
  }

  function inGroup({ group }: TreeRoot): readonly number[] {
    return group === undefined ? [] : (reader.groups?.read(group) ?? []);
  }

  /** Whom the kernel has in the group, and the table does not show: a process of somebody else's, or born a moment ago. */
  function hiddenIn(root: TreeRoot): readonly (ProcessIdentity & { readonly name: string })[] {
    return inGroup(root).map((pid) => ({ pid, startTicks: 0, name: 'a process that is hidden from us' }));
  }

  /** Right now, and not a moment ago. */
  function prove({ pid, startTicks }: ProcessIdentity): ProcessRow | undefined {
    const row = reader.readOne(pid);
    return row?.startTicks === startTicks && isLiving(row) && maySignal(pid) ? row : undefined;
  }

  function signalOnce(root: TreeRoot, members: readonly ProcessRow[], signal: NodeJS.Signals): number {
    const group = root.leader.pid;
    const inGroup = members.filter((row) => row.pgid === group);
    const groupIsProven = maySignal(group) && inGroup.some((row) => prove(row)?.pgid === group);
    if (groupIsProven && send(-group, signal)) {
      const outside = members.filter((row) => row.pgid !== group);
      return inGroup.length + outside.filter((row) => prove(row) && send(row.pid, signal)).length;
    }
    return members.filter((row) => prove(row) && send(row.pid, signal)).length;
  }

  function signalNewcomers(root: TreeRoot): void {
    const last = signalled.get(treeKey(root));
    if (last === undefined) return;
    const members = membersIn(readTable(RECENT_MS), root, { sweep: true });
    const isOnItsOwn = (row: ProcessRow) => !members.some(({ pid }) => pid === row.ppid);
    for (const row of members) {
      if (last.to.has(identityText(row)) || (last.signal !== 'SIGKILL' && !isOnItsOwn(row))) continue;
      if (prove(row) && send(row.pid, last.signal)) last.to.add(identityText(row));
    }
  }

  return {
    membersIn,
    readTable,
    identify: (pid) => {
      shared = undefined; // a look from before its start would take it for dead
      return { pid, startTicks: reader.readOne(pid)?.startTicks ?? 0 };
    },
    isAlive: (identity) => isAlive(reader, identity),
    members: (root, options) => {
      const rows = membersIn(readTable(FRESH_MS), root, options);
      const known = rows.map((row) => ({ ...identityOf(row), name: printable(reader.nameOf(row)) }));
      return known.length > 0 ? known : hiddenIn(root);
    },
    isGone: (root) =>
      membersIn(readTable(FRESH_MS), root, { sweep: true }).length === 0 &&
      (root.group === undefined || reader.groups?.remove(root.group) !== false),
    signal: (root, signal) => {
      const members = membersIn(readTable(RECENT_MS), root, { sweep: true });
      signalled.set(treeKey(root), { signal, to: new Set(members.map(identityText)) });
      const reached = signalOnce(root, members, signal);
      if (signal === 'SIGTERM') signalOnce(root, members, 'SIGCONT'); // a stopped process cannot end (systemd does the same)
      return reached;
    },
    signalNewcomers,
  };
}

/** Whether this very process runs, and is not a zombie. */
export function isAlive(reader: Pick<ProcessReader, 'readOne'>, { pid, startTicks }: ProcessIdentity): boolean {
  const row = reader.readOne(pid);
  return row?.startTicks === startTicks && isLiving(row);
}

function findMembers(
  table: ProcessTable,
  root: TreeRoot,
  options: {
    readonly sweep: boolean;
    readonly seen: readonly ProcessIdentity[];
    readonly inGroup: readonly number[];
  },
): readonly ProcessRow[] {
  const members = new Map<number, ProcessRow>();
  const add = (row: ProcessRow) => members.set(row.pid, row);

  for (const { pid, startTicks } of [root.leader, ...options.seen]) {
    const row = table.byPid.get(pid);
    if (row?.startTicks === startTicks) add(row);
  }
  for (const pid of options.inGroup) {
    const row = table.byPid.get(pid);
    if (row !== undefined) add(row);
  }
  if (options.sweep) table.carriersOf(root.token).forEach(add);
  const group = table.groupOf(root.leader.pid);
  if (group.some((row) => members.has(row.pid) || table.carries(row, root.token))) group.forEach(add);
  for (const row of members.values()) table.childrenOf(row.pid).forEach(add); // also visits those it adds

  return [...members.values()].filter((row) => isLiving(row) && maySignal(row.pid));
}

/** Never all processes (-1), our own group (0), init (1) or ourselves, even if a table says so. */
function maySignal(pid: number): boolean {
  return Number.isInteger(pid) && pid > 1 && pid !== process.pid;
}

function send(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    return false; // it ended a moment ago, or became another user's
  }
}

function identityOf({ pid, startTicks }: ProcessIdentity): ProcessIdentity {
  return { pid, startTicks };
}

function identityText({ pid, startTicks }: ProcessIdentity): string {
  return `${pid}:${startTicks}`;
}

/** A leader that is gone, as that of a tree which a killed session left, tells nothing apart. */
function treeKey({ leader, group = '', token }: TreeRoot): string {
  return [identityText(leader), group, ...(leader.startTicks === 0 ? Object.values(token) : [])].join(' ');
}
