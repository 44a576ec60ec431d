// How the last runs of a service ended, and why: for a person who did not watch. Bounded: a crash loop must not grow
// the state. Left to others: what follows from an exit (core/machine/lifecycle).

import { hookText } from './hooks.ts';
import { describeExit } from './restart-policy.ts';
import { assertNever } from '../../errors.ts';
import type { ExitFact, ExitRecord, Run } from '../model/run.ts';
import type { Service, StopCause } from '../model/service.ts';

const MOST_EXITS = 10;

/** The list with one more, the newest last. */
export function withExit(service: Service, run: Run, exit: ExitFact): readonly ExitRecord[] {
  const uptimeMs = exit.atMs - run.startedAtMs;
  const { state } = service;
  const isAsked = state.status === 'stopping' && state.cause.kind === 'asked';
  const reason = reasonOf(service, run, exit);
  const record = { ...exit, run: run.number, uptimeMs, reason, isAsked, errorLine: undefined };
  return [...service.exits, record].slice(-MOST_EXITS);
}

/** Its output has been read by now. */
export function withErrorLine(exits: readonly ExitRecord[], errorLine: string | undefined): readonly ExitRecord[] {
  const last = exits.at(-1);
  return last === undefined || errorLine === undefined ? exits : [...exits.slice(0, -1), { ...last, errorLine }];
}

/** What it said of the failure first, then how it ended; unless the reason was read from the output. */
export function failureInWords(reason: string, { errorLine, exit }: Service): string {
  const isToldAlready = exit?.code === 126 || exit?.code === 127;
  return errorLine === undefined || isToldAlready ? reason : `${errorLine} (${reason})`;
}

function reasonOf(service: Service, run: Run, exit: ExitFact): string {
  const { state, spec } = service;
  if (state.status !== 'stopping' || state.cause.kind === 'exited') {
    return run.hook === undefined ? describeExit(exit) : `before: ${hookText(spec, run.hook)} ${describeExit(exit)}`;
  }
  const reason = stopReason(service, run, state.cause);
  return state.isForced ? `${reason}, by SIGKILL` : reason;
}

function stopReason({ wanted, generation, renewal, by }: Service, run: Run, cause: StopCause): string {
  switch (cause.kind) {
    case 'at fault':
    case 'hopeless':
      return cause.reason;
    case 'asks':
      return `it asked about port ${cause.port}, which is taken`;
    case 'asked':
    case 'exited':
      if (wanted && run.generation !== generation) {
        return by === undefined ? `restarted: ${renewal}` : `restarted by ${by}`;
      }
      return by === undefined ? 'stopped on request' : `stopped by ${by}`;
    default:
      return assertNever(cause);
  }
}
