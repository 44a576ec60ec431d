// A watched file changed: the service restarts. So does a failed one, because the change may fix it. Trap: a service,
// or its `before` hook, that writes watched files would restart forever. A change right after each of several starts
// counts as its own; then watching pauses until a person starts the service again.

import type { Observation } from '../messages/inputs.ts';
import { currentRun, isExternal, UNWATCHED, type Service, type WatchFact } from '../model/service.ts';
import type { Turn } from './turn.ts';

/** What comes later than this after a start is taken for a person's doing. */
const SOON_MS = 5_000;
const MOST_IN_A_ROW = 5;

export function onFilesChanged(turn: Turn, input: Extract<Observation, { type: 'filesChanged' }>): void {
  const service = turn.service(input.service);
  if (!service.wanted || service.watch.pausedAtMs !== undefined || isExternal(service)) return;
  const [file = 'a file'] = input.files;
  const inARow = isSoonAfterStart(service, turn.nowMs) ? service.watch.inARow + 1 : 0;
  if (inARow >= MOST_IN_A_ROW) {
    turn.patch(input.service, { watch: { ...service.watch, inARow, pausedAtMs: turn.nowMs, file } });
    turn.emit({ type: 'note', service: input.service, text: pausedInWords(file) });
    return;
  }
  if (!needsRestart(service)) return;
  const others = input.files.length > 1 ? ` and ${input.files.length - 1} more` : '';
  const renewal = `${file}${others} changed`;
  turn.beginGeneration(input.service, { renewal, isFresh: true });
  turn.patch(input.service, { watch: { ...service.watch, inARow, pausedAtMs: undefined, file } });
  turn.emit({ type: 'note', service: input.service, text: `restarts: ${renewal}` });
}

export function onGlobsUnmatched(turn: Turn, input: Extract<Observation, { type: 'globsUnmatched' }>): void {
  const { watch } = turn.service(input.service);
  const sinceMs = watch.unmatched?.sinceMs ?? turn.nowMs;
  const unmatched = input.globs.length === 0 ? undefined : { globs: input.globs, sinceMs };
  turn.patch(input.service, { watch: { ...watch, unmatched } });
}

/** Watches again, as after a requested restart. */
export function resumed({ unmatched }: WatchFact): WatchFact {
  return { ...UNWATCHED, unmatched };
}

export function unmatchedInWords(globs: readonly string[]): string {
  return `watch: no file matches ${globs.map((glob) => `"${glob}"`).join(', ')}`;
}

export function pausedInWords(file: string): string {
  const when = `${file} changed within ${SOON_MS / 1000} s of each of the last ${MOST_IN_A_ROW} starts`;
  return `watching is paused: ${when}, so the service seems to write it itself; a restart by hand resumes it`;
}

/** A service that has not started yet will see the change anyway. */
function needsRestart({ state }: Service): boolean {
  switch (state.status) {
    case 'stopped':
    case 'waiting':
    case 'checking':
    case 'conflict':
      return false;
    default:
      return true;
  }
}

function isSoonAfterStart(service: Service, nowMs: number): boolean {
  const run = currentRun(service);
  return run !== undefined && service.state.status !== 'stopping' && nowMs - run.startedAtMs < SOON_MS;
}
