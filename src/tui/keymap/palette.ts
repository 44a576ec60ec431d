// What the palette offers: every action of the table of keys, and for each service what one does with it most. What is
// typed is looked for as letters in order, so that "rsb" finds "restart backend".

import type { ServiceName } from '../../core/model/project.ts';
import { keymapOf } from './keymap.ts';
import type { ActionName } from './binding.ts';
import { keyName } from './key-text.ts';
import { isActive } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

export interface PaletteItem {
  readonly title: string;
  /** As it is written on the keyboard; empty when no key does it. */
  readonly key: string;
  /** Why it cannot be done now; undefined when it can. */
  readonly reason: string | undefined;
  /** Selected first. */
  readonly service: ServiceName | undefined;
  /** Undefined: nothing but to select the service. */
  readonly action: ActionName | undefined;
}

/** Worth of a letter that begins a word, and of one that follows the letter before. */
const WORD_START = 8;
const IN_A_ROW = 12;

/** The items that match what is typed, the best first; all in the order of the help while nothing is. */
export function selectPalette(state: ScreenState): readonly PaletteItem[] {
  const items = [...actionItems(state), ...serviceItems(state)];
  const typed = (state.input?.purpose === 'palette' ? state.input.text : '').toLowerCase().replaceAll(/\s/g, '');
  if (typed === '') return items;
  return items
    .map((item) => ({ item, score: matchScore(item.title.toLowerCase(), typed) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

function actionItems(state: ScreenState): readonly PaletteItem[] {
  const listed = keymapOf(state.remaps).filter(
    ({ help, modes, action }) => help !== undefined && action !== 'palette' && modes.includes(state.focus),
  );
  return listed.map((binding) => ({
    title: binding.help ?? '',
    key: binding.keys.map(keyName).join(' '),
    reason: binding.disabledReason?.(state),
    service: undefined,
    action: binding.action,
  }));
}

function serviceItems(state: ScreenState): readonly PaletteItem[] {
  return state.services.flatMap((service) => {
    const item = (verb: string, action: ActionName | undefined): PaletteItem => {
      const binding = keymapOf(state.remaps).find(
        (candidate) => candidate.action === action && candidate.modes.includes('services'),
      );
      return {
        title: `${verb} ${service.name}`,
        key: '',
        reason: binding?.disabledReason?.({ ...state, selected: service.name }),
        service: service.name,
        action,
      };
    };
    return [
      item('go to', undefined),
      item('restart', 'restart'),
      item(isActive(service) ? 'stop' : 'start', 'startStop'),
      item('type into', 'typeInto'),
      item('open the URL of', 'openUrl'),
    ];
  });
}

/** 0 when the letters do not all occur in order. Takes each where it counts most: at the start of a word, or in a row. */
function matchScore(title: string, typed: string): number {
  const best = new Map<string, number>();
  function from(at: number, letter: number, follows: boolean): number {
    if (letter === typed.length) return 1;
    const key = `${at} ${letter} ${follows}`;
    const known = best.get(key);
    if (known !== undefined) return known;
    let score = 0;
    for (let place = title.indexOf(typed.charAt(letter), at); place !== -1;) {
      const rest = from(place + 1, letter + 1, true);
      const isStart = place === 0 || !/[a-z0-9]/.test(title.charAt(place - 1));
      const worth = 1 + (isStart ? WORD_START : 0) + (follows && place === at ? IN_A_ROW : 0);
      if (rest > 0) score = Math.max(score, rest + worth);
      place = title.indexOf(typed.charAt(letter), place + 1);
    }
    best.set(key, score);
    return score;
  }
  return from(0, 0, false);
}
