import { expect, it } from 'vitest';
import { summarize } from '../../../src/core/history/summary.ts';
import type { EventFact } from '../../../src/core/model/events.ts';
import type { HistoryItem } from '../../../src/core/model/history.ts';
import type { StateName } from '../../../src/core/model/snapshot.ts';

const item = (second: number, fact: EventFact): HistoryItem => ({
  at: new Date(second * 1000).toISOString(),
  ...fact,
  actor: null,
});
const state = (second: number, name: StateName): HistoryItem =>
  item(second, { type: 'state', service: 'api', state: name, previous: 'stopped', run: 1, why: '' });
const session = (second: number, name: 'started' | 'ended') => item(second, { type: 'session', state: name });
const times = { waitingMs: 0, beforeMs: 0, startingMs: 1, readyMs: 1 };
const crash = (second: number) =>
  item(second, { type: 'crash', service: 'api', run: 1, code: 1, signal: null, uptimeMs: 1, error: 'x' });
const start = (second: number) => item(second, { type: 'start', service: 'api', run: 1, ...times });

it('counts, and tells which part of the wanted time a service was ready, and how soon it came back', () => {
  const items = [
    session(0, 'started'),
    state(0, 'starting'),
    state(10, 'ready'),
    start(10),
    state(70, 'backoff'),
    crash(70),
    state(75, 'starting'),
    state(90, 'ready'),
    start(90),
    state(100, 'stopped'),
    session(1_000, 'ended'),
  ];
  expect(summarize(items, 5_000_000, false)).toEqual({
    api: { starts: 2, crashes: 1, restarts: 0, uptimeShare: 0.7, meanTimeToRecoveryMs: 20_000 },
  });
});

it('does not count the time after a session that was killed, and counts until now while one runs', () => {
  const killed = [
    session(0, 'started'),
    state(0, 'ready'),
    state(50, 'unhealthy'),
    session(500, 'started'),
    state(500, 'ready'),
  ];
  expect(summarize(killed, 600_000, true)['api']?.uptimeShare).toBe(1);
  expect(summarize(killed, 600_000, false)['api']?.uptimeShare).toBe(1);
});
