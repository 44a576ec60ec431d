// Keys as a person writes them in their own config, and as they stand on the keyboard.

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

/** Keys that may be written by name, beside letters, signs and `ctrl-` with a letter. */
export const NAMED_KEYS: readonly Key[] = [...Object.keys(KEY_NAMES), 'backspace', 'delete'];

/** As terminals send them: each is the same byte as another key. */
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

/** A key as it is written on the keyboard: "Ctrl-C", "PgUp", "r". */
export function keyName(key: Key): string {
  return KEY_NAMES[key] ?? (key.startsWith('ctrl-') ? `Ctrl-${key.slice(5).toUpperCase()}` : key);
}

/** "Ctrl-K", "pgup" or "R" → the key; undefined when there is no key so, or no terminal tells it apart. */
export function parseKey(text: string): Key | undefined {
  if (Array.from(text).length === 1) return text === ' ' ? 'space' : text;
  const name = text.toLowerCase().replace(/^(?:c-|ctrl\+|\^)/, 'ctrl-');
  const key = SAME_AS[name] ?? name;
  return NAMED_KEYS.includes(key) || /^ctrl-[a-z]$/.test(key) ? key : undefined;
}
