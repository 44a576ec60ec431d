// Asks the session for what the visible page shows. On a session that existed before, it also asks once what happened
// since the person's last screen.

import type { Session } from '../../core/session/session.ts';
import { sinceLeft } from '../../core/view/since-left.ts';
import { missedWords } from '../../format/fact-words.ts';
import { plainDeep } from '../paint/plain-text.ts';
import { formatAge } from '../state/age.ts';
import type { ScreenEvent } from '../state/reducer.ts';
import { selectLayout, selectMode } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';
import { keyOf } from '../keymap/keymap.ts';

const EVERY_MS = 1_000;
/** While services start, their bars grow. */
const EVERY_MS_COMING = 250;
/** Beside the table and the logs: no more often than the newest cell changes by itself. */
const EVERY_MS_BESIDE = 10_000;

type Wanted = 'startup' | 'timeline' | 'past';

export interface ViewsWatch {
  /** The state has changed. */
  follow(): void;
  /** Says what the person missed, if anything. */
  tellMissed(): Promise<void>;
  stop(): void;
}

export function createViewsWatch(options: {
  readonly state: () => ScreenState;
  readonly session: () => Session | undefined;
  readonly dispatch: (event: ScreenEvent) => void;
  readonly now: () => number;
}): ViewsWatch {
  let timer: NodeJS.Timeout | undefined;
  let wanted: Wanted | undefined;
  /** Changes when something happened to a service. */
  let news = '';
  let isAsking = false;
  let isStopped = false;

  async function readFacts(session: Session): Promise<void> {
    const window = plainDeep(await session.readFacts(options.state().views.nextFact));
    if (!isStopped) options.dispatch({ type: 'viewChanged', change: { type: 'factsRead', window } });
  }

  async function readStartup(session: Session): Promise<void> {
    const startup = plainDeep(await session.readStartup());
    if (!isStopped) options.dispatch({ type: 'viewChanged', change: { type: 'startupRead', startup } });
  }

  async function ask(): Promise<void> {
    const session = options.session();
    if (session === undefined || wanted === undefined) return;
    isAsking = true;
    const asked = wanted;
    const told = news;
    try {
      await (asked === 'startup' ? readStartup(session) : readFacts(session));
    } catch {
      // The session is gone; the screen shows that.
    }
    isAsking = false;
    if (isStopped || wanted === undefined) return;
    timer = setTimeout(() => void ask(), wanted === asked && news === told ? pauseMs(asked, options.state()) : 0);
  }

  return {
    follow() {
      const state = options.state();
      const next = state.session === undefined ? undefined : wantedIn(state);
      const nextNews = next === 'past' ? newsOf(state) : '';
      if (next === wanted && nextNews === news) return;
      wanted = next;
      news = nextNews;
      if (isAsking) return;
      clearTimeout(timer);
      void ask();
    },
    async tellMissed() {
      const session = options.session();
      if (session === undefined) return;
      await readFacts(session).catch(() => undefined);
      const missed = sinceLeft(options.state().views.facts);
      const words = missed === undefined ? '' : missedWords(missed);
      if (isStopped || missed === undefined || words === '') return;
      const nowMs = options.now();
      const sinceMs = Date.parse(missed.since);
      const key = keyOf('timeline', options.state().remaps);
      const text = `${key === '' ? '' : `${key} shows: `}since you left ${formatAge(nowMs - sinceMs)} ago, ${words}`;
      options.dispatch({ type: 'viewChanged', change: { type: 'momentChosen', momentMs: sinceMs } });
      options.dispatch({ type: 'noticed', notice: { tone: 'warn', text, untilMs: Infinity, seenFromMs: nowMs } });
    },
    stop() {
      isStopped = true;
      wanted = undefined;
      clearTimeout(timer);
    },
  };
}

function wantedIn(state: ScreenState): Wanted | undefined {
  const mode = selectMode(state);
  if (mode === 'startup' || mode === 'timeline') return mode;
  // A replay has already delivered all of it.
  return state.recording === undefined && selectLayout(state)?.detail !== undefined ? 'past' : undefined;
}

function newsOf({ services }: ScreenState): string {
  return services.map(({ name, state, run }) => `${name} ${state} ${run}`).join('\n');
}

function pauseMs(wanted: Wanted, { views }: ScreenState): number {
  if (wanted === 'past') return EVERY_MS_BESIDE;
  const isComing = views.startup?.services.some(({ outcome }) => outcome === 'coming') === true;
  return isComing ? EVERY_MS_COMING : EVERY_MS;
}
