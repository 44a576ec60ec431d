// Gathers what a person wants to know about the owner of a port before deciding, as an OwnerCard.
// Every text on it is foreign, so it is made printable here, once, for terminal and JSON alike.

import { readFileSync } from 'node:fs';
import type { OwnerCard } from '../../core/model/port-owner.ts';
import type { Listener, ProcessDetails, ProcessReader, ProcessRow } from '../platform.ts';
import { isLiving } from '../process/process-table.ts';
import { judge, type Judge } from './owner-verdict.ts';
import { owningProject } from './owning-project.ts';
import { printable } from '../printable.ts';
import type { OwnerContext } from '../system.ts';

const MAX_COMMAND_LENGTH = 1000;
const MAX_PATH_LENGTH = 300;
const MAX_SOCKETS = 50;
/** No real chain is as long; a table read while it changes could close a circle. */
const MAX_PARENTS = 100;

/** The cards of all listeners of the port, lowest pid first. A process that ends meanwhile has no card. */
export async function ownerCards(
  processes: ProcessReader,
  port: number,
  listeners: readonly Listener[],
  context: OwnerContext,
): Promise<OwnerCard[]> {
  const pids = new Set(listeners.filter((listener) => listener.port === port).flatMap((listener) => listener.pids));
  if (pids.size === 0) return [];
  const by = ourselves(processes);
  const users = readUsers();
  const nameOf = (row: ProcessRow): string => printable(processes.nameOf(row)) || '?';
  const cards: OwnerCard[] = [];
  for (const pid of [...pids].sort((a, b) => a - b)) {
    const row = processes.readOne(pid);
    const details = await processes.details(pid);
    if (row === undefined || !isLiving(row) || details === undefined) continue;
    const parents = parentsOf(processes, row);
    cards.push(toCard({ row, details, parents, nameOf, port, listeners, context, by, users }));
  }
  return cards;
}

function toCard(from: {
  readonly row: ProcessRow;
  readonly details: ProcessDetails;
  readonly parents: readonly ProcessRow[];
  readonly nameOf: (row: ProcessRow) => string;
  readonly port: number;
  readonly listeners: readonly Listener[];
  readonly context: OwnerContext;
  readonly by: Judge;
  readonly users: ReadonlyMap<number, string>;
}): OwnerCard {
  const { row, details, nameOf, port, users } = from;
  const { pid, startTicks } = row;
  const name = nameOf(row);
  const user = (details.uid !== undefined && users.get(details.uid)) || `uid ${details.uid ?? 'unknown'}`;
  const project = details.cwd === undefined ? undefined : owningProject(details.cwd);
  const judgement = judge({ ...details, pid, startTicks, name, user, project }, port, from.context, from.by);
  return {
    pid,
    startTicks,
    name,
    command: printable(details.argv.join(' '), MAX_COMMAND_LENGTH) || name,
    cwd: details.cwd === undefined ? null : printable(details.cwd, MAX_PATH_LENGTH),
    project: project
      ? {
          name: printable(project.name),
          root: printable(project.root, MAX_PATH_LENGTH),
          branch: project.branch === null ? null : printable(project.branch, 80),
        }
      : null,
    user,
    uid: details.uid ?? -1,
    startedAt: new Date(details.startedAtMs).toISOString(),
    parents: from.parents.map((parent) => ({ pid: parent.pid, name: nameOf(parent) })),
    listening: listeningOf(pid, port, from.listeners),
    ...judgement,
  };
}

/** The sockets that the process listens on, those of the port in question first; the first fifty. */
function listeningOf(pid: number, port: number, listeners: readonly Listener[]): OwnerCard['listening'] {
  const held = listeners.filter((listener) => listener.pids.includes(pid));
  const rank = (listener: Listener) => (listener.port === port ? 0 : listener.port);
  return held
    .sort((a, b) => rank(a) - rank(b) || a.address.localeCompare(b.address))
    .slice(0, MAX_SOCKETS)
    .map((listener) => ({ address: listener.address, port: listener.port }));
}

function parentsOf(processes: ProcessReader, { ppid }: { readonly ppid: number }): ProcessRow[] {
  const parents: ProcessRow[] = [];
  let next: ProcessRow | undefined;
  for (let pid = ppid; pid > 0 && parents.length < MAX_PARENTS; pid = next.ppid) {
    next = processes.readOne(pid);
    if (next === undefined) break;
    parents.push(next);
  }
  return parents;
}

function ourselves(processes: ProcessReader): Judge {
  const ancestors = parentsOf(processes, process);
  return {
    pid: process.pid,
    uid: process.getuid?.() ?? 0,
    ancestors: new Set(ancestors.map((ancestor) => ancestor.pid)),
  };
}

/** Names of the users in /etc/passwd. Users that live elsewhere (a directory service) stay numbers. */
function readUsers(): ReadonlyMap<number, string> {
  let text = '';
  try {
    text = readFileSync('/etc/passwd', 'utf8');
  } catch {
    // No such file: every user is told by number.
  }
  const users = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name && uid && !users.has(Number(uid))) users.set(Number(uid), name);
  }
  return users;
}
