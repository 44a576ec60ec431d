// What the plain screen says about the difference between two states.

import { describe, expect, it } from 'vitest';
import type { ServiceView } from '../../../src/core/session/snapshot.ts';
import { announce } from '../../../src/tui/plain/announcements.ts';
import { meaningOf } from '../../../src/tui/plain/plain-keys.ts';
import { serviceWords, spoken } from '../../../src/tui/plain/words.ts';
import { reduce, type ScreenEvent } from '../../../src/tui/state/reducer.ts';
import { initialState, type ScreenState } from '../../../src/tui/state/state.ts';
import type { FakeSession } from '../../fakes/fake-session.ts';
import { calmSession, conflictSession, NOW_MS, readyService } from '../../fixtures/screen/scenes.ts';

const EMPTY = initialState({
  size: { columns: 120, rows: 40 },
  nowMs: NOW_MS,
  projectName: 'shop',
  expectedNames: [],
});

async function stateOf(session: FakeSession): Promise<ScreenState> {
  return reduce(EMPTY, { type: 'snapshotArrived', snapshot: await session.snapshot(), nowMs: NOW_MS });
}

function after(state: ScreenState, event: ScreenEvent): readonly string[] {
  return announce(state, reduce(state, event));
}

async function only(view: ServiceView): Promise<ScreenState> {
  const state = await stateOf(calmSession());
  return { ...state, services: [view], selected: view.name };
}

function change(state: ScreenState, view: ServiceView): readonly string[] {
  const { session } = state;
  if (session === undefined) throw new Error('the state has no session');
  return after(state, { type: 'servicesChanged', services: [view], session, nowMs: NOW_MS });
}

describe('announcements', () => {
  it('begin with a summary and the chosen service, and leave out what is well', async () => {
    const lines = announce(EMPTY, await stateOf(calmSession()));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^\d+ services: \d+ ready/);
    expect(lines[1]).toMatch(/, ready, .*1 of \d+$/);
  });

  it('say nothing when only figures change', async () => {
    const web = readyService('web');
    expect(change(await only(web), { ...web, cpuPercent: 80, rssBytes: 1 })).toEqual([]);
  });

  it('say each state once, and sum up when nothing is on its way any more', async () => {
    const web = readyService('web', { state: 'starting', ready: false });
    const lines = change(await only(web), readyService('web'));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^web: ready/);
    expect(lines[1]).toBe('1 service: 1 ready');
  });

  it('count failed probes only once', async () => {
    const health = { status: 'failing', consecutiveFailures: 1, failureThreshold: 3 } as ServiceView['health'];
    const failing = readyService('web', { health });
    expect(change(await only(readyService('web')), failing)).toEqual(['web: failing']);
    const more = { ...health, consecutiveFailures: 2 } as ServiceView['health'];
    expect(change(await only(failing), { ...failing, health: more })).toEqual([]);
  });

  it('read a question of a service once, with the key that answers it', async () => {
    const asking = readyService('web', { question: { text: 'Overwrite?', isSecret: false } });
    expect(change(await only(readyService('web')), asking)).toEqual(['web asks: Overwrite?; A answers']);
    expect(change(await only(asking), { ...asking, cpuPercent: 3 })).toEqual([]);
  });

  it('name the owner of a port, and number the ways out with their keys', async () => {
    const lines = announce(EMPTY, await stateOf(conflictSession()));
    expect(lines.join('\n')).toContain('the owner is node (pid 812), command node server.js --port 8000');
    expect(lines.join('\n')).toMatch(/^1 of \d, p: use port \d+, or type one/m);
    expect(lines.join('\n')).toMatch(/^\d of \d, K: kill node \(pid 812\)/m);
  });

  it('repeat command, folder and pid before a foreign process is killed', async () => {
    const state = await stateOf(conflictSession());
    expect(after(state, { type: 'killAsked', isAsking: true })).toEqual([
      expect.stringMatching(/^kill pid 812, node server\.js --port 8000, in \/home\/anna\/work\/shop-old\?/),
      'y kills it and its children, Esc goes back',
    ]);
  });

  it('never say a secret that is typed', async () => {
    const asking = readyService('web', { question: { text: 'Password:', isSecret: true } });
    const input = { purpose: 'answer', service: 'web', question: 'Password:', isSecret: true, text: 'tops' } as const;
    const typing = reduce(await only(asking), { type: 'inputOpened', input });
    expect(after(typing, { type: 'inputEdited', text: 'top' })).toEqual([]);
  });

  it('are one line of words without glyphs or control characters', () => {
    expect(spoken('✖ waits ← api\u001b[31m\nnow · then')).not.toMatch(/[\p{Cc}←✖·]/u);
    expect(spoken('waits ← api')).toBe('waits for api');
  });
});

describe('keys of the plain screen', () => {
  it('say where one is among the services', async () => {
    const state = await only(readyService('web', { port: 5173 }));
    expect(serviceWords(state)).toBe('web, ready, port 5173, 1 of 1');
  });

  it('leave out what only the drawn screen can show', async () => {
    const state = await only(readyService('web'));
    expect(meaningOf('r', state)).toEqual({ kind: 'action', name: 'restart' });
    expect(meaningOf('e', state)).toEqual({ kind: 'reading', name: 'errors' });
    for (const key of ['z', 'u', 'W', 'i', 'K', 'y']) expect(meaningOf(key, state).kind).toBe('nothing');
    expect(meaningOf('p', state)).toEqual({ kind: 'nothing', why: 'there is no port conflict' });
  });

  it('keep the meaning that a person gave to a key', async () => {
    const state = { ...(await only(readyService('web'))), remaps: { restart: ['e'] } };
    expect(meaningOf('e', state)).toEqual({ kind: 'action', name: 'restart' });
  });
});
