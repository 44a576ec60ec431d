// What a key does in the place where keys go now: its action, or a character of what somebody types.

import { findBinding, whyNot } from '../keymap/keymap.ts';
import { dialogRestMs, selectMode } from '../state/selectors.ts';
import type { Key } from '../terminal/keys.ts';
import { notify, type ActionContext } from './action-context.ts';
import { performAction, typeText } from './actions.ts';

/** Performs the action of the key, or says why it does nothing now. A key without one is typed. */
export function pressKey(key: Key, context: ActionContext): void {
  const mode = selectMode(context.state());
  context.dispatch({ type: 'keyPressed', nowMs: context.now() });
  if (isTooSoon(key, context)) {
    return notify(context, 'warn', 'this dialog has just opened: press the key again');
  }
  const binding = findBinding(mode, key, context.state().remaps);
  if (binding === undefined) {
    const text = key === 'space' ? ' ' : key;
    if (Array.from(text).length === 1) typeText(text, context);
    return;
  }
  const reason = whyNot(binding, context.state());
  if (reason === undefined) performAction(binding.action, context);
  else notify(context, 'warn', reason);
}

/** A dialog that opens without being asked for takes no letter of what somebody is typing, and no Enter. */
function isTooSoon(key: Key, { state, now }: ActionContext): boolean {
  const isTyped = /^[\p{L}\p{N}]$/u.test(key) || key === 'enter' || key === 'space';
  return isTyped && dialogRestMs(state(), now()) > 0;
}
