import { describe, expect, it } from 'vitest';
import type { ServiceView } from '../../../src/core/session/snapshot.ts';
import { createAlarm, desktopNotice } from '../../../src/tui/terminal/alarm.ts';
import { reduce } from '../../../src/tui/state/reducer.ts';
import { initialState, type ScreenState } from '../../../src/tui/state/state.ts';
import { alertView } from '../../fakes/fake-session.ts';
import { NOW_MS, readyService } from '../../fixtures/screen/scenes.ts';

const session = { running: true, pid: 1, startedAt: '2026-01-02T03:04:00.000Z', version: '1', ending: false };

/** What is written while the states follow each other. */
function written(...states: readonly ScreenState[]): string {
  let text = '';
  const alarm = createAlarm({ ways: ['bell', 'desktop'], env: {}, write: (part) => (text += part) });
  for (const [index, state] of states.entries()) if (index > 0) alarm.watch(states[index - 1] ?? state, state);
  return text.replaceAll('\u001b', '^').replaceAll('\u0007', 'BELL');
}

function after(state: ScreenState, ...services: readonly ServiceView[]): ScreenState {
  return reduce(state, { type: 'servicesChanged', services, session, nowMs: NOW_MS });
}

const START = initialState({ size: { columns: 80, rows: 24 }, nowMs: NOW_MS, projectName: 'shop', expectedNames: [] });
const CALM = after(START, readyService('api'), readyService('db'));
const failed = readyService('api', { state: 'failed' });

describe('a notice', () => {
  it('comes once when a service fails for good', () => {
    const broken = after(CALM, failed, readyService('db'));
    const later = after(broken, { ...failed, restarts: 3 }, readyService('db'));
    expect(written(START, CALM, broken, later)).toBe('^]9;shop: api has failed^\\BELL');
  });

  it('comes when a service becomes unhealthy, and not when it is well again', () => {
    const unhealthy = after(CALM, readyService('api', { state: 'unhealthy' }), readyService('db'));
    expect(written(CALM, unhealthy, CALM)).toBe('^]9;shop: api is unhealthy^\\BELL');
  });

  it('comes once when an alert is raised, and not when it is cleared', () => {
    const alert = alertView({ kind: 'memory', message: 'memory above 1 GiB', since: '2026-01-02T03:04:05.000Z' });
    const high = after(CALM, readyService('api', { alerts: [alert] }), readyService('db'));
    const same = after(high, readyService('api', { alerts: [alert], restarts: 1 }), readyService('db'));
    expect(written(CALM, high, same, CALM)).toBe('^]9;shop: api: memory above 1 GiB^\\BELL');
    expect(written(START, after(START, readyService('api', { alerts: [alert] })))).toBe('');
  });

  it('does not come for what was so before the screen came up', () => {
    expect(written(START, after(START, failed))).toBe('');
  });

  it('does not come while the person is at the keys', () => {
    const busy = reduce(CALM, { type: 'keyPressed', nowMs: NOW_MS });
    expect(written(busy, after(busy, failed, readyService('db')))).toBe('');
  });

  it('goes through tmux, and in the words of the terminal', () => {
    expect(desktopNotice('a;b', 'x', { TERM: 'foot' })).toBe('\u001b]777;notify;a,b;x\u001b\\');
    expect(desktopNotice('shop', 'x', { TMUX: '1' })).toBe('\u001bPtmux;\u001b\u001b]9;shop: x\u001b\u001b\\\u001b\\');
    expect(desktopNotice('shop', 'a\u001b]0;evil\u0007', {})).not.toContain('evil\u0007');
  });
});
