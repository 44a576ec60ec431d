import { beforeEach, describe, expect, it } from 'vitest';
import type { SlotHistory } from '../../../src/core/view/slot-history.ts';
import type { ServiceView } from '../../../src/core/session/snapshot.ts';
import { addCpuSample, CPU_HISTORY_LENGTH, reduce, type ScreenEvent } from '../../../src/tui/state/reducer.ts';
import {
  conflictKey,
  selectConflict,
  selectConflicts,
  selectMode,
  selectTotals,
} from '../../../src/tui/state/selectors.ts';
import { initialState, type ScreenState } from '../../../src/tui/state/state.ts';
import { conflictedService, conflictOn, NOW_MS, readyService } from '../../fixtures/screen/scenes.ts';

const SESSION = { running: true, pid: 1, startedAt: '2026-01-02T03:04:00.000Z', version: '1', ending: false };

let state: ScreenState;

function apply(...events: readonly ScreenEvent[]): ScreenState {
  state = events.reduce(reduce, state);
  return state;
}

function services(...views: readonly ServiceView[]): ScreenEvent {
  return { type: 'servicesChanged', services: views, session: SESSION, nowMs: NOW_MS };
}

beforeEach(() => {
  state = initialState({
    size: { columns: 120, rows: 40 },
    nowMs: NOW_MS,
    projectName: 'shop',
    expectedNames: ['db', 'backend'],
  });
});

describe('the selection', () => {
  it('moves through the names of the config before the session answers', () => {
    expect(apply({ type: 'selectionMoved', by: 1 }).selected).toBe('backend');
  });

  it('stops at both ends', () => {
    expect(apply({ type: 'selectionMoved', by: Infinity }).selected).toBe('backend');
    expect(apply({ type: 'selectionMoved', by: 1 }).selected).toBe('backend');
    expect(apply({ type: 'selectionMoved', by: -Infinity }).selected).toBe('db');
  });

  it('stays on its service when others change', () => {
    apply(services(readyService('db'), readyService('backend')), { type: 'serviceSelected', name: 'backend' });
    expect(apply(services(readyService('worker'))).selected).toBe('backend');
  });

  it('goes to the first service when its own is not there', () => {
    expect(apply(services(readyService('web'))).selected).toBe('web');
  });
});

describe('services', () => {
  it('keep their order when one changes, and new ones come last', () => {
    apply(services(readyService('db'), readyService('backend')));
    apply(services(readyService('worker'), readyService('db', { restarts: 2 })));
    expect(state.services.map((service) => `${service.name} ${service.restarts}`)).toEqual([
      'db 2',
      'backend 0',
      'worker 0',
    ]);
  });

  it('add up, and what is unknown does not count as zero', () => {
    expect(selectTotals([readyService('a', { cpuPercent: null, rssBytes: null })])).toMatchObject({
      cpuPercent: null,
      rssBytes: null,
    });
    expect(
      selectTotals([readyService('a', { cpuPercent: 1.5 }), readyService('b', { cpuPercent: null })]).cpuPercent,
    ).toBe(1.5);
  });
});

describe('panes', () => {
  it('take the focus in turn', () => {
    const modes = [1, 2, 3].map(() => selectMode(apply({ type: 'focusMoved', by: 1 })));
    expect(modes).toEqual(['logs', 'detail', 'services']);
  });

  it('zoom focuses the logs, and leaving it the services', () => {
    expect(selectMode(apply({ type: 'zoomToggled' }))).toBe('logs');
    expect(selectMode(apply({ type: 'zoomToggled' }))).toBe('services');
  });
});

