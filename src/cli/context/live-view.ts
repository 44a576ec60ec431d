// A session as it is now, kept up to date by its events, for commands that wait for something.

import type { ServiceName } from '../../core/model/project.ts';
import type { Session, SessionEvent, ShutdownReport } from '../../core/session/session.ts';
import type { FailedCheckView, ServiceView, SessionSnapshot } from '../../core/session/snapshot.ts';
import type { CliClock } from './context.ts';

export interface LiveView {
  readonly project: SessionSnapshot['project'];
  /** In the order of the config. */
  services(): readonly ServiceView[];
  /** All of it, as `status --json` prints it. */
  snapshot(): SessionSnapshot;
  /** Undefined while the session runs; null when its supervisor died. */
  ended(): ShutdownReport | null | undefined;
  isEnding(): boolean;
  /** Undefined while the project's own checks run beside a start. */
  failedChecks(): readonly FailedCheckView[] | undefined;
  /** Called after each change. Returns how to stop. */
  onChange(listener: (event: SessionEvent) => void): () => void;
  /**
   * Resolves with the first answer of `judge` that is not undefined, or with undefined when the time is over.
   * It is asked now and after each change, also after the end of the session.
   */
  until<Answer>(
    judge: () => Answer | undefined,
    limit: { readonly clock: CliClock; readonly timeoutMs: number | undefined },
  ): Promise<Answer | undefined>;
  close(): void;
}

export async function watchSession(session: Session): Promise<LiveView> {
  const views = new Map<ServiceName, ServiceView>();
  const listeners = new Set<(event: SessionEvent) => void>();
  let facts: SessionSnapshot['session'] | undefined;
  let ended: ShutdownReport | null | undefined;
  let changes = 0;

  const unsubscribe = session.subscribe((event) => {
    if (event.type === 'services') {
      changes += 1;
      facts = event.session;
      for (const view of event.services) views.set(view.name, view);
      if (event.names !== undefined) keepInOrder(views, event.names);
    } else if (event.type === 'ended') {
      ended = event.report;
    }
    for (const listener of listeners) listener(event);
  });

  const snapshot = await snapshotBetweenEvents(session, () => changes);
  facts = snapshot.session;
  views.clear();
  for (const view of snapshot.services) views.set(view.name, view);

  return {
    project: snapshot.project,
    services: () => [...views.values()],
    snapshot: () => ({ ...snapshot, session: facts ?? snapshot.session, services: [...views.values()] }),
    ended: () => ended,
    isEnding: () => facts?.ending === true,
    failedChecks: () => (facts?.checking === true ? undefined : (facts?.failedChecks ?? [])),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    until: (judge, { clock, timeoutMs }) =>
      new Promise((resolve, reject) => {
        const finish = (settle: () => void): void => {
          listeners.delete(ask);
          cancel();
          settle();
        };
        const ask = (): void => {
          try {
            const answer = judge();
            if (answer !== undefined) finish(() => resolve(answer));
          } catch (error) {
            finish(() => reject(error));
          }
        };
        const cancel =
          timeoutMs === undefined ? () => {} : clock.after(timeoutMs, () => finish(() => resolve(undefined)));
        listeners.add(ask);
        ask();
      }),
    close: () => {
      listeners.clear();
      unsubscribe();
    },
  };
}

/** Exactly these, in this order. */
function keepInOrder(views: Map<ServiceName, ServiceView>, names: readonly ServiceName[]): void {
  const kept = names.flatMap((name) => views.get(name) ?? []);
  views.clear();
  for (const view of kept) views.set(view.name, view);
}

/**
 * A snapshot during which no event came. Trap: an event that arrives together with the answer may be
 * older or newer than it; only without one can the snapshot simply replace what was known.
 */
async function snapshotBetweenEvents(session: Session, changes: () => number): Promise<SessionSnapshot> {
  for (;;) {
    const before = changes();
    const snapshot = await session.snapshot();
    if (changes() === before) return snapshot;
  }
}
