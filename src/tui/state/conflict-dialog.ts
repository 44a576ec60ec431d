// How the conflict dialog changes: which conflict it shows, and what the person has chosen in it.

import { conflictKey, selectConflict, selectConflicts, selectKillTargets, selectUndecided } from './selectors.ts';
import type { DialogState, ScreenState } from './state.ts';

/** A new dialog resets its inputs; an update of a conflict clears its pending flag. */
export function withConflictNews(before: ScreenState, after: ScreenState): ScreenState {
  const known = new Map(selectConflicts(before).map(({ service, conflict }) => [conflictKey(service), conflict]));
  const unchanged = selectConflicts(after).filter(
    ({ service, conflict }) => known.get(conflictKey(service)) === conflict,
  );
  const keys = new Set(unchanged.map(({ service }) => conflictKey(service)));
  const decided = after.dialog.decided.filter((key) => keys.has(key));
  const isSame = decided.length === after.dialog.decided.length;
  // A yes is only for the named processes.
  const isAskingToKill = after.dialog.isAskingToKill && killKey(before) === killKey(after);
  return withDialog(withDialogState(after, isSame ? { isAskingToKill } : { decided, isAskingToKill }));
}

function killKey(state: ScreenState): string {
  return selectKillTargets(state)
    .map(({ pid, startTicks }) => `${pid} ${startTicks}`)
    .join();
}

/** Opens the dialog that is due, and keeps it: it must not change while the person types. */
export function withDialog(after: ScreenState): ScreenState {
  const current = selectConflict(after);
  const fresh = { cursor: 0, isToRemember: false, isForAll: false, isAskingToKill: false };
  if (current === undefined) return withoutPortInput(withDialogState(after, { ...fresh, shown: undefined }));
  const shown = conflictKey(current.service);
  if (after.dialog.shown === shown) return after;
  const opened = withDialogState(after, { ...fresh, openedAtMs: after.nowMs, shown });
  return { ...withoutPortInput(opened), selected: current.service.name };
}

/** The next conflict that waits for a decision opens. The last one stays open. */
export function decideConflicts(state: ScreenState, keys: readonly string[]): ScreenState {
  const decided = [...new Set([...state.dialog.decided, ...keys])];
  const dialog = { decided, isToRemember: false, isForAll: false, isAskingToKill: false };
  const next = withoutPortInput(withDialogState(state, dialog));
  const waits = selectUndecided(next).length > 0;
  return waits ? withDialog(withDialogState(next, { shown: undefined })) : next;
}

/** Goes to a neighbour in the list, also to a postponed one. */
export function moveConflict(state: ScreenState, by: 1 | -1): ScreenState {
  const all = selectConflicts(state);
  const current = selectConflict(state);
  if (current === undefined || all.length < 2) return state;
  const to = all[(current.position - 1 + by + all.length) % all.length];
  if (to === undefined) return state;
  const shown = conflictKey(to.service);
  const postponed = state.dialog.postponed.filter((key) => key !== shown);
  const dialog = { shown, postponed, cursor: 0, openedAtMs: 0, isAskingToKill: false };
  return { ...withoutPortInput(withDialogState(state, dialog)), selected: to.service.name };
}

/** A port is typed for one conflict, so the next one starts empty. */
function withoutPortInput(state: ScreenState): ScreenState {
  return state.input?.purpose === 'port' ? { ...state, input: undefined } : state;
}

export function postponeConflict(state: ScreenState): ScreenState {
  const current = selectConflict(state);
  if (current === undefined) return state;
  const postponed = [...state.dialog.postponed, conflictKey(current.service)];
  return withDialog(withDialogState(state, { postponed, shown: undefined }));
}

export function withDialogState(state: ScreenState, dialog: Partial<DialogState>): ScreenState {
  const isSame = Object.entries(dialog).every(([key, value]) => state.dialog[key as keyof DialogState] === value);
  return isSame ? state : { ...state, dialog: { ...state.dialog, ...dialog } };
}
