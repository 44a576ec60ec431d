// What a person's own config may have under `keys:`, from the table of keys.

import type { KeyRemaps } from '../../core/model/user-config.ts';
import { KEYMAP, keymapOf } from './keymap.ts';
import { keyName, NAMED_KEYS, parseKey } from './key-text.ts';
import { FIXED_KEYS, findClash, remappable } from './remap.ts';

export const KEY_WORDS = {
  actions: remappable(KEYMAP).map(({ action }) => action),
  namedKeys: NAMED_KEYS,
  fixedKeys: FIXED_KEYS,
  parseKey,
  findClash(remaps: KeyRemaps) {
    const clash = findClash(KEYMAP, remaps);
    if (clash === undefined) return undefined;
    const { action, help, about, label } = clash.other;
    const what = about ?? help ?? (typeof label === 'string' ? label : action);
    return { action: clash.action, key: keyName(clash.key), taken: `${action} (${what})` };
  },
};

export interface ListedAction {
  readonly action: string;
  /** As the config writes them, without the fixed keys. */
  readonly keys: readonly string[];
  readonly help: string;
}

/** Every action that a person may remap, once, in the order of the help. */
export function listActions(remaps: KeyRemaps): readonly ListedAction[] {
  return remappable(keymapOf(remaps)).map(({ action, keys, help = '', about = help }) => {
    return { action, keys: keys.filter((key) => !FIXED_KEYS.includes(key)), help: about };
  });
}
