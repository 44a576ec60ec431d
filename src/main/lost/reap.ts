// Stops trees without a service: leftovers of a killed supervisor, found by pid and start time, by
// the old session's token or in its control groups, before anything new starts, so that the new session does not fight
// the old one for its ports; and at the end of a session what its services have lost sight of.

import type { ShutdownReport } from '../../core/session/session.ts';
import { endProcesses } from '../../system/process/end-processes.ts';
import type { Processes, ProcessIdentity, TreeRoot } from '../../system/system.ts';

export interface ReapOptions {
  readonly processes: Processes;
  readonly trees: readonly LostTree[];
  /** Undefined: SIGKILL at once. */
  readonly graceMs: number | undefined;
}

export interface LostTree {
  /** The service that it probably belongs to. */
  readonly service: string;
  readonly root: TreeRoot;
}

export interface Reaped {
  readonly service: string;
  readonly stopped: number;
  /** Survived even SIGKILL. */
  readonly leftovers: readonly Leftover[];
}

type Leftover = ProcessIdentity & { readonly name: string };

/** Replaces a leader that has ended. */
export const LOST: ProcessIdentity = { pid: 0, startTicks: 0 };
/** Named for a process that no service can be blamed for. */
export const WHOLE_SESSION = 'the session';

/**
 * Stops all trees at once: SIGTERM, at most `graceMs`, SIGKILL. A process of several trees counts for the first of them.
 * Services without a running process are left out.
 */
export async function reap(options: ReapOptions): Promise<readonly Reaped[]> {
  const { processes } = options;
  const before = eachOnce(options);
  const alive = before.filter(({ root, members }) => members.length > 0 || !processes.isGone(root));
  if (alive.length === 0) return [];
  await endProcesses({
    graceMs: options.graceMs,
    send: (signal) => {
      for (const { root } of alive) processes.signal(root, signal);
    },
    isGone: () => alive.every(({ root }) => processes.isGone(root)),
  });
  const after = eachOnce({ processes, trees: alive });
  return [...new Set(alive.map(({ service }) => service))].map((service) => {
    const leftovers = ofService(after, service);
    return { service, stopped: ofService(before, service).length - leftovers.length, leftovers };
  });
}

interface FoundTree extends LostTree {
  readonly members: readonly Leftover[];
}

/** The running processes of the trees, each once. */
function eachOnce({ processes, trees }: Pick<ReapOptions, 'processes' | 'trees'>): readonly FoundTree[] {
  const known = new Set<number>();
  return trees.map((tree) => {
    const members = processes.members(tree.root, { sweep: true }).filter(({ pid }) => !known.has(pid));
    for (const { pid } of members) known.add(pid);
    return { ...tree, members };
  });
}

function ofService(trees: readonly FoundTree[], service: string): readonly Leftover[] {
  return trees.flatMap((tree) => (tree.service === service ? tree.members : []));
}

/** What survived, as a report of a shutdown names it. */
export function leftoversOf(reaped: readonly Reaped[]): ShutdownReport['leftovers'] {
  return reaped.flatMap(({ service, leftovers }) => leftovers.map(({ pid, name }) => ({ service, pid, name })));
}
