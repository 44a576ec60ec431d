// When the screen is drawn: at once after a key; after news, at most thirty times a second. For a moment after a key
// and after the start, news is drawn faster, because the person waits for it. What is drawn: the chrome if the state
// has changed, the logs each time.

import type { Chrome } from './chrome.tsx';
import type { Compositor, PaneRows } from '../paint/compositor.ts';
import { firstFrame } from './first-frame.ts';
import type { LogPanes } from '../logs/log-panes.ts';
import type { ScreenState } from '../state/state.ts';
import type { Theme } from '../paint/theme.ts';

const FRAME_MS = 33;
const EAGER_MS = 60;
/** The pause while nobody looks. */
const UNSEEN_FRAME_MS = 1_000;

export interface Painter {
  /** Draws soon. */
  schedule(): void;
  /** Draws at once. */
  draw(): void;
  /** For a moment, scheduled changes are drawn at once. */
  hurry(): void;
  /** The state has changed: the chrome must be drawn again. */
  markStale(): void;
  /** From now on Ink draws the chrome; before, only the names of the services show. */
  setChrome(chrome: Chrome): void;
  /** The theme has changed. */
  retheme(): void;
  /** While nobody looks, scheduled changes are drawn once a second. */
  setSeen(isSeen: boolean): void;
  stop(): void;
}

export function createPainter(options: {
  readonly theme: Theme;
  readonly compositor: Compositor;
  readonly logs: LogPanes;
  readonly state: () => ScreenState;
  /** The chrome of a new state is drawn, and the logs have their place. */
  readonly onDrawn: () => void;
  readonly onCrash: (error: unknown) => void;
}): Painter {
  const { theme, compositor, logs } = options;
  let chrome: Chrome | undefined;
  let parts: readonly PaneRows[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isChromeDrawn = false;
  let isStopped = false;
  let drawnAtMs = 0;
  let eagerUntilMs = 0;
  let isSeen = true;

  function drawChrome(): void {
    const state = options.state();
    logs.arrange(state);
    parts = chrome === undefined ? [firstFrame(state, theme)] : chrome.draw(state);
    isChromeDrawn = chrome !== undefined;
    options.onDrawn();
  }

  function draw(): void {
    clearTimeout(timer);
    timer = undefined;
    if (isStopped) return;
    drawnAtMs = performance.now();
    try {
      if (!isChromeDrawn) drawChrome();
    } catch (error) {
      return options.onCrash(error);
    }
    compositor.setPanes(chrome === undefined ? parts : [...parts, ...logs.panes()]);
    compositor.flush();
  }

  return {
    draw,
    schedule() {
      if (isStopped || timer !== undefined) return;
      const nowMs = performance.now();
      const frameMs = isSeen ? FRAME_MS : UNSEEN_FRAME_MS;
      timer = setTimeout(draw, nowMs < eagerUntilMs ? 0 : Math.max(0, drawnAtMs + frameMs - nowMs));
    },
    hurry() {
      eagerUntilMs = performance.now() + EAGER_MS;
    },
    markStale() {
      isChromeDrawn = false;
    },
    retheme() {
      chrome?.retheme();
      isChromeDrawn = false;
    },
    setSeen(next) {
      if (next === isSeen) return;
      isSeen = next;
      if (isSeen && timer !== undefined) draw();
    },
    setChrome(next) {
      chrome = next;
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      chrome?.close();
    },
  };
}