describe('the conflict dialog', () => {
  const older = { ...conflictOn(8000), since: '2026-01-02T09:00:00.000Z' };
  const newer = { ...conflictOn(5173), since: '2026-01-02T09:00:01.000Z' };

  it('comes up by itself, for the first of several, and selects its service', () => {
    apply(services(readyService('db'), conflictedService('frontend', newer), conflictedService('backend', older)));
    expect(selectConflict(state)).toMatchObject({ service: { name: 'backend' }, position: 1, count: 2 });
    expect(state.selected).toBe('backend');
    expect(selectMode(state)).toBe('conflict');
  });

  it('goes to the next one when the first is put off, and away after the last', () => {
    apply(services(conflictedService('frontend', newer), conflictedService('backend', older)));
    expect(selectConflict(apply({ type: 'conflictPostponed' }))).toMatchObject({
      service: { name: 'frontend' },
      position: 2,
      count: 2,
    });
    expect(selectMode(apply({ type: 'conflictPostponed' }))).toBe('services');
  });

  it('stays away for the conflict that was put off, and comes back for a new one of the same service', () => {
    apply(services(conflictedService('backend', older)), { type: 'conflictPostponed' });
    expect(selectMode(apply(services(conflictedService('backend', { ...older, problem: 'x' }))))).toBe('services');
    expect(selectMode(apply(services(conflictedService('backend', newer))))).toBe('conflict');
  });

  it('comes back when asked for', () => {
    apply(services(conflictedService('backend', older)), { type: 'conflictPostponed' });
    expect(selectMode(apply({ type: 'conflictReopened' }))).toBe('conflict');
  });

  it('goes away when the service leaves the conflict', () => {
    apply(services(conflictedService('backend', older)), {
      type: 'inputOpened',
      input: { purpose: 'port', text: '80' },
    });
    expect(selectMode(state)).toBe('port');
    apply(services(readyService('backend')));
    expect(selectMode(state)).toBe('services');
    expect(state.input).toBeUndefined();
  });

  it('waits after a decision until the session has news of that conflict', () => {
    const key = conflictKey(conflictedService('backend', older));
    apply(services(conflictedService('backend', older)), { type: 'conflictsDecided', keys: [key] });
    expect(state.dialog.decided).toEqual([key]);
    apply(services(conflictedService('backend', { ...older, progress: 'waiting' })));
    expect(state.dialog.decided).toEqual([]);
  });

  it('goes on to the next undecided one after a decision, and stays there while the first one is worked on', () => {
    const backend = conflictedService('backend', older);
    apply(services(backend, conflictedService('frontend', newer)));
    apply({ type: 'conflictsDecided', keys: [conflictKey(backend)] });
    expect(selectConflict(state)?.service.name).toBe('frontend');
    apply(services(conflictedService('backend', { ...older, problem: 'it came back' })));
    expect(selectConflict(state)?.service.name).toBe('frontend');
    expect(selectConflicts(state)[0]).toMatchObject({ service: { name: 'backend' }, isDecided: false });
  });

  it('moves through the conflicts, and takes up again what was put off', () => {
    apply(services(conflictedService('backend', older), conflictedService('frontend', newer)));
    apply({ type: 'conflictPostponed' });
    expect(selectConflict(state)?.service.name).toBe('frontend');
    expect(selectConflict(apply({ type: 'conflictMoved', by: 1 }))).toMatchObject({
      service: { name: 'backend' },
      isPostponed: false,
    });
    expect(selectConflict(apply({ type: 'conflictMoved', by: -1 }))?.service.name).toBe('frontend');
  });

  it('remembers and spreads one choice at a time', () => {
    const backend = conflictedService('backend', older);
    apply(services(backend), { type: 'rememberToggled' }, { type: 'forAllToggled' });
    expect(state.dialog).toMatchObject({ isToRemember: true, isForAll: true });
    apply({ type: 'conflictsDecided', keys: [conflictKey(backend)] });
    expect(state.dialog).toMatchObject({ isToRemember: false, isForAll: false });
  });

  it('moves its cursor around the choices', () => {
    apply(services(conflictedService('backend', older)));
    expect(apply({ type: 'choiceMoved', by: -1 }).dialog.cursor).toBe(5);
    expect(apply({ type: 'choiceMoved', by: 1 }).dialog.cursor).toBe(0);
  });
});

describe('the CPU history', () => {
  const sample = (history: SlotHistory | undefined, values: readonly (readonly [number, number | null])[]) =>
    values.reduce<SlotHistory | undefined>((known, [atMs, value]) => addCpuSample(known, value, atMs), history);

  it('holds one value for two seconds, the last that came', () => {
    expect(
      sample(undefined, [
        [0, 1],
        [500, 2],
        [2000, 3],
      ])?.values,
    ).toEqual([2, 3]);
  });

  it('repeats the last value through a silence', () => {
    expect(
      sample(undefined, [
        [0, 5],
        [8000, 1],
      ])?.values,
    ).toEqual([5, 5, 5, 5, 1]);
  });

  it('never grows beyond its length', () => {
    const filled = sample(
      undefined,
      Array.from({ length: 100 }, (_, index) => [index * 2000, index] as const),
    );
    expect(filled?.values).toHaveLength(CPU_HISTORY_LENGTH);
    expect(sample(filled, [[10_000_000, 1]])?.values).toHaveLength(CPU_HISTORY_LENGTH);
  });

  it('starts over when the clock is set back', () => {
    expect(
      sample(undefined, [
        [100_000, 5],
        [0, 1],
      ])?.values,
    ).toEqual([1]);
  });
});
