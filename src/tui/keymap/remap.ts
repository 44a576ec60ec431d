// The keys a person has chosen, put in the place of ours. Which actions may be remapped follows from the table: those
// that the help lists. Keys that leave a dialog or edit what one types stay as they are, so nobody can lock themselves in.

import type { KeyRemaps } from '../../core/model/user-config.ts';
import type { Key } from '../terminal/keys.ts';
import type { ActionName, KeyBinding } from './binding.ts';

/** These do not change: what ends everything, what goes back, and what works while one types. */
export const FIXED_KEYS: readonly Key[] = ['ctrl-c', 'esc'];
const FIXED_ACTIONS: readonly ActionName[] = ['back', 'later', 'suspend'];

/** The bindings that a name in `keys:` stands for, as they are in the help. */
export function remappable(bindings: readonly KeyBinding[]): readonly KeyBinding[] {
  return bindings.filter(({ help, action }) => help !== undefined && !FIXED_ACTIONS.includes(action));
}

/** The new keys take the place of those in the help, wherever the action has them; its other keys stay. */
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

/** The first remap whose key another action of the same mode has as well. */
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
