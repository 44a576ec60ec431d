// What each session of this user is up to, asked of all of them at once.

import type { ListedSession } from '../../core/session/session.ts';
import { DevError } from '../../errors.ts';
import type { KnownSession } from './context.ts';

export async function listSessions(known: readonly KnownSession[]): Promise<readonly ListedSession[]> {
  return Promise.all(known.map(look));
}

async function look(known: KnownSession): Promise<ListedSession> {
  const { project, root, pid, branch, isFolderThere } = known;
  const base = { project, root, branch: branch ?? null, pid, ports: [], since: null, by: null };
  if (!isFolderThere) return { ...base, state: 'folder gone' };
  try {
    const session = await known.connect();
    if (session === undefined) return { ...base, state: 'no answer' };
    const { session: facts, services } = await session.snapshot();
    session.close();
    const wanted = services.filter((view) => view.wanted);
    const isReady = wanted.every((view) => view.ready || view.state === 'exited');
    return {
      ...base,
      state: facts.ending ? 'ending' : isReady ? 'ready' : 'not ready',
      ports: services.flatMap(({ name, port, wanted: isWanted }) =>
        isWanted && port !== null ? [{ service: name, port }] : [],
      ),
      since: facts.startedAt,
      by: facts.startedBy ?? null,
    };
  } catch (error) {
    if (!(error instanceof DevError)) throw error;
    return { ...base, state: 'no answer' };
  }
}
