// The state of the chrome; components subscribe to it.

import type { ScreenState } from './state.ts';

export interface ScreenStore {
  readonly read: () => ScreenState;
  /** Notifies the subscribers, unless the state is the same. */
  readonly set: (state: ScreenState) => void;
  /** Returns the function that unsubscribes. */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createScreenStore(initial: ScreenState): ScreenStore {
  const listeners = new Set<() => void>();
  let state = initial;
  return {
    read: () => state,
    set(next) {
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
