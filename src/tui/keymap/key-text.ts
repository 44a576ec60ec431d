// Keys as people write them in their own config, and as keyboards label them.

import type { Key } from '../terminal/keys.ts';

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
  space: 'Space',
};

/** Keys with a name, beside letters, signs and `ctrl-` with a letter. */
export const NAMED_KEYS: readonly Key[] = [...Object.keys(KEY_NAMES), 'backspace', 'delete'];

/** Terminals send the same byte for each of these as for another key. */
const SAME_AS: Readonly<Record<string, Key>> = {
  'ctrl-h': 'backspace',
  'ctrl-i': 'tab',
  'ctrl-j': 'enter',
  'ctrl-m': 'enter',
  escape: 'esc',
  return: 'enter',
  pageup: 'pgup',
  pagedown: 'pgdn',
};

/** A key as the keyboard labels it: "Ctrl-C", "PgUp", "r". */
export function keyName(key: Key): string {
  return KEY_NAMES[key] ?? (key.startsWith('ctrl-') ? `Ctrl-${key.slice(5).toUpperCase()}` : key);
}

/** "Ctrl-K", "pgup" or "R" → the key. Undefined if there is no such key, or if terminals do not tell it apart from another. */
export function parseKey(text: string): Key | undefined {
  if (Array.from(text).length === 1) return text === ' ' ? 'space' : text;
  const name = text.toLowerCase().replace(/^(?:c-|ctrl\+|\^)/, 'ctrl-');
  const key = SAME_AS[name] ?? name;
  return NAMED_KEYS.includes(key) || /^ctrl-[a-z]$/.test(key) ? key : undefined;
}
