import { describe, expect, it } from 'vitest';
import { sinceLeft } from '../../../src/core/view/since-left.ts';
import { stateStrip } from '../../../src/core/view/state-strip.ts';
import type { EventFact } from '../../../src/core/session/events.ts';
import type { StateName } from '../../../src/core/session/snapshot.ts';

type Timed = EventFact & { readonly time: string };
const at = (second: number, fact: EventFact): Timed => ({ ...fact, time: new Date(second * 1000).toISOString() });
const state = (second: number, previous: StateName, now: StateName): Timed =>
  at(second, { type: 'state', service: 'api', state: now, previous, run: 1, why: '' });
const restart = (second: number): Timed =>
  at(second, { type: 'restart', service: 'api', restarts: 1, cause: 'exit code 1' });

describe('the strip of states', () => {
  const span = { fromMs: 0, toMs: 60_000, cells: 6 };
  const kinds = (facts: readonly Timed[], now: StateName) => stateStrip(facts, now, span).map(({ kind }) => kind);

  it('shows in each cell the worst state of that time', () => {
    const facts = [
      state(12, 'stopped', 'starting'),
      state(18, 'starting', 'ready'),
      state(33, 'ready', 'unhealthy'),
      state(35, 'unhealthy', 'ready'),
      state(52, 'ready', 'failed'),
    ];
    expect(kinds(facts, 'failed')).toEqual(['nothing', 'coming', 'ready', 'failing', 'ready', 'failed']);
  });

  it('knows the state before the first change, and the present one without a change', () => {
    expect(kinds([state(41, 'ready', 'conflict')], 'conflict')).toEqual([
      ...Array<string>(4).fill('ready'),
      'asks',
      'asks',
    ]);
    expect(kinds([], 'ready')).toEqual(Array(6).fill('ready'));
  });

  it('marks restarts and counts error lines at their time', () => {
    const errors = at(21, { type: 'errors', service: 'api', count: 3, line: 'boom' });
    const cells = stateStrip([restart(5), errors], 'ready', span);
    expect(cells.map(({ hasRestart }) => hasRestart)).toEqual([true, false, false, false, false, false]);
    expect(cells.map(({ errorLines }) => errorLines)).toEqual([0, 0, 3, 0, 0, 0]);
  });
});

describe('the news since a screen left', () => {
  it('is counted from the moment when the last screen left', () => {
    const missed = sinceLeft([
      restart(1),
      at(2, { type: 'screen', state: 'left' }),
      restart(3),
      restart(4),
      at(5, { type: 'errors', service: 'web', count: 3, line: 'boom' }),
      at(6, { type: 'conflict', service: 'web', port: 80, owners: [] }),
      at(7, { type: 'config', state: 'applied', changes: [] }),
      at(8, { type: 'screen', state: 'came' }),
    ]);
    expect(missed).toEqual({
      since: '1970-01-01T00:00:02.000Z',
      restarts: new Map([['api', 2]]),
      crashes: 0,
      errorLines: 3,
      conflicts: 1,
      edits: 1,
    });
  });

  it('is empty for the first screen', () => {
    expect(sinceLeft([restart(1), at(2, { type: 'screen', state: 'came' })])).toBeUndefined();
  });
});
