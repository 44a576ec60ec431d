// What the last row shows: the typed text, else a notice, else the keys that work now. The footer draws the plan. The
// mouse uses it too, since a click on a key presses it.

import { assertNever } from '../../errors.ts';
import { displayWidth, truncate } from '../../format/text.ts';
import { footerBindings, keymapOf, labelOf, placeOf } from './keymap.ts';
import type { ActionName } from './binding.ts';
import { keyName } from './key-text.ts';
import type { Key } from '../terminal/keys.ts';
import { dialogRestMs, selectMode } from '../state/selectors.ts';
import { actionOf, formField, type ActionInput } from '../state/action-form.ts';
import type { ScreenState } from '../state/state.ts';

export interface FooterHint {
  readonly key: Key;
  readonly name: string;
  readonly label: string;
  /** From 0. */
  readonly column: number;
  readonly width: number;
}

export interface FooterPlan {
  /** Before the keys: the typed text, behind `lead`. */
  readonly lead: string;
  readonly typed: string | undefined;
  readonly hints: readonly FooterHint[];
}

/** Spaces between keys. */
export const FOOTER_GAP = 3;
const LONGEST_QUESTION = 40;
/** A shorter piece of a notice says too little: then keys give way. */
const MIN_NOTICE = 20;
/** Keys from this place on always remain. */
const FIXED_FROM = 90;

export function planFooter(state: ScreenState, width: number): FooterPlan {
  const { search, notice } = state;
  if (state.leaving === 'asking') {
    const question = state.isJoined ? 'Others may use this session.' : 'Services are still starting.';
    return plan(state, width, question);
  }
  const typing = typingOf(state);
  if (typing !== undefined) {
    const room = Math.max(8, width - 32 - displayWidth(typing.lead));
    return plan(state, width, typing.lead, lastColumns(typing.text, room));
  }
  // A dialog's keys matter more than an outcome. The outcome stays for later.
  const isPutOff = notice?.seenFromMs !== undefined && selectMode(state) === 'conflict';
  if (notice !== undefined && !isPutOff) {
    const glyph = { plain: '', warn: '! ', fail: '✖ ' }[notice.tone];
    const room = width - 1 - fixedWidth(state);
    return plan(state, width, truncate(glyph + notice.text, room > MIN_NOTICE ? room : width - 1), undefined, 'fixed');
  }
  if (dialogRestMs(state, state.nowMs) > 0) return plan(state, width, 'keys work in a moment', undefined, 'fixed');
  if (search.query !== undefined && selectMode(state) !== 'help') {
    const said = `/${truncate(search.query, 20)}  ${search.status}`;
    const hints = [
      ...hintsOf(state, ['searchNewer', 'newer'], ['searchOlder', 'older']),
      { key: 'esc', name: keyName('esc'), label: 'end search' },
    ];
    return { lead: said, typed: undefined, hints: placed(hints, 1 + displayWidth(said) + FOOTER_GAP) };
  }
  return plan(state, width, '');
}

/** How much of the row the permanent keys take. */
function fixedWidth(state: ScreenState): number {
  const fixed = footerBindings(state, selectMode(state)).filter(
    (binding) => (placeOf(binding, state) ?? 0) >= FIXED_FROM,
  );
  return fixed.reduce(
    (sum, binding) =>
      sum + widthOf({ name: keyName(binding.keys[0] ?? ''), label: labelOf(binding, state) }) + FOOTER_GAP,
    0,
  );
}

/** Keys with a place in the footer, until the row is full. */
function plan(
  state: ScreenState,
  width: number,
  lead: string,
  typed?: string,
  keys: 'all' | 'fixed' = 'all',
): FooterPlan {
  // The cursor takes a column.
  const leadWidth = displayWidth(lead) + (typed === undefined ? 0 : displayWidth(typed) + 1);
  const start = 1 + (leadWidth === 0 ? 0 : leadWidth + FOOTER_GAP);
  const shown = footerBindings(state, selectMode(state)).map((binding) => ({
    key: binding.keys[0] ?? '',
    name: keyName(binding.keys[0] ?? ''),
    label: labelOf(binding, state),
    isFixed: (placeOf(binding, state) ?? 0) >= FIXED_FROM,
  }));
  let room =
    width - start - shown.filter((hint) => hint.isFixed).reduce((sum, hint) => sum + widthOf(hint) + FOOTER_GAP, 0);
  let isFull = false;
  const kept = shown.filter((hint) => {
    if (hint.isFixed) return keys === 'all' || room >= 0;
    if (keys === 'fixed') return false;
    isFull ||= widthOf(hint) + FOOTER_GAP > room;
    if (!isFull) room -= widthOf(hint) + FOOTER_GAP;
    return !isFull;
  });
  return { lead, typed, hints: placed(kept, start) };
}

type Hint = Pick<FooterHint, 'key' | 'name' | 'label'>;

function hintsOf(state: ScreenState, ...wanted: readonly (readonly [ActionName, string])[]): readonly Hint[] {
  return wanted.flatMap(([action, label]) => {
    const key = keymapOf(state.remaps).find((binding) => binding.action === action)?.keys[0];
    return key === undefined ? [] : [{ key, name: keyName(key), label }];
  });
}

function placed(hints: readonly Hint[], start: number): readonly FooterHint[] {
  let column = start;
  return hints.map(({ key, name, label }) => {
    const hint = { key, name, label, column, width: widthOf({ name, label }) };
    column += hint.width + FOOTER_GAP;
    return hint;
  });
}

function widthOf({ name, label }: Pick<Hint, 'name' | 'label'>): number {
  return displayWidth(name) + 1 + displayWidth(label);
}

/** The typed text, and the word before it. */
function typingOf(state: ScreenState): { readonly lead: string; readonly text: string } | undefined {
  const { input } = state;
  switch (input?.purpose) {
    case 'answer': {
      const text = input.isSecret ? '•'.repeat(Array.from(input.text).length) : input.text;
      return { lead: `${input.service} asks: ${truncate(input.question, LONGEST_QUESTION)} `, text };
    }
    case 'palette':
      return { lead: ':', text: input.text };
    case 'action':
      return formTyping(state, input);
    case 'search':
      return { lead: '/', text: input.text };
    case 'find-service':
      return { lead: 'service: ', text: input.text };
    case 'filter':
      return { lead: 'filter (!text leaves out): ', text: input.text };
    case 'save':
      return { lead: 'save to: ', text: input.text };
    // The conflict dialog shows the port.
    case 'port':
    case undefined:
      return undefined;
    default:
      return assertNever(input);
  }
}

function formTyping(state: ScreenState, input: ActionInput): { readonly lead: string; readonly text: string } {
  const param = formField(state);
  const question = actionOf(state, input.action)?.confirm ?? '';
  return param === undefined
    ? { lead: `${truncate(question, LONGEST_QUESTION)} y runs it `, text: '' }
    : { lead: `${param.name}: `, text: input.text };
}

/** A text that is too long shows its end, where the cursor is. */
function lastColumns(text: string, columns: number): string {
  const characters = Array.from(text);
  let from = 0;
  while (displayWidth(characters.slice(from).join('')) > columns) from += 1;
  return characters.slice(from).join('');
}
