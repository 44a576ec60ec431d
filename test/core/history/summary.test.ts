import { expect, it } from 'vitest';
import { summarize } from '../../../src/core/history/summary.ts';
import type { EventFact } from '../../../src/core/session/events.ts';
import type { HistoryItem, StateChange } from '../../../src/core/session/history.ts';
import type { StateName } from '../../../src/core/session/snapshot.ts';

const item = (second: number, fact: EventFact): HistoryItem => ({
  at: new Date(second * 1000).toISOString(),
  ...fact,
  actor: null,
});
const state = (second: number, name: StateName): StateChange => ({ at: second * 1000, service: 'api', state: name });
const session = (second: number, name: 'started' | 'ended'): StateChange => ({
  at: second * 1000,
  service: null,
  state: name,
});
const times = { waitingMs: 0, beforeMs: 0, startingMs: 1, readyMs: 1 };
const crash = (second: number) =>
  item(second, { type: 'crash', service: 'api', run: 1, code: 1, signal: null, uptimeMs: 1, error: 'x' });
const start = (second: number) => item(second, { type: 'start', service: 'api', run: 1, ...times });

it('the summary counts, and says for how much of the wanted time a service was ready, and how soon it recovered', () => {
  const states = [
    session(0, 'started'),
    state(0, 'starting'),
    state(10, 'ready'),
    state(70, 'backoff'),
    state(75, 'starting'),
    state(90, 'ready'),
    state(100, 'stopped'),
    session(1_000, 'ended'),
  ];
  const items = [start(10), crash(70), start(90)];
  expect(summarize(items, states, { nowMs: 5_000_000, isRunning: false })).toEqual({
    api: { starts: 2, crashes: 1, restarts: 0, uptimeShare: 0.7, meanTimeToRecoveryMs: 20_000 },
  });
});

it('takes the time from a first crash to the next start as one recovery, within a session', () => {
  const began = item(100, { type: 'session', state: 'started' });
  const of = (...items: readonly HistoryItem[]) =>
    summarize(items, [], { nowMs: 0, isRunning: false })['api']?.meanTimeToRecoveryMs;
  expect(of(crash(10), crash(20), start(40))).toBe(30_000);
  expect(of(crash(10), began, start(140))).toBeNull();
});

it('the summary ends with a killed session, and reaches until now while one runs', () => {
  const killed = [
    session(0, 'started'),
    state(0, 'ready'),
    state(50, 'unhealthy'),
    session(500, 'started'),
    state(500, 'ready'),
  ];
  const shareOf = (isRunning: boolean) => summarize([], killed, { nowMs: 600_000, isRunning })['api']?.uptimeShare;
  expect(shareOf(true)).toBe(1);
  expect(shareOf(false)).toBe(1);
});

it('takes a clock that was set back for no time at all', () => {
  const states = [state(1_000, 'ready'), state(900, 'unhealthy'), state(1_000, 'ready'), state(1_300, 'stopped')];
  expect(summarize([], states, { nowMs: 0, isRunning: false })['api']?.uptimeShare).toBe(0.75);
});
