// What the palette offers: what one does with the selected service, with the logs, with the session, and then the other
// services. What is typed is looked for as letters in order, so that "rsb" finds "restart backend", and among the other
// words by which people call an action.

import type { ServiceName } from '../../core/model/project.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { keymapOf, placeOf, whyNot } from './keymap.ts';
import type { ActionName, HelpGroup, KeyBinding } from './binding.ts';
import { keyName } from './key-text.ts';
import { isActive } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';

export interface PaletteItem {
  /** What it is listed under while nothing is typed. */
  readonly group: string;
  readonly title: string;
  /** Other words by which it is found. */
  readonly words: string;
  /** As it is written on the keyboard; empty when no key does it. */
  readonly key: string;
  /** Why it cannot be done now; undefined when it can. */
  readonly reason: string | undefined;
  /** Selected first. */
  readonly service: ServiceName | undefined;
  /** Undefined: nothing but to select the service. */
  readonly action: ActionName | undefined;
  /** One of the project's own. */
  readonly projectAction?: { readonly name: string; readonly verb: 'do' | 'stop' };
}

/** Worth of a letter that begins a word, and of one that follows the letter before. */
const WORD_START = 8;
const IN_A_ROW = 12;
/** Of a match in the other words: behind every good match in a title. */
const BY_WORD = 2;
const LAST = 1_000;
const GROUPS: readonly HelpGroup[] = ['Services', 'Logs', 'Session', 'Move'];

/** The items that match what is typed, the best first; while nothing is, in groups, what can be done now first. */
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

/** What fits the selected service, as the footer has it, before the rest of its group; what cannot be done now last. */
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

/** What the config lets be run by name. */
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

/** The selected one has its items already. */
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
