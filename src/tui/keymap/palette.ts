// What the palette offers: actions for the selected service, the logs and the session, then the other services. The
// typed letters must occur in order, so "rsb" finds "restart backend". The palette also searches other words for the
// action.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { keymapOf, placeOf, whyNot } from './keymap.ts';
import type { ActionName, HelpGroup, KeyBinding } from './binding.ts';
import { keyName } from './key-text.ts';
import { isActive } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

export interface PaletteItem {
  /** Its group while the input is empty. */
  readonly group: string;
  readonly title: string;
  /** Other words that find it. */
  readonly words: string;
  /** As the keyboard labels it; empty if it has no key. */
  readonly key: string;
  /** Why it is not possible now; undefined if it is. */
  readonly reason: string | undefined;
  /** The service to select first. */
  readonly service: ServiceName | undefined;
  /** Undefined: it only selects the service. */
  readonly action: ActionName | undefined;
  /** One of the project's own actions. */
  readonly projectAction?: { readonly name: string; readonly verb: 'do' | 'stop' };
}

/** The worth of a letter that begins a word, and of one that follows the previous match. */
const WORD_START = 8;
const IN_A_ROW = 12;
/** The worth of a match in the other words: less than every good match in a title. */
const BY_WORD = 2;
const LAST = 1_000;
const GROUPS: readonly HelpGroup[] = ['Services', 'Logs', 'Session', 'Move'];

/** The items that match the typed text, the best first. With no text, all items in groups, possible ones first. */
export function selectPalette(state: ScreenState): readonly PaletteItem[] {
  const actions = actionItems(state);
  const ofService = actions.filter(({ group }) => group === actions[0]?.group);
  const items = [...ofService, ...projectItems(state), ...actions.slice(ofService.length), ...serviceItems(state)];
  const typed = (state.input?.purpose === 'palette' ? state.input.text : '').toLowerCase().replaceAll(/\s/g, '');
  if (typed === '') return items;
  return items
    .map((item) => ({ item, score: scoreOf(item, typed) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || a.item.title.length - b.item.title.length)
    .map(({ item }) => item);
}

function scoreOf({ title, words }: PaletteItem, typed: string): number {
  const byWord = words.toLowerCase().replaceAll(' ', '').includes(typed) ? BY_WORD * typed.length * WORD_START : 0;
  return Math.max(matchScore(title.toLowerCase(), typed), byWord);
}

/** What fits the selected service comes first in its group, as in the footer. Impossible actions come last. */
function actionItems(state: ScreenState): readonly PaletteItem[] {
  const listed = keymapOf(state.remaps).filter(
    ({ help, modes, action }) => help !== undefined && action !== 'palette' && modes.includes(state.focus),
  );
  return GROUPS.flatMap((group) =>
    listed
      .filter((binding) => binding.group === group)
      .map((binding) => ({ item: actionItem(binding, state), place: placeOf(binding, state) ?? LAST }))
      .toSorted((a, b) => rankOf(a.item) - rankOf(b.item) || a.place - b.place)
      .map(({ item }) => item),
  );
}

function rankOf({ reason }: PaletteItem): number {
  return reason === undefined ? 0 : 1;
}

function actionItem(binding: KeyBinding, state: ScreenState): PaletteItem {
  const { help = '', words = '', about = '', group = 'Session', action, keys } = binding;
  const name = state.selected ?? 'the service';
  return {
    group: group === 'Services' ? name : group.toLowerCase(),
    title: help.replace(/\bthe service\b/, name),
    words: `${words} ${about}`,
    key: keys.map(keyName).join(' '),
    reason: whyNot(binding, state),
    service: undefined,
    action,
  };
}

/** The actions of the config. */
function projectItems({ recording, session }: ScreenState): readonly PaletteItem[] {
  if (recording !== undefined) return [];
  return (session?.actions ?? []).map(({ name, service, command, actors, running }) => {
    const verb = running === null ? 'do' : 'stop';
    const isForPeople = running !== null || actors.includes('person');
    return {
      group: 'actions of the project',
      title: `${verb} ${name}`,
      words: `${service} ${command}`,
      key: '',
      reason: isForPeople ? undefined : 'the config does not let people run it',
      service: undefined,
      action: undefined,
      projectAction: { name, verb },
    };
  });
}

/** The selected service already has its items. */
function serviceItems(state: ScreenState): readonly PaletteItem[] {
  return state.services
    .filter(({ name }) => name !== state.selected)
    .flatMap((service) => [
      serviceItem('go to', service, undefined, state),
      serviceItem('restart', service, 'restart', state),
      serviceItem(isActive(service) ? 'stop' : 'start', service, 'startStop', state),
      serviceItem('type into', service, 'typeInto', state),
      serviceItem('open the URL of', service, 'openUrl', state),
    ]);
}

function serviceItem(
  verb: string,
  { name }: ServiceView,
  action: ActionName | undefined,
  state: ScreenState,
): PaletteItem {
  const binding = keymapOf(state.remaps).find(
    (candidate) => candidate.action === action && candidate.modes.includes('services'),
  );
  return {
    group: 'other services',
    title: `${verb} ${name}`,
    words: '',
    key: '',
    reason: binding === undefined ? undefined : whyNot(binding, { ...state, selected: name }),
    service: name,
    action,
  };
}

/** 0 if the letters do not all occur in order. Each letter counts where it is worth most: at the start of a word, or in a row. */
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
