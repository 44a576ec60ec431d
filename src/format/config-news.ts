// What is to be said of a config that is not the active one, in a line.

import type { ConfigChange, ConfigNews } from '../core/session/snapshot.ts';
import { assertNever } from '../errors.ts';

const VERBS = { restart: 'restarts', start: 'starts', stop: 'stops' } as const;

/** Whose names are missing is said by number: "api restarts, cache and 2 more start". */
export function consequences(changes: readonly ConfigChange[]): string {
  const parts = (['restart', 'start', 'stop'] as const).flatMap((effect) => {
    const names = changes.flatMap((change) => (change.effect === effect ? (change.service ?? []) : []));
    const [first] = names;
    if (first === undefined) return [];
    return names.length === 1 ? `${first} ${VERBS[effect]}` : `${listed(names)} ${effect}`;
  });
  return parts.length === 0 ? 'nothing restarts' : parts.join(', ');
}

function listed(names: readonly string[]): string {
  if (names.length <= 3) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

/** Without a full stop and without what to do about it. */
export function configNewsLine(news: ConfigNews): string {
  switch (news.status) {
    case 'pending':
      return `${news.file} was edited: ${consequences(news.changes)}`;
    case 'missing':
      return `${news.file} was removed; the last good config stays active`;
    case 'unusable':
      return `the last good config stays active: ${news.problem ?? `${news.file} cannot be used`}`;
    default:
      return assertNever(news.status);
  }
}
