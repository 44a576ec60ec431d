// The actor of a client, by its process and the processes above it.

import { userInfo } from 'node:os';
import { identify, type ChainLink, type Identity } from '../../core/actors/identify.ts';
import type { ClientClaim } from '../../core/model/actor.ts';
import type { ProcessReader } from '../../system/platform.ts';
import type { ActorDesk } from '../../supervisor/actors/actor-desk.ts';
import type { LaunchRequest } from '../../ipc/protocol.ts';

/** More than any shell in an editor in a desktop has above it. */
const MOST_ANCESTORS = 32;

export function createIdentify(processes: ProcessReader): (claim: ClientClaim) => Identity {
  return (claim) => identify(claim, chainOf(processes, claim.pid), userName());
}

/** The process and its ancestors, as far as they can be seen. */
function chainOf(processes: ProcessReader, pid: number): readonly ChainLink[] {
  const environment = processes.environments();
  const chain: ChainLink[] = [];
  for (let next = pid; next > 1 && chain.length < MOST_ANCESTORS;) {
    const row = processes.readOne(next);
    if (row === undefined) break;
    chain.push({
      pid: row.pid,
      startTicks: row.startTicks,
      name: processes.nameOf(row),
      environ: environment(row.pid),
    });
    next = row.ppid;
  }
  return chain;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // In a container, a user without a name.
    return `user ${process.getuid?.() ?? ''}`.trim();
  }
}

/** What the launcher wants started, in its name. */
export async function startFor(
  { role, client }: LaunchRequest,
  desk: ActorDesk,
  { names, options }: NonNullable<LaunchRequest['start']>,
): Promise<void> {
  const claim = client ?? { pid: process.ppid, via: role, hasTerminal: role === 'screen' };
  const admission = desk.admit(role, claim);
  await admission.session.start(names, options);
  admission.leave();
}
