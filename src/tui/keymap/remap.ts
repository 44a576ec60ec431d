// Replaces our keys by a person's own keys. A person may remap each action that the help lists. Keys that leave a
// dialog or edit the typed text are fixed, so nobody can get locked in.

import type { KeyRemaps } from '../../core/model/user-config.ts';
import type { Key } from '../terminal/keys.ts';
import type { ActionName, KeyBinding } from './binding.ts';

/** Fixed keys: the ones that quit, go back, or work during typing. */
export const FIXED_KEYS: readonly Key[] = ['ctrl-c', 'esc'];
const FIXED_ACTIONS: readonly ActionName[] = ['back', 'later', 'suspend'];

/** The bindings that a name in `keys:` means, as in the help. */
export function remappable(bindings: readonly KeyBinding[]): readonly KeyBinding[] {
  return bindings.filter(({ help, action }) => help !== undefined && !FIXED_ACTIONS.includes(action));
}

/** The new keys replace the help's keys of the action, in every mode. Its other keys stay. */
export function remap(bindings: readonly KeyBinding[], remaps: KeyRemaps): readonly KeyBinding[] {
  const own = new Map(remappable(bindings).map(({ action, keys }) => [action, keys]));
  return bindings.map((binding) => {
    const chosen = remaps[binding.action];
    const replaced = own.get(binding.action)?.filter((key) => !FIXED_KEYS.includes(key));
    if (chosen === undefined || replaced === undefined) return binding;
    const kept = binding.keys.filter((key) => !replaced.includes(key));
    return kept.length === binding.keys.length ? binding : { ...binding, keys: [...chosen, ...kept] };
  });
}

export interface KeyClash {
  readonly action: string;
  readonly key: Key;
  readonly other: KeyBinding;
}

/** The first remapped key that another action of the same mode also has. */
export function findClash(bindings: readonly KeyBinding[], remaps: KeyRemaps): KeyClash | undefined {
  const all = remap(bindings, remaps);
  for (const mine of all) {
    for (const key of remaps[mine.action] ?? []) {
      const other = all.find(
        (each) =>
          each.action !== mine.action &&
          each.keys.includes(key) &&
          each.modes.some((mode) => mine.modes.includes(mode)),
      );
      if (other !== undefined && mine.keys.includes(key)) return { action: mine.action, key, other };
    }
  }
  return undefined;
}
