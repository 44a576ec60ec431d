// A choice of a conflict in words: its key, what it does, and what happens because of it.

import type { ConflictChoiceName } from '../../../core/model/vocabulary.ts';
import type { KeyRemaps } from '../../../core/model/user-config.ts';
import { assertNever } from '../../../errors.ts';
import { keyOf } from '../../keymap/keymap.ts';
import type { OpenConflict } from '../../state/selectors.ts';

export interface ChoiceWords {
  readonly key: string;
  readonly what: string;
  readonly effect: string;
}

/** @param portText the port being typed; undefined if the person types none */
export function choiceWords(
  name: ConflictChoiceName,
  { conflict, service }: OpenConflict,
  { portText, remaps }: { readonly portText: string | undefined; readonly remaps: KeyRemaps },
): ChoiceWords {
  const thenStarts = `then start ${service.name} on port ${conflict.port}`;
  switch (name) {
    case 'reroute':
      return {
        key: keyOf('reroute', remaps),
        what: rerouteWords(conflict.suggestedPort, portText),
        effect: rewires(conflict.rewires),
      };
    case 'reuse': {
      const [owner] = conflict.owners;
      const program = owner === undefined ? 'what is there' : `${owner.name} (pid ${owner.pid})`;
      const what = `use ${conflict.container?.name ?? program} as ${service.name}`;
      return { key: keyOf('reuse', remaps), what, effect: 'if it is healthy; never stopped' };
    }
    case 'kill': {
      const targets = conflict.owners.filter((owner) => owner.refusal === null);
      const names = targets.map((owner) => `${owner.name} (pid ${owner.pid})`).join(' and ');
      return {
        key: keyOf('killOwner', remaps),
        what: names === '' ? 'kill the owner' : `kill ${names}`,
        effect: thenStarts,
      };
    }
    case 'container': {
      const what = conflict.container === null ? 'stop the container' : `stop the container ${conflict.container.name}`;
      return { key: keyOf('stopContainer', remaps), what, effect: thenStarts };
    }
    case 'retry':
      return { key: keyOf('retry', remaps), what: 'try again', effect: 'after you freed the port' };
    case 'skip':
      return { key: keyOf('skip', remaps), what: `skip ${service.name}`, effect: 'leave it stopped for now' };
    default:
      return assertNever(name);
  }
}

function rerouteWords(suggestedPort: number | null, portText: string | undefined): string {
  if (portText !== undefined) return `use port ${portText}▏`;
  return suggestedPort === null ? 'use the next free port' : `use port ${suggestedPort}, or type one`;
}

function rewires(names: readonly string[]): string {
  if (names.length === 0) return 'nothing else restarts';
  return `${names.join(', ')} ${names.length === 1 ? 'restarts' : 'restart'} with the new address`;
}
