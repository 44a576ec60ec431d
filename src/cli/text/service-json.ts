// Services in the JSON answers of commands that start, stop and wait: the part of `status --json` that a script acts on.

import { waysOut } from './owner-card.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';

export interface ServiceJson extends Pick<ServiceView, 'name' | 'state' | 'ready' | 'port' | 'why'> {
  /** What settles the conflict of its port, the best first: `--on-conflict reroute`. Absent without one. */
  readonly waysOut?: ReturnType<typeof waysOut>;
  /** Null until the service itself answers there: before, another process may. */
  readonly url: string | null;
}

export function serviceJson(view: ServiceView): ServiceJson {
  const { name, state, ready, url, port, why, conflict } = view;
  const shown = { name, state, ready, url: ready ? url : null, port, why };
  return conflict === null ? shown : { ...shown, waysOut: waysOut(view, conflict, { movesFirst: true }) };
}
