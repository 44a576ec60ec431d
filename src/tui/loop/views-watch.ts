// Asks the session what the page in sight shows, while it is in sight; and once, on a session that was there before, what
// somebody has missed who looked at it earlier.

import type { Session } from '../../core/model/session.ts';
import { sinceLeft } from '../../core/view/since-left.ts';
import { missedWords } from '../../format/fact-words.ts';
import { plainDeep } from '../paint/plain-text.ts';
import { formatAge } from '../state/age.ts';
import type { ScreenEvent } from '../state/reducer.ts';
import { selectMode } from '../state/selectors.ts';
import type { ScreenState } from '../state/state.ts';
import { keyOf } from '../keymap/keymap.ts';

const EVERY_MS = 1_000;
/** While services are on their way, their bars grow. */
const EVERY_MS_COMING = 250;

export interface ViewsWatch {
  /** The state is another one. */
  follow(): void;
  /** Says what was missed, if anything was. */
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
  let wanted: 'startup' | 'timeline' | undefined;
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
    try {
      await (asked === 'startup' ? readStartup(session) : readFacts(session));
    } catch {
      // The session is gone: that is what the screen shows.
    }
    isAsking = false;
    if (isStopped || wanted === undefined) return;
    const isComing = options.state().views.startup?.services.some(({ outcome }) => outcome === 'coming') === true;
    timer = setTimeout(() => void ask(), wanted === asked ? (isComing ? EVERY_MS_COMING : EVERY_MS) : 0);
  }

  return {
    follow() {
      const state = options.state();
      const mode = state.session === undefined ? undefined : selectMode(state);
      const next = mode === 'startup' || mode === 'timeline' ? mode : undefined;
      if (next === wanted) return;
      wanted = next;
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
