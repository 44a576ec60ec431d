// Which processes belong to a service, and how they are signalled. The same for every platform; a ProcessSource
// tells what the platform's process table says.
// A process belongs when it is the leader, in the leader's group or session, a descendant of one that belongs,
// carries the service's token in its environment, or was seen to belong before (it may have lost its parent and
// its token since).
// Trap: the leader's pid may long be somebody else's. Its group is ours only while the leader is proven by its
// start time, or a member is proven otherwise.

import { printable } from '../printable.ts';
import { type ProcessTable, type TableRow, isLiving } from './process-table.ts';
import type { ProcessIdentity, Processes, TreeRoot } from '../system.ts';

export interface ProcessSource<Row extends TableRow> {
  /** A look at all processes, at most `maxAgeMs` old; `members` were found to belong to a tree. */
  readTable(maxAgeMs: number, members: ReadonlySet<number>): ProcessTable<Row>;
  /** One process as it is right now. */
  readOne(pid: number): TableRow | undefined;
  /** What a person calls the process. Untrusted. */
  nameOf(row: Row): string;
}

/** What a platform offers; starting processes is the same everywhere. */
export interface PlatformProcesses extends Omit<Processes, 'spawn'> {
  /** A process that was started a moment ago. Start time 0 fits no process and stands for one that is already gone. */
  identify(pid: number): ProcessIdentity;
}

export interface ProcessTree<Row extends TableRow> extends Pick<Processes, 'isAlive' | 'members' | 'signal'> {
  /** Living members in a given table, the leader first. */
  membersIn(table: ProcessTable<Row>, root: TreeRoot, options: { readonly sweep: boolean }): readonly Row[];
  /** As that of the source. */
  readTable(maxAgeMs: number): ProcessTable<Row>;
}

/** How old a look may be that answers who is alive: services that stop together ask for the same moment. */
const FRESH_MS = 5;
/** For whom to signal it may be older, as each is proven again; who was born since is found by the next look. */
const RECENT_MS = 20;

export function createProcessTree<Row extends TableRow>(source: ProcessSource<Row>): ProcessTree<Row> {
  /** Members of the last look at each tree; a tree without members has no entry. */
  const seen = new Map<string, readonly ProcessIdentity[]>();

  function readTable(maxAgeMs: number): ProcessTable<Row> {
    return source.readTable(maxAgeMs, new Set([...seen.values()].flat().map(({ pid }) => pid)));
  }

  function membersIn(table: ProcessTable<Row>, root: TreeRoot, options: { readonly sweep: boolean }): readonly Row[] {
    const key = treeKey(root);
    const members = findMembers(table, root, { sweep: options.sweep, seen: seen.get(key) ?? [] });
    if (members.length > 0) {
      seen.set(
        key,
        members.map(({ pid, startTicks }) => ({ pid, startTicks })),
      );
    } else {
      seen.delete(key);
    }
    return members;
  }

  /** Right now, and not a moment ago. */
  function prove({ pid, startTicks }: ProcessIdentity): TableRow | undefined {
    const row = source.readOne(pid);
    return row?.startTicks === startTicks && isLiving(row) && maySignal(pid) ? row : undefined;
  }

  function signalOnce(root: TreeRoot, members: readonly Row[], signal: NodeJS.Signals): number {
    const group = root.leader.pid;
    const inGroup = members.filter((row) => row.pgid === group);
    const groupIsProven = maySignal(group) && inGroup.some((row) => prove(row)?.pgid === group);
    if (groupIsProven && send(-group, signal)) {
      const outside = members.filter((row) => row.pgid !== group);
      return inGroup.length + outside.filter((row) => prove(row) && send(row.pid, signal)).length;
    }
    return members.filter((row) => prove(row) && send(row.pid, signal)).length;
  }

  return {
    membersIn,
    readTable,
    isAlive: (identity) => {
      const row = source.readOne(identity.pid);
      return row?.startTicks === identity.startTicks && isLiving(row);
    },
    members: (root, options) =>
      membersIn(readTable(FRESH_MS), root, options).map((row) => ({
        pid: row.pid,
        startTicks: row.startTicks,
        name: printable(source.nameOf(row)),
      })),
    signal: (root, signal) => {
      const members = membersIn(readTable(RECENT_MS), root, { sweep: true });
      const reached = signalOnce(root, members, signal);
      if (signal === 'SIGTERM') signalOnce(root, members, 'SIGCONT'); // a stopped process cannot end (systemd does the same)
      return reached;
    },
  };
}

function findMembers<Row extends TableRow>(
  table: ProcessTable<Row>,
  root: TreeRoot,
  options: { readonly sweep: boolean; readonly seen: readonly ProcessIdentity[] },
): readonly Row[] {
  const members = new Map<number, Row>();
  const add = (row: Row) => members.set(row.pid, row);

  for (const { pid, startTicks } of [root.leader, ...options.seen]) {
    const row = table.byPid.get(pid);
    if (row?.startTicks === startTicks) add(row);
  }
  if (options.sweep) table.carriersOf(root.token).forEach(add);
  const group = table.groupOf(root.leader.pid);
  if (group.some((row) => members.has(row.pid) || table.carries(row, root.token))) group.forEach(add);
  for (const row of members.values()) table.childrenOf(row.pid).forEach(add); // also visits those it adds

  return [...members.values()].filter((row) => isLiving(row) && maySignal(row.pid));
}

/** Never everybody (-1), our own group (0), init (1) or ourselves, whatever a table says. */
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

function treeKey({ leader }: TreeRoot): string {
  return `${leader.pid}:${leader.startTicks}`;
}
