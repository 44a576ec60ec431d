import { array, assert, nat, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { createRun } from '../../../src/core/model/run.ts';
import { createService, type Service, type ServiceState } from '../../../src/core/model/service.ts';
import { followStart, startTimes, type StartTrack } from '../../../src/core/view/start-track.ts';
import { serviceSpec } from '../../helpers/service-spec.ts';

const hook = { index: 0, attempt: 1 };
const spawning = {
  status: 'spawning',
  number: 1,
  generation: 1,
  before: undefined,
  progress: undefined,
  isAbandoned: false,
} as const;

function inState(state: ServiceState): Service {
  return { ...createService(serviceSpec('api')), wanted: true, state };
}

const run = (readyAtMs?: number) => ({
  ...createRun({ number: 1, generation: 1, port: undefined, startedAtMs: 0 }),
  readyAtMs,
});

const ON_THE_WAY: readonly (readonly ['waitingMs' | 'beforeMs' | 'startingMs', ServiceState])[] = [
  ['waitingMs', { status: 'waiting', blockers: [] }],
  ['waitingMs', { status: 'checking', port: 1, ownPort: 1, keptBack: undefined }],
  ['beforeMs', { ...spawning, hook }],
  ['beforeMs', { status: 'preparing', run: run(), hook }],
  ['beforeMs', { status: 'pausing', run: run(), hook, reason: '', dueAtMs: 0 }],
  ['startingMs', { ...spawning, hook: undefined }],
  ['startingMs', { status: 'starting', run: run() }],
  ['startingMs', { status: 'unhealthy', run: run(), reason: 'slow' }],
];

it('the phases of a start add up to its whole time', () => {
  assert(
    property(array(record({ phase: nat(ON_THE_WAY.length - 1), ms: nat(10_000) }), { minLength: 1 }), (steps) => {
      const expected = { waitingMs: 0, beforeMs: 0, startingMs: 0 };
      let track: StartTrack | undefined;
      let nowMs = 500;
      for (const { phase, ms } of steps) {
        const [name, state] = ON_THE_WAY[phase] ?? ['waitingMs', { status: 'stopped', note: undefined }];
        track = followStart(track, inState(state), nowMs);
        expected[name] += ms;
        nowMs += ms;
      }
      const ready = inState({ status: 'ready', run: run(nowMs) });
      expect(startTimes(track, ready)).toEqual({ ...expected, readyMs: nowMs - 500 });
      expect(followStart(track, ready, nowMs)).toBeUndefined();
    }),
  );
});

it('a start is measured again after a crash, and not reported when it was given up', () => {
  const track = followStart(undefined, inState({ status: 'starting', run: run() }), 0);
  expect(
    startTimes(track, inState({ status: 'failed', reason: 'gone', generation: 1, conflict: undefined })),
  ).toBeUndefined();
  const paused = followStart(
    track,
    inState({ status: 'backoff', generation: 1, reason: 'gone', dueAtMs: 5_000 }),
    4_000,
  );
  expect(paused).toBeUndefined();
  expect(followStart(paused, inState({ status: 'starting', run: run() }), 5_000)?.beganMs).toBe(5_000);
});
