// How long a service has been on its way up, phase by phase, and how long the start took once it is ready. Pure; a track
// belongs to one start: from the wish, or from the end of a pause after a crash, until the service is ready for the first time.

import type { StartTimes } from '../session/startup.ts';
import { currentRun, type Service } from '../model/service.ts';

type Phase = 'waitingMs' | 'beforeMs' | 'startingMs';

export interface StartTrack {
  /** Monotonic, as all here. */
  readonly beganMs: number;
  readonly phase: Phase;
  readonly phaseBeganMs: number;
  /** Of the phases that are over. */
  readonly spent: Readonly<Record<Phase, number>>;
}

const NOTHING_SPENT = { waitingMs: 0, beforeMs: 0, startingMs: 0 };

/** The track after another look; undefined for a service that is not on its way up. */
export function followStart(track: StartTrack | undefined, service: Service, nowMs: number): StartTrack | undefined {
  const phase = phaseOf(service);
  if (phase === undefined) return undefined;
  if (track === undefined) return { beganMs: nowMs, phase, phaseBeganMs: nowMs, spent: NOTHING_SPENT };
  return phase === track.phase ? track : { ...track, phase, phaseBeganMs: nowMs, spent: spentUntil(track, nowMs) };
}

/** What the start took, when the service has become ready by it. */
export function startTimes(track: StartTrack | undefined, service: Service): StartTimes | undefined {
  const readyAtMs = currentRun(service)?.readyAtMs;
  if (track === undefined || readyAtMs === undefined) return undefined;
  const { waitingMs, beforeMs, startingMs } = spentUntil(track, readyAtMs);
  const whole = Math.round;
  return {
    waitingMs: whole(waitingMs),
    beforeMs: whole(beforeMs),
    startingMs: whole(startingMs),
    readyMs: whole(readyAtMs - track.beganMs),
  };
}

function spentUntil({ phase, phaseBeganMs, spent }: StartTrack, untilMs: number): StartTrack['spent'] {
  return { ...spent, [phase]: spent[phase] + Math.max(0, untilMs - phaseBeganMs) };
}

function phaseOf(service: Service): Phase | undefined {
  const { state } = service;
  switch (state.status) {
    case 'waiting':
    case 'conflict':
    case 'checking':
      return 'waitingMs';
    case 'preparing':
    case 'pausing':
      return 'beforeMs';
    case 'spawning':
      return state.hook === undefined ? 'startingMs' : 'beforeMs';
    case 'starting':
      return 'startingMs';
    case 'unhealthy':
      // Past its start period, and never ready so far.
      return state.run.readyAtMs === undefined ? 'startingMs' : undefined;
    default:
      return undefined;
  }
}
