// Why a service is not ready, followed down to the first cause: what it waits for, what that waits for, and who holds
// a port. A tree, because a service may wait for several others.

import type { ServiceName } from '../core/model/project.ts';
import type { ServiceView, StateName } from '../core/session/snapshot.ts';
import { statusLabel } from './status-label.ts';
import { ownerName } from './owner-facts.ts';

export interface Cause {
  readonly service: ServiceName;
  readonly state: StateName;
  /** What is the matter with this one alone, as it follows its name: "is unhealthy (GET /health 503)". */
  readonly reason: string;
  /** The owner of the port that it needs. */
  readonly port: {
    readonly port: number;
    readonly owners: readonly { readonly name: string; readonly pid: number }[];
  } | null;
  readonly causes: readonly Cause[];
}

/** @throws nothing; a dependency that the session does not know is left out */
export function causeOf(views: readonly ServiceView[], view: ServiceView): Cause {
  const { name, state, conflict, dependsOn, why } = view;
  const causes =
    state === 'waiting'
      ? dependsOn.flatMap((needed) => {
          const other = views.find((candidate) => candidate.name === needed);
          // Only those that it says it waits for: a dependency may count as met before it is ready.
          return other !== undefined && why.includes(`${needed} is `) ? [causeOf(views, other)] : [];
        })
      : [];
  const port =
    conflict === null
      ? null
      : { port: conflict.port, owners: conflict.owners.map((owner) => ({ name: owner.name, pid: owner.pid })) };
  return { service: name, state, reason: reasonOf(view, causes), port, causes };
}

function reasonOf({ state, conflict, ready, why }: ServiceView, causes: readonly Cause[]): string {
  if (ready) return why === '' ? 'is ready' : `is ready, but ${why}`;
  if (conflict !== null) {
    const outcome = state === 'failed' ? 'is failed' : 'is not started';
    return conflict.owners.length > 0 ? outcome : `${outcome} (${why})`;
  }
  if (state === 'waiting') return causes.length === 0 ? why : 'waits';
  const word = state === 'stopped' ? 'not started' : statusLabel(state).word;
  return `is ${word}${why === '' ? '' : ` (${why})`}`;
}

/** One line: `web waits ← api is unhealthy (GET /health 503)`. */
export function causeText({ service, reason, port, causes }: Cause): string {
  const deeper = causes.map(causeText).join(', and ');
  const held =
    port === null || port.owners.length === 0 ? '' : `${port.port} held by ${port.owners.map(ownerName).join(', ')}`;
  return [`${service} ${reason}`, held, deeper].filter((part) => part !== '').join(' ← ');
}
