// The tool for a taken port: proposes, settles what is our own, and waits for a person where it is not.

import type { ConflictDecision } from '../../core/session/session.ts';
import type { ServiceView } from '../../core/session/snapshot.ts';
import { DevError, EXIT } from '../../errors.ts';
import { requireSession } from '../context/require-session.ts';
import { requireServices } from '../context/services.ts';
import { watchSession } from '../context/live-view.ts';
import type { Call } from './call.ts';

const PROGRESS_EVERY_MS = 5_000;
const SETTLED_WITHIN_MS = 15_000;

interface Choice {
  readonly service: string;
  readonly choice?: 'reroute' | 'retry' | 'skip' | 'kill' | 'reuse' | undefined;
  readonly port?: number | undefined;
}

/** @throws DevError `not_allowed` when a person would have to say yes, and said no or is not there */
export async function proposeOrSettle(
  { context, signal, progress }: Call,
  { service, choice, port }: Choice,
): Promise<Record<string, unknown>> {
  const session = await requireSession(context);
  signal.addEventListener('abort', () => session.close(), { once: true });
  try {
    const before = await session.snapshot();
    requireServices(
      [service],
      before.services.map(({ name }) => name),
    );
    const view = before.services.find(({ name }) => name === service);
    if (view === undefined || choice === undefined) return proposal(service, view);
    const timer = setInterval(() => progress('waiting for a person to answer on the screen'), PROGRESS_EVERY_MS);
    try {
      await session.resolveConflict(service, decisionOf(view, choice, port));
    } finally {
      clearInterval(timer);
    }
    const live = await watchSession(session);
    const settled = await live.until(
      () => {
        const now = live.services().find(({ name }) => name === service);
        const isUnderWay = now?.state === 'conflict' && now.conflict?.problem === null;
        return now === undefined || isUnderWay ? undefined : now;
      },
      { clock: context.clock, timeoutMs: SETTLED_WITHIN_MS },
    );
    live.close();
    return proposal(service, settled ?? live.services().find(({ name }) => name === service));
  } finally {
    session.close();
  }
}

function decisionOf(
  view: ServiceView,
  choice: NonNullable<Choice['choice']>,
  port: number | undefined,
): ConflictDecision {
  const { conflict } = view;
  if (conflict === null) {
    throw new DevError({
      code: 'refused',
      exitCode: EXIT.notReady,
      message: `${view.name} is in no port conflict: it is ${view.state}.`,
    });
  }
  if (choice === 'kill' && conflict.container !== null) return { choice: 'container', id: conflict.container.id };
  if (choice === 'kill') {
    return { choice, owners: conflict.owners.map(({ pid, startTicks }) => ({ pid, startTicks })) };
  }
  if (choice === 'reroute' && port !== undefined) return { choice, port };
  return { choice };
}

function proposal(service: string, view: ServiceView | undefined): Record<string, unknown> {
  const state = view?.state ?? 'stopped';
  const conflict = view?.conflict ?? null;
  if (conflict === null) return { service, state, port: view?.port ?? null, url: view?.url ?? null };
  const { port, owners, container, choices, suggestedPort, rewires, progress, problem } = conflict;
  const ways = choices.filter(({ unavailable }) => unavailable === null).map(({ name }) => name);
  return {
    service,
    state,
    port,
    owners: owners.map(({ pid, name, command, cwd, verdict, meaning }) => ({
      pid,
      name,
      command,
      cwd,
      verdict,
      meaning,
    })),
    container: container === null ? null : { name: container.name, image: container.image },
    // Moving our own service harms nobody, so it stands first.
    choices: ways.toSorted((a, b) => Number(b === 'reroute') - Number(a === 'reroute')),
    suggestedPort,
    restarts: rewires,
    ...(progress === null ? {} : { progress }),
    ...(problem === null ? {} : { problem }),
  };
}
