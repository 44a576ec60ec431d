// The state that the chrome shows, for components to subscribe to.

import type { ScreenState } from './state.ts';

export interface ScreenStore {
  readonly read: () => ScreenState;
  /** Tells the subscribers, unless it is the same state. */
  readonly set: (state: ScreenState) => void;
  /** Returns how to unsubscribe. */
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
