// The one table of keys: what each does, where, how it is called, and why it may not be available right now.
// The footer, the help and the dispatch of keys are made from it.

import type { Key } from './keys.ts';
import type { KeyBinding } from './keymap/binding.ts';
import { CONFLICT_KEYS } from './keymap/conflict.ts';
import { LOG_KEYS } from './keymap/logs.ts';
import { MOVE_KEYS } from './keymap/move.ts';
import { SERVICE_KEYS } from './keymap/services.ts';
import { SESSION_KEYS } from './keymap/session.ts';
import { TYPING_KEYS } from './keymap/typing.ts';
import type { Mode } from './selectors.ts';
import type { ScreenState } from './state.ts';

export const KEYMAP: readonly KeyBinding[] = [
  ...MOVE_KEYS,
  ...SERVICE_KEYS,
  ...LOG_KEYS,
  ...SESSION_KEYS,
  ...TYPING_KEYS,
  ...CONFLICT_KEYS,
];

export function findBinding(mode: Mode, key: Key): KeyBinding | undefined {
  return KEYMAP.find((binding) => binding.modes.includes(mode) && binding.keys.includes(key));
}

/** Keys of the footer in the order they stand there, those that do nothing now left out. */
export function footerBindings(state: ScreenState, mode: Mode): readonly KeyBinding[] {
  return KEYMAP.filter(
    (binding) =>
      binding.footer !== undefined && binding.modes.includes(mode) && binding.disabledReason?.(state) === undefined,
  ).toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0));
}

export function labelOf(binding: KeyBinding, state: ScreenState): string {
  return typeof binding.label === 'string' ? binding.label : binding.label(state);
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  up: '↑',
  left: '←',
  right: '→',
  down: '↓',
  enter: 'Enter',
  esc: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  pgup: 'PgUp',
  pgdn: 'PgDn',
  home: 'Home',
  end: 'End',
};

/** A key as it is written on the keyboard: "Ctrl-C", "PgUp", "r". */
export function keyName(key: Key): string {
  return KEY_NAMES[key] ?? (key.startsWith('ctrl-') ? `Ctrl-${key.slice(5).toUpperCase()}` : key);
}
