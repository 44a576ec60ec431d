// A view that has grown beyond what anybody reads, without the ends of its lists. Others decide how long those are: a
// service that starts ten thousand processes, a server that answers on every port.

import type { ConflictView, ServiceView } from '../session/snapshot.ts';

const FEW = 3;

/** The same view with the first three of everything that is listed in it. */
export function abridged(view: ServiceView): ServiceView {
  const { health, conflict } = view;
  return {
    ...view,
    pids: few(view.pids),
    listening: few(view.listening),
    health: health && { ...health, components: few(health.components) },
    alerts: few(view.alerts),
    conflict: conflict && abridgedConflict(conflict),
  };
}

function abridgedConflict(conflict: ConflictView): ConflictView {
  const owners = few(conflict.owners).map((owner) => ({
    ...owner,
    parents: few(owner.parents),
    listening: few(owner.listening),
  }));
  return { ...conflict, owners, obstacles: few(conflict.obstacles) };
}

function few<Item>(list: readonly Item[]): readonly Item[] {
  return list.slice(0, FEW);
}
