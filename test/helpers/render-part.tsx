// One part of the chrome alone, drawn by Ink into a terminal of the size of the state.

import { stripVTControlCharacters } from 'node:util';
import { Box } from 'ink';
import chalk from 'chalk';
import { render } from 'ink-testing-library';
import type { ReactNode } from 'react';
import { onTestFinished } from 'vitest';
import type { ServiceView } from '../../src/core/session/snapshot.ts';
import { Stage } from '../../src/tui/components/kit/stage.tsx';
import { createTheme } from '../../src/tui/paint/theme.ts';
import { initialState, type ScreenState } from '../../src/tui/state/state.ts';
import { createScreenStore } from '../../src/tui/state/store.ts';
import { NOW_MS } from '../fixtures/screen/scenes.ts';

export interface RenderedPart {
  /** As a person sees them, without trailing blanks. */
  rows(): readonly string[];
  /** With their colours. */
  painted(): string;
  /** Shows another state. */
  set(change: Partial<ScreenState>): void;
}

/** The state of a screen on these services, and what differs from one that was just opened. */
export function screenState(services: readonly ServiceView[], look: Partial<ScreenState> = {}): ScreenState {
  const size = { columns: 100, rows: 30 };
  return {
    ...initialState({ size, nowMs: NOW_MS, projectName: 'shop', expectedNames: [] }),
    session: { running: true, pid: 1, startedAt: new Date(NOW_MS).toISOString(), version: '0.0.0', ending: false },
    services,
    selected: services[0]?.name,
    ...look,
  };
}

/** @param env without colours unless it says otherwise */
export function renderPart(
  part: ReactNode,
  state: ScreenState,
  { env = { NO_COLOR: '1' } }: { readonly env?: Readonly<Record<string, string>> } = {},
): RenderedPart {
  chalk.level = 3;
  const store = createScreenStore(state);
  const { columns, rows } = state.size;
  const drawn = (
    <Box width={columns} height={rows}>
      <Stage store={store} theme={createTheme(env)}>
        {part}
      </Stage>
    </Box>
  );
  const { lastFrame, rerender, unmount } = render(drawn);
  onTestFinished(unmount);
  return {
    rows: () =>
      stripVTControlCharacters(lastFrame() ?? '')
        .split('\n')
        .map((row) => row.trimEnd()),
    painted: () => lastFrame() ?? '',
    set(change) {
      store.set({ ...store.read(), ...change });
      rerender(drawn);
    },
  };
}
