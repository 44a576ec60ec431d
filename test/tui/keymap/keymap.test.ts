import { describe, expect, it } from 'vitest';
import { findBinding, footerBindings, KEYMAP, labelOf } from '../../../src/tui/keymap/keymap.ts';
import { keyName } from '../../../src/tui/keymap/key-text.ts';
import { reduce } from '../../../src/tui/state/reducer.ts';
import type { Mode } from '../../../src/tui/state/selectors.ts';
import { initialState, type ScreenState } from '../../../src/tui/state/state.ts';
import { NOW_MS, readyService } from '../../fixtures/screen/scenes.ts';

const CONNECTING = initialState({
  size: { columns: 120, rows: 40 },
  nowMs: NOW_MS,
  projectName: 'shop',
  expectedNames: ['db'],
});

function stateWith(...services: readonly ReturnType<typeof readyService>[]): ScreenState {
  const session = { running: true, pid: 1, startedAt: '2026-01-02T03:04:00.000Z', version: '1', ending: false };
  return reduce(CONNECTING, { type: 'servicesChanged', services, session, nowMs: NOW_MS });
}

const reason = (mode: Mode, key: string, state: ScreenState) =>
  findBinding(mode, key, state.remaps)?.disabledReason?.(state);

describe('the table of keys', () => {
  it('gives a key one meaning in each mode', () => {
    const seen = new Map<string, string>();
    for (const binding of KEYMAP) {
      for (const mode of binding.modes) {
        for (const key of binding.keys) {
          const place = `${mode} ${key}`;
          expect(seen.get(place), place).toBeUndefined();
          seen.set(place, binding.action);
        }
      }
    }
  });

  it('has a way out of every mode', () => {
    const modes = new Set(KEYMAP.flatMap((binding) => binding.modes));
    for (const mode of modes) {
      const isLeft = ['esc', 'q', 'ctrl-c'].some((key) => findBinding(mode, key, {}) !== undefined);
      expect(isLeft, mode).toBe(true);
    }
  });

  it('says why a key does nothing', () => {
    expect(reason('services', 'r', CONNECTING)).toBe('the session is still starting');
    expect(reason('services', 'r', stateWith())).toBe('there is no service to act on');
    const stopped = stateWith(readyService('db', { state: 'stopped', pid: null }));
    expect(reason('services', 'x', stopped)).toBe('db does not run');
    expect(reason('services', 'o', stopped)).toBe('db does not run');
    const url = 'http://localhost:8000';
    expect(reason('services', 'o', stateWith(readyService('web', { state: 'stopped', pid: null, url })))).toBe(
      'web does not run',
    );
    expect(reason('services', 'o', stateWith(readyService('web', { url })))).toBeUndefined();
    expect(reason('services', 'o', stateWith(readyService('db')))).toBe('db has no URL: it has no port');
    expect(reason('services', 'n', stopped)).toBe('no search yet: press / first');
    expect(reason('services', 'x', stateWith(readyService('db')))).toBeUndefined();
  });

  it('shows in the footer what works now, and leaves out what does not', () => {
    const keys = (state: ScreenState) =>
      footerBindings(state, 'services').map(
        (binding) => `${keyName(binding.keys[0] ?? '')} ${labelOf(binding, state)}`,
      );
    expect(keys(CONNECTING)).not.toContain('r restart');
    expect(keys(stateWith(readyService('db')))).toEqual(expect.arrayContaining(['r restart', 's stop', 'q quit']));
    expect(keys(stateWith(readyService('db', { state: 'stopped' })))).toContain('s start');
  });
});
