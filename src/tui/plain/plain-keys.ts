// The keys of the plain screen: those of the screen whose effect can be said in words, and a few that only read.

import type { ActionName, KeyBinding } from '../keymap/binding.ts';
import { findBinding, keymapOf, labelOf, whyNot } from '../keymap/keymap.ts';
import { keyName } from '../keymap/key-text.ts';
import type { Key } from '../terminal/keys.ts';
import { selectConflictNames, selectMode } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

/** What the reading keys do. */
export type ReadingName = 'help' | 'lastLines' | 'errors' | 'why' | 'followLog';

const READING_KEYS: Readonly<Record<Key, { readonly name: ReadingName; readonly about: string }>> = {
  '?': { name: 'help', about: 'the keys that work now' },
  l: { name: 'lastLines', about: 'the last lines of the service' },
  e: { name: 'errors', about: 'the last errors of the service' },
  w: { name: 'why', about: 'why the service is in its state' },
  f: { name: 'followLog', about: 'read the log of the service as it grows, or stop' },
};

/** Actions of the screen whose whole effect is announced. */
const SPOKEN: ReadonlySet<ActionName> = new Set<ActionName>([
  'moveDown',
  'moveUp',
  'moveFirst',
  'moveLast',
  'restart',
  'restartAll',
  'startStop',
  'stop',
  'killNow',
  'openUrl',
  'answer',
  'ports',
  'applyConfig',
  'detach',
  'quit',
  'suspend',
  'back',
  'confirmQuit',
  'force',
  'submit',
  'erase',
  'eraseAll',
  'choiceUp',
  'choiceDown',
  'chooseMarked',
  'reroute',
  'reuse',
  'killOwner',
  'stopContainer',
  'retry',
  'skip',
  'nextConflict',
  'previousConflict',
  'remember',
  'forAll',
  'later',
  'confirmKill',
  'allowRequest',
  'allowRequests',
  'refuseRequest',
]);

export type KeyMeaning =
  | { readonly kind: 'action'; readonly name: ActionName }
  | { readonly kind: 'typed' }
  | { readonly kind: 'reading'; readonly name: ReadingName }
  | { readonly kind: 'nothing'; readonly why: string };

/** What the key means now. A key that a person gave to an action of the screen keeps that meaning. */
export function meaningOf(key: Key, state: ScreenState): KeyMeaning {
  const mode = selectMode(state);
  const binding = findBinding(mode, key, state.remaps);
  if (binding?.action === 'ports' && selectConflictNames(state).length === 0) {
    return { kind: 'nothing', why: 'there is no port conflict' };
  }
  const leadsNowhere = mode === 'services' && binding?.action === 'back';
  if (binding !== undefined && SPOKEN.has(binding.action) && !leadsNowhere)
    return { kind: 'action', name: binding.action };
  if (mode === 'answer' || mode === 'port' || (mode === 'conflict' && /^\d$/.test(key))) return { kind: 'typed' };
  const reading = READING_KEYS[key];
  if (reading !== undefined && (mode === 'services' || reading.name === 'help')) {
    return { kind: 'reading', name: reading.name };
  }
  return { kind: 'nothing', why: `${keyName(key)} does nothing here; ? tells the keys` };
}

/** A line for each key that works now. */
export function keyLines(state: ScreenState): readonly string[] {
  const mode = selectMode(state);
  const works = (binding: KeyBinding): boolean => {
    const key = binding.keys[0];
    return (
      key !== undefined &&
      binding.modes.includes(mode) &&
      meaningOf(key, state).kind === 'action' &&
      whyNot(binding, state) === undefined
    );
  };
  const reading = Object.entries(READING_KEYS).filter(([key]) => meaningOf(key, state).kind === 'reading');
  return [
    ...keymapOf(state.remaps)
      .filter(works)
      .map((binding) => `${keyName(binding.keys[0] ?? '')}: ${binding.help ?? labelOf(binding, state)}`),
    ...reading.map(([key, { about }]) => `${key}: ${about}`),
  ];
}
