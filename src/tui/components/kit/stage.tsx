import { createContext, useContext, useMemo, useRef, useSyncExternalStore, type ReactNode } from 'react';
import type { Theme } from '../../paint/theme.ts';
import type { ScreenState } from '../../state/state.ts';
import type { ScreenStore } from '../../state/store.ts';

interface Staging {
  readonly store: ScreenStore;
  readonly theme: Theme;
}

const StageContext = createContext<Staging | undefined>(undefined);

/** What every part of the chrome needs: the state and the theme. */
export function Stage({ store, theme, children }: Staging & { readonly children: ReactNode }) {
  const staging = useMemo(() => ({ store, theme }), [store, theme]);
  return <StageContext value={staging}>{children}</StageContext>;
}

function useStage(): Staging {
  const staging = useContext(StageContext);
  if (staging === undefined) throw new Error('a part of the screen is used outside of a Stage');
  return staging;
}

export function useTheme(): Theme {
  return useStage().theme;
}

/**
 * What a component shows of the state. A change of it draws the component again. Lists and objects count as unchanged
 * if their direct entries are the same.
 */
export function useScreen<Part>(select: (state: ScreenState) => Part): Part {
  const { store } = useStage();
  const known = useRef<Selected<Part> | undefined>(undefined);
  return useSyncExternalStore(store.subscribe, () => {
    const state = store.read();
    const before = known.current;
    // React asks more than once, and needs the same answer each time.
    if (before?.state === state && before.select === select) return before.part;
    const selected = select(state);
    const part = before !== undefined && isSame(before.part, selected) ? before.part : selected;
    known.current = { state, select, part };
    return part;
  });
}

interface Selected<Part> {
  readonly state: ScreenState;
  readonly select: (state: ScreenState) => Part;
  readonly part: Part;
}

function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const entries = Object.entries(one);
  return (
    entries.length === Object.keys(other).length &&
    entries.every(([key, value]) => Object.is(value, (other as Readonly<Record<string, unknown>>)[key]))
  );
}
