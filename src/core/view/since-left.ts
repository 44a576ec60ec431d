// The news for a person who returns to a session: counted since the last screen left. Pure.

import type { EventFact } from '../session/events.ts';
import type { ServiceName } from '../model/project.ts';

export interface Missed {
  /** RFC 3339 UTC, when the last screen left. */
  readonly since: string;
  /** How often each service restarted, by itself or on request. */
  readonly restarts: ReadonlyMap<ServiceName, number>;
  readonly crashes: number;
  readonly errorLines: number;
  readonly conflicts: number;
  /** Edits of the config that were applied, or cannot be used. */
  readonly edits: number;
}

/** Undefined when no screen has left before: then nothing was missed. @param facts sorted by time */
export function sinceLeft(facts: readonly (EventFact & { readonly time: string })[]): Missed | undefined {
  const left = facts.findLastIndex((fact) => fact.type === 'screen' && fact.state === 'left');
  const since = facts[left]?.time;
  if (since === undefined) return undefined;
  const restarts = new Map<ServiceName, number>();
  let [crashes, errorLines, conflicts, edits] = [0, 0, 0, 0];
  for (const fact of facts.slice(left)) {
    if (fact.type === 'restart') restarts.set(fact.service, (restarts.get(fact.service) ?? 0) + 1);
    if (fact.type === 'crash') crashes += 1;
    if (fact.type === 'errors') errorLines += fact.count;
    if (fact.type === 'conflict') conflicts += 1;
    if (fact.type === 'config') edits += 1;
  }
  return { since, restarts, crashes, errorLines, conflicts, edits };
}
