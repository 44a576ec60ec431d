// The data of the pages: how the services started, what happened, and which parts of the tree are folded.

import type { FactWindow } from '../../core/session/events.ts';
import type { ListedSession } from '../../core/session/session.ts';
import type { ServiceName } from '../../core/model/project.ts';
import { assertNever } from '../../errors.ts';
import type { Startup } from '../../core/session/startup.ts';

export type Fact = FactWindow['facts'][number];

export interface Views {
  /** Undefined until the session answers. */
  readonly startup: Startup | undefined;
  /** In order of time; the newest of the session. */
  readonly facts: readonly Fact[];
  /** One past the newest. */
  readonly nextFact: number;
  /** Services of the tree with hidden dependents. */
  readonly folded: readonly ServiceName[];
  /** The selected moment of the timeline: milliseconds since the epoch. Undefined: always the newest. */
  readonly momentMs: number | undefined;
  /** The selected event: several may have the same time. */
  readonly momentSeq: number | undefined;
  /** All sessions of this user; undefined until they are known. */
  readonly sessions: readonly ListedSession[] | undefined;
  readonly sessionCursor: number;
}

export const NO_VIEWS: Views = {
  startup: undefined,
  facts: [],
  nextFact: 0,
  folded: [],
  momentMs: undefined,
  momentSeq: undefined,
  sessions: undefined,
  sessionCursor: 0,
};

export type ViewChange =
  | { readonly type: 'startupRead'; readonly startup: Startup | undefined }
  | { readonly type: 'factsRead'; readonly window: FactWindow }
  | { readonly type: 'folded'; readonly service: ServiceName }
  | { readonly type: 'sessionsListed'; readonly sessions: readonly ListedSession[] | undefined }
  | { readonly type: 'sessionChosen'; readonly index: number }
  | { readonly type: 'momentChosen'; readonly momentMs: number | undefined; readonly seq?: number };

/** As many as the session keeps. */
const MOST_FACTS = 2_000;

/** The same object if nothing changed. */
export function changedViews(views: Views, change: ViewChange): Views {
  switch (change.type) {
    case 'startupRead': {
      const isSame = JSON.stringify(change.startup) === JSON.stringify(views.startup);
      return isSame ? views : { ...views, startup: change.startup };
    }
    case 'factsRead': {
      const { facts, next } = change.window;
      const news = facts.filter(({ seq }) => seq >= views.nextFact);
      if (news.length === 0 && next === views.nextFact) return views;
      return { ...views, facts: [...views.facts, ...news].slice(-MOST_FACTS), nextFact: next };
    }
    case 'folded': {
      const { service } = change;
      const others = views.folded.filter((name) => name !== service);
      return { ...views, folded: others.length === views.folded.length ? [...others, service] : others };
    }
    case 'sessionsListed':
      return { ...views, sessions: change.sessions, sessionCursor: 0 };
    case 'sessionChosen': {
      const last = Math.max(0, (views.sessions?.length ?? 0) - 1);
      return { ...views, sessionCursor: Math.max(0, Math.min(last, change.index)) };
    }
    case 'momentChosen':
      return { ...views, momentMs: change.momentMs, momentSeq: change.seq };
    default:
      return assertNever(change);
  }
}
