// The one table of keys: what each does, where, its name, and why it may not work now. The footer, the help and the
// dispatch of keys come from it.

import type { KeyRemaps } from '../../core/model/user-config.ts';
import type { Key } from '../terminal/keys.ts';
import type { ActionName, KeyBinding } from './binding.ts';
import { CONFLICT_KEYS } from './conflict.ts';
import { keyName } from './key-text.ts';
import { LOG_KEYS } from './logs.ts';
import { MOVE_KEYS } from './move.ts';
import { remap } from './remap.ts';
import { SERVICE_KEYS } from './services.ts';
import { REQUEST_KEYS, SESSION_KEYS } from './session.ts';
import { TYPING_KEYS } from './typing.ts';
import { VIEW_KEYS } from './views.ts';
import type { Mode } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

export const KEYMAP: readonly KeyBinding[] = [
  ...MOVE_KEYS,
  ...SERVICE_KEYS,
  ...LOG_KEYS,
  ...REQUEST_KEYS,
  ...SESSION_KEYS,
  ...VIEW_KEYS,
  ...TYPING_KEYS,
  ...CONFLICT_KEYS,
];

let lastRemapped: { readonly remaps: KeyRemaps; readonly bindings: readonly KeyBinding[] } | undefined;

/** The table with the person's own keys. */
export function keymapOf(remaps: KeyRemaps): readonly KeyBinding[] {
  if (lastRemapped?.remaps !== remaps) {
    const bindings = Object.keys(remaps).length === 0 ? KEYMAP : remap(KEYMAP, remaps);
    lastRemapped = { remaps, bindings };
  }
  return lastRemapped.bindings;
}

export function findBinding(mode: Mode, key: Key, remaps: KeyRemaps): KeyBinding | undefined {
  return keymapOf(remaps).find((binding) => binding.modes.includes(mode) && binding.keys.includes(key));
}

/** The first key of an action, as the keyboard labels it. Empty if the person has switched it off. */
export function keyOf(action: ActionName, remaps: KeyRemaps): string {
  const binding = keymapOf(remaps).find((candidate) => candidate.action === action);
  return keyName(binding?.keys[0] ?? '');
}

/** Actions that affect the session or its services. */
const FOR_THE_LIVING: ReadonlySet<ActionName> = new Set<ActionName>([
  'restart',
  'restartAll',
  'startStop',
  'stop',
  'killNow',
  'openUrl',
  'typeInto',
  'answer',
  'openLog',
  'stream',
  'applyConfig',
  'detach',
  'toggleLease',
  'sessions',
  'switchSession',
]);

/** Why the key does nothing now; undefined if it works. */
export function whyNot({ action, disabledReason }: KeyBinding, state: ScreenState): string | undefined {
  if (state.recording !== undefined && FOR_THE_LIVING.has(action))
    return 'this is a recording: H chooses a moment of it';
  return disabledReason?.(state);
}

/** Keys of the footer in their order, without keys that do nothing now. */
export function footerBindings(state: ScreenState, mode: Mode): readonly KeyBinding[] {
  return keymapOf(state.remaps)
    .filter(
      (binding) =>
        placeOf(binding, state) !== undefined &&
        binding.keys.length > 0 &&
        binding.modes.includes(mode) &&
        whyNot(binding, state) === undefined,
    )
    .toSorted((a, b) => (placeOf(a, state) ?? 0) - (placeOf(b, state) ?? 0));
}

/** A key's place in the footer: what fits the selected service comes first. */
export function placeOf({ footer }: KeyBinding, state: ScreenState): number | undefined {
  return typeof footer === 'function' ? footer(state) : footer;
}

export function labelOf(binding: KeyBinding, state: ScreenState): string {
  return typeof binding.label === 'string' ? binding.label : binding.label(state);
}
